#include "plugins/launchers/local.h"
#include "plugins/launchers/slurm.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(launchers, b) {
  b.add<launchers::Local>("local");
  b.add<launchers::Slurm>("slurm");
}
