#include "plugins/models/mlp.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(models, "1.0.0", r) {
  r.declare<models::MlpParams>(family::model, "mlp");
}
