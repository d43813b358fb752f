#include "plugins/splits/column.h"
#include "plugins/splits/fractions.h"
#include "plugins/splits/index_files.h"
#include "plugins/splits/k_fold.h"
#include "plugins/splits/official.h"
#include "plugins/splits/order.h"
#include "plugins/splits/resubstitution.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(splits, "1.0.0", r) {
  r.declare<splits::ColumnParams>(family::split, "column");
  r.declare<splits::FractionsParams>(family::split, "fractions");
  r.declare<splits::IndexFilesParams>(family::split, "index_files");
  r.declare<splits::KFoldParams>(family::split, "k_fold");
  r.declare<splits::OfficialParams>(family::split, "official");
  r.declare<splits::OrderParams>(family::split, "order");
  r.declare<splits::ResubstitutionParams>(family::split, "resubstitution");
}
