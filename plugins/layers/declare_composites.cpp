#include "plugins/layers/composites.h"
#include "plugins/layers/declarations.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

void declare_composites(Registry& r) {
  r.declare<AddParams>(family::layer, "add");
  r.declare<ConcatParams>(family::layer, "concat");
  r.declare<MultiplyParams>(family::layer, "multiply");
  r.declare<RepeatParams>(family::layer, "repeat");
  r.declare<ResidualParams>(family::layer, "residual");
  r.declare<SequenceParams>(family::layer, "sequence");
}

}  // namespace assay::layers
