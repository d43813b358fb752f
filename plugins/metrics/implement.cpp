#include "plugins/metrics/accuracy.h"
#include "plugins/metrics/errors.h"
#include "plugins/metrics/surprise.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(metrics, b) {
  metrics::implement_accuracy(b);
  metrics::implement_errors(b);
  metrics::implement_surprise(b);
}
