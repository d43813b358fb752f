#include "plugins/samplers/grid.h"
#include "plugins/samplers/random.h"
#include "plugins/samplers/sobol.h"
#include "plugins/samplers/tpe.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(samplers, b) {
  b.add<samplers::Grid>("grid");
  b.add<samplers::Random>("random");
  b.add<samplers::Sobol>("sobol");
  b.add<samplers::Tpe>("tpe");
}
