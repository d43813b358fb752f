#include "plugins/models/mlp.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(models, b) {
  models::implement_mlp(b);
}
