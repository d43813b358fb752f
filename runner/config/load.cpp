#include "runner/config/load.h"

#include "runner/config/composition.h"

namespace assay {

LoadedConfig load_config(const ConfigRequest& request, const Registry& registry) {
  return Composition(request, registry).load();
}

}  // namespace assay
