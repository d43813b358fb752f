#include "plugins/splits/column.h"
#include "plugins/splits/fractions.h"
#include "plugins/splits/index_files.h"
#include "plugins/splits/k_fold.h"
#include "plugins/splits/official.h"
#include "plugins/splits/order.h"
#include "plugins/splits/resubstitution.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(splits, b) {
  b.add<splits::Column>("column");
  b.add<splits::Fractions>("fractions");
  b.add<splits::IndexFiles>("index_files");
  b.add<splits::KFold>("k_fold");
  b.add<splits::Official>("official");
  b.add<splits::Order>("order");
  b.add<splits::Resubstitution>("resubstitution");
}
