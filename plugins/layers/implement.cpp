#include "plugins/layers/activations.h"
#include "plugins/layers/attention.h"
#include "plugins/layers/composites.h"
#include "plugins/layers/convolution.h"
#include "plugins/layers/dropout.h"
#include "plugins/layers/embedding.h"
#include "plugins/layers/linear.h"
#include "plugins/layers/norms.h"
#include "plugins/layers/pooling.h"
#include "plugins/layers/recurrent.h"
#include "plugins/layers/shaping.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(layers, b) {
  layers::implement_activations(b);
  layers::implement_attention(b);
  layers::implement_composites(b);
  layers::implement_convolution(b);
  layers::implement_dropout(b);
  layers::implement_embedding(b);
  layers::implement_linear(b);
  layers::implement_norms(b);
  layers::implement_pooling(b);
  layers::implement_recurrent(b);
  layers::implement_shaping(b);
}
