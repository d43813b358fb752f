#include "plugins/metrics/accuracy.h"
#include "plugins/metrics/calibration.h"
#include "plugins/metrics/counts.h"
#include "plugins/metrics/errors.h"
#include "plugins/metrics/monte_carlo.h"
#include "plugins/metrics/ranking.h"
#include "plugins/metrics/samples.h"
#include "plugins/metrics/surprise.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(metrics, b) {
  metrics::implement_accuracy(b);
  metrics::implement_calibration(b);
  metrics::implement_counts(b);
  metrics::implement_errors(b);
  metrics::implement_monte_carlo(b);
  metrics::implement_ranking(b);
  metrics::implement_samples(b);
  metrics::implement_surprise(b);
}
