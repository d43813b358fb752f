#include "plugins/observers/early_stop.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(observers, "1.0.0", r) {
  r.declare<observers::EarlyStopParams>(family::observer, "early_stop");
}
