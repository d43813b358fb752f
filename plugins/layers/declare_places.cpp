#include "plugins/layers/convolution.h"
#include "plugins/layers/declarations.h"
#include "plugins/layers/pooling.h"
#include "plugins/layers/shaping.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

void declare_places(Registry& r) {
  r.declare<AdaptiveAvgPool2dParams>(family::layer, "adaptive_avg_pool2d");
  r.declare<PoolParams<Pool::average, 1>>(family::layer, "avg_pool1d");
  r.declare<PoolParams<Pool::average, 2>>(family::layer, "avg_pool2d");
  r.declare<Conv1dParams>(family::layer, "conv1d");
  r.declare<Conv2dParams>(family::layer, "conv2d");
  r.declare<FlattenParams>(family::layer, "flatten");
  r.declare<GlobalAvgPoolParams>(family::layer, "global_avg_pool");
  r.declare<PoolParams<Pool::max, 1>>(family::layer, "max_pool1d");
  r.declare<PoolParams<Pool::max, 2>>(family::layer, "max_pool2d");
  r.declare<MeanParams>(family::layer, "mean");
  r.declare<PadParams>(family::layer, "pad");
  r.declare<PermuteParams>(family::layer, "permute");
  r.declare<ReshapeParams>(family::layer, "reshape");
  r.declare<SelectParams>(family::layer, "select");
  r.declare<UpsampleParams>(family::layer, "upsample");
}

}  // namespace assay::layers
