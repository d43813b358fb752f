#include "plugins/splits/fractions.h"
#include "plugins/splits/official.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(splits, b) {
  b.add<splits::Fractions>("fractions");
  b.add<splits::Official>("official");
}
