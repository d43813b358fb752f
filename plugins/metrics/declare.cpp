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

ASSAY_DECLARE(metrics, "1.0.0", r) {
  r.declare<metrics::AccuracyParams>(family::metric, "accuracy");
  r.declare<metrics::AurocParams>(family::metric, "auroc");
  r.declare<metrics::AveragePrecisionParams>(family::metric, "average_precision");
  r.declare<metrics::BitsPerCharacterParams>(family::metric, "bits_per_character");
  r.declare<metrics::CalibrationErrorParams>(family::metric, "calibration_error");
  r.declare<metrics::ConfusionMatrixParams>(family::metric, "confusion_matrix");
  r.declare<metrics::F1Params>(family::metric, "f1");
  r.declare<metrics::MaeParams>(family::metric, "mae");
  r.declare<metrics::McLogLikelihoodParams>(family::metric, "mc_log_likelihood");
  r.declare<metrics::McRmseParams>(family::metric, "mc_rmse");
  r.declare<metrics::PerplexityParams>(family::metric, "perplexity");
  r.declare<metrics::PrecisionParams>(family::metric, "precision");
  r.declare<metrics::R2Params>(family::metric, "r2");
  r.declare<metrics::RecallParams>(family::metric, "recall");
  r.declare<metrics::RmseParams>(family::metric, "rmse");
  r.declare<metrics::SamplesParams>(family::metric, "samples");
  r.declare<metrics::TopKParams>(family::metric, "top_k");
}
