// Instead of jpeg.cpp, where there is no libjpeg.
#include "core/error.h"
#include "core/io/image_decoders.h"

namespace assay {

bool can_decode_jpeg() { return false; }

Pixels decode_jpeg(std::string_view, const ImageHeader&, const std::string&) {
  throw Error(Kind::internal, "a JPEG image was to be decoded without libjpeg");
}

}  // namespace assay
