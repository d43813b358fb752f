#include "plugins/augmentations/interpolate.h"

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

namespace assay::augmentations {

at::Tensor interpolate(const at::Tensor& x, std::int64_t new_height, std::int64_t new_width,
                       std::string_view mode, bool antialias) {
  const std::int64_t size[] = {new_height, new_width};
  if (mode == "nearest") return at::upsample_nearest2d(x, size);
  if (mode == "bilinear") {
    return antialias ? at::_upsample_bilinear2d_aa(x, size, /*align_corners=*/false)
                     : at::upsample_bilinear2d(x, size, /*align_corners=*/false);
  }
  return antialias ? at::_upsample_bicubic2d_aa(x, size, /*align_corners=*/false)
                   : at::upsample_bicubic2d(x, size, /*align_corners=*/false);
}

}  // namespace assay::augmentations
