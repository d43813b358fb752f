#include "plugins/samplers/grid.h"
#include "plugins/samplers/random.h"
#include "plugins/samplers/sobol.h"
#include "plugins/samplers/tpe.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(samplers, "1.0.0", r) {
  r.declare<samplers::GridParams>(family::sampler, "grid");
  r.declare<samplers::RandomParams>(family::sampler, "random");
  r.declare<samplers::SobolParams>(family::sampler, "sobol");
  r.declare<samplers::TpeParams>(family::sampler, "tpe");
}
