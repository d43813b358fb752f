#include "plugins/launchers/local.h"
#include "plugins/launchers/slurm.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(launchers, "1.0.0", r) {
  r.declare<launchers::LocalParams>(family::launcher, "local");
  r.declare<launchers::SlurmParams>(family::launcher, "slurm");
}
