#include "plugins/metrics/accuracy.h"
#include "plugins/metrics/errors.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(metrics, "1.0.0", r) {
  r.declare<metrics::AccuracyParams>(family::metric, "accuracy");
  r.declare<metrics::MaeParams>(family::metric, "mae");
  r.declare<metrics::RmseParams>(family::metric, "rmse");
}
