#include "plugins/metrics/accuracy.h"
#include "plugins/metrics/errors.h"
#include "plugins/metrics/surprise.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(metrics, "1.0.0", r) {
  r.declare<metrics::AccuracyParams>(family::metric, "accuracy");
  r.declare<metrics::BitsPerCharacterParams>(family::metric, "bits_per_character");
  r.declare<metrics::MaeParams>(family::metric, "mae");
  r.declare<metrics::PerplexityParams>(family::metric, "perplexity");
  r.declare<metrics::RmseParams>(family::metric, "rmse");
}
