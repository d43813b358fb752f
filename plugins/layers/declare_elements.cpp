#include "plugins/layers/activations.h"
#include "plugins/layers/declarations.h"
#include "plugins/layers/dropout.h"
#include "plugins/layers/linear.h"
#include "plugins/layers/norms.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

void declare_elements(Registry& r) {
  r.declare<BatchNormParams>(family::layer, "batch_norm");
  r.declare<BatchNormParams>(family::layer, "batch_norm2d");
  r.declare<DropoutParams>(family::layer, "dropout");
  r.declare<Dropout2dParams>(family::layer, "dropout2d");
  r.declare<EluParams>(family::layer, "elu");
  r.declare<GeluParams>(family::layer, "gelu");
  r.declare<GroupNormParams>(family::layer, "group_norm");
  r.declare<HardswishParams>(family::layer, "hardswish");
  r.declare<LayerNormParams>(family::layer, "layer_norm");
  r.declare<LeakyReluParams>(family::layer, "leaky_relu");
  r.declare<LinearParams>(family::layer, "linear");
  r.declare<MishParams>(family::layer, "mish");
  r.declare<ReluParams>(family::layer, "relu");
  r.declare<RmsNormParams>(family::layer, "rms_norm");
  r.declare<SeluParams>(family::layer, "selu");
  r.declare<SigmoidParams>(family::layer, "sigmoid");
  r.declare<SiluParams>(family::layer, "silu");
  r.declare<SoftplusParams>(family::layer, "softplus");
  r.declare<TanhParams>(family::layer, "tanh");
}

}  // namespace assay::layers
