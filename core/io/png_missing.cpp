// Instead of png.cpp, where there is no libpng.
#include "core/error.h"
#include "core/io/image_decoders.h"

namespace assay {

bool can_decode_png() { return false; }

Pixels decode_png(std::string_view, const ImageHeader&, const std::string&) {
  throw Error(Kind::internal, "a PNG image was to be decoded without libpng");
}

}  // namespace assay
