#include "plugins/observers/early_stop.h"
#include "plugins/observers/learning_rate.h"
#include "plugins/observers/norms.h"
#include "plugins/observers/system.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(observers, "1.0.0", r) {
  r.declare<observers::EarlyStopParams>(family::observer, "early_stop");
  r.declare<observers::LearningRateParams>(family::observer, "learning_rate");
  r.declare<observers::NormsParams>(family::observer, "norms");
  r.declare<observers::SystemParams>(family::observer, "system");
}
