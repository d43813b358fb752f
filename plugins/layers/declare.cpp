#include "plugins/layers/declarations.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(layers, "1.0.0", r) {
  layers::declare_composites(r);
  layers::declare_elements(r);
  layers::declare_places(r);
  layers::declare_sequences(r);
}
