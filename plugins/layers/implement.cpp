#include "plugins/layers/activations.h"
#include "plugins/layers/batch_norm2d.h"
#include "plugins/layers/conv2d.h"
#include "plugins/layers/dropout.h"
#include "plugins/layers/flatten.h"
#include "plugins/layers/linear.h"
#include "plugins/layers/max_pool2d.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(layers, b) {
  layers::implement_activations(b);
  layers::implement_batch_norm2d(b);
  layers::implement_conv2d(b);
  layers::implement_dropout(b);
  layers::implement_flatten(b);
  layers::implement_linear(b);
  layers::implement_max_pool2d(b);
}
