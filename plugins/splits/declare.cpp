#include "plugins/splits/fractions.h"
#include "plugins/splits/official.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(splits, "1.0.0", r) {
  r.declare<splits::FractionsParams>(family::split, "fractions");
  r.declare<splits::OfficialParams>(family::split, "official");
}
