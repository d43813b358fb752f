#include "plugins/models/graph.h"
#include "plugins/models/lenet.h"
#include "plugins/models/mlp.h"
#include "plugins/models/sequential.h"
#include "registry/contracts/computation.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(models, "1.0.0", r) {
  r.declare<models::GraphParams>(family::model, "graph");
  r.declare<models::LenetParams>(family::model, "lenet");
  r.declare<models::MlpParams>(family::model, "mlp");
  r.declare<models::SequentialParams>(family::model, "sequential");
}
