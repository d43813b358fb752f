#include "plugins/layers/activations.h"
#include "plugins/layers/batch_norm2d.h"
#include "plugins/layers/conv2d.h"
#include "plugins/layers/dropout.h"
#include "plugins/layers/flatten.h"
#include "plugins/layers/linear.h"
#include "plugins/layers/max_pool2d.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(layers, "1.0.0", r) {
  r.declare<layers::BatchNorm2dParams>(family::layer, "batch_norm2d");
  r.declare<layers::Conv2dParams>(family::layer, "conv2d");
  r.declare<layers::DropoutParams>(family::layer, "dropout");
  r.declare<layers::EluParams>(family::layer, "elu");
  r.declare<layers::FlattenParams>(family::layer, "flatten");
  r.declare<layers::GeluParams>(family::layer, "gelu");
  r.declare<layers::LeakyReluParams>(family::layer, "leaky_relu");
  r.declare<layers::LinearParams>(family::layer, "linear");
  r.declare<layers::MaxPool2dParams>(family::layer, "max_pool2d");
  r.declare<layers::ReluParams>(family::layer, "relu");
  r.declare<layers::SigmoidParams>(family::layer, "sigmoid");
  r.declare<layers::SiluParams>(family::layer, "silu");
  r.declare<layers::TanhParams>(family::layer, "tanh");
}
