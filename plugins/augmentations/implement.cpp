#include "plugins/augmentations/color_jitter.h"
#include "plugins/augmentations/crop.h"
#include "plugins/augmentations/erasing.h"
#include "plugins/augmentations/flip.h"
#include "plugins/augmentations/normalize.h"
#include "plugins/augmentations/resize.h"
#include "plugins/augmentations/rotation.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(augmentations, b) {
  augmentations::implement_color_jitter(b);
  augmentations::implement_crops(b);
  augmentations::implement_erasing(b);
  augmentations::implement_flips(b);
  augmentations::implement_normalize(b);
  augmentations::implement_resize(b);
  augmentations::implement_rotation(b);
}
