#include "plugins/metrics/accuracy.h"
#include "plugins/metrics/errors.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(metrics, b) {
  metrics::implement_accuracy(b);
  metrics::implement_errors(b);
}
