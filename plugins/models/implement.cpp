#include "plugins/models/graph.h"
#include "plugins/models/lenet.h"
#include "plugins/models/mlp.h"
#include "plugins/models/sequential.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(models, b) {
  models::implement_graph(b);
  models::implement_lenet(b);
  models::implement_mlp(b);
  models::implement_sequential(b);
}
