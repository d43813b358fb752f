// What the decoders of single formats do for image.cpp; nothing else includes this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/image.h"

namespace assay {

/// Pixels as a decoder gives them: [height, width, channels], 8 bits each.
struct Pixels {
  std::int64_t channels = 0;  // 1: grey, 3: red, green, blue
  std::vector<unsigned char> values;
};

bool can_decode_png();
bool can_decode_jpeg();

/// The image of that header. Throws Kind::data if the data are cut or damaged.
Pixels decode_png(std::string_view bytes, const ImageHeader& header, const std::string& name);
Pixels decode_jpeg(std::string_view bytes, const ImageHeader& header, const std::string& name);

/// Throws Kind::data: the image at `name`, what is wrong with it, what to do.
[[noreturn]] void fail_image(const std::string& name, std::string message,
                             std::string hint = "get the file again, or leave it out");

}  // namespace assay
