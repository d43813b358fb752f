#include "plugins/augmentations/color_jitter.h"
#include "plugins/augmentations/crop.h"
#include "plugins/augmentations/erasing.h"
#include "plugins/augmentations/flip.h"
#include "plugins/augmentations/normalize.h"
#include "plugins/augmentations/resize.h"
#include "plugins/augmentations/rotation.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(augmentations, "1.0.0", r) {
  r.declare<augmentations::CentreCropParams>(family::augmentation, "centre_crop");
  r.declare<augmentations::ColorJitterParams>(family::augmentation, "color_jitter");
  r.declare<augmentations::CutoutParams>(family::augmentation, "cutout");
  r.declare<augmentations::FlipParams<augmentations::Flip::horizontal>>(family::augmentation,
                                                                        "horizontal_flip");
  r.declare<augmentations::NormalizeParams>(family::augmentation, "normalize");
  r.declare<augmentations::RandomCropParams>(family::augmentation, "random_crop");
  r.declare<augmentations::RandomErasingParams>(family::augmentation, "random_erasing");
  r.declare<augmentations::RandomResizedCropParams>(family::augmentation, "random_resized_crop");
  r.declare<augmentations::RandomRotationParams>(family::augmentation, "random_rotation");
  r.declare<augmentations::ResizeParams>(family::augmentation, "resize");
  r.declare<augmentations::FlipParams<augmentations::Flip::vertical>>(family::augmentation, "vertical_flip");
}
