#include "plugins/observers/early_stop.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(observers, b) { observers::implement_early_stop(b); }
