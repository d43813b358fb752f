// Images: PNG and JPEG, from memory to numbers. What kind a file is and how large its image is stands in its
// first bytes, which are read here without a library; libpng and libjpeg decode.
//
//   const ImageHeader header = read_image_header(bytes, path);
//   const Array pixels = decode_image(bytes, 3, path);   // u8 [3, header.height, header.width]
//
// `name` is the file's, for messages. Every failure is an Error (Kind::data) that names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/array.h"

namespace assay {

enum class ImageFormat { png, jpeg };

std::string_view to_string(ImageFormat format);  // "PNG"

struct ImageHeader {
  ImageFormat format = ImageFormat::png;
  std::int64_t height = 0;
  std::int64_t width = 0;
  bool is_grey = false;  // else in colour; a palette counts as colour
};

/// The format by the file's first bytes, whatever its name says; nothing if it is neither.
std::optional<ImageFormat> image_format(std::string_view bytes);

/// Whether this program was built with the library that decodes the format.
bool can_decode(ImageFormat format);

/// What a file says of its image. Throws if it is neither PNG nor JPEG, if the header is cut or wrong, if the
/// image is larger than `max_pixels` or than the file's bytes can stand for, or if the format cannot be
/// decoded here.
ImageHeader read_image_header(std::string_view bytes, const std::string& name);
constexpr std::int64_t max_pixels = std::int64_t{1} << 27U;

/// Finds damage without decoding: of PNG the checksum of every part, of JPEG the end. Throws if there is any.
void check_image(std::string_view bytes, const std::string& name);

/// u8 [channels, height, width]. channels: 1, grey, from colour by 0.299 R + 0.587 G + 0.114 B (ITU-R
/// BT.601); or 3, red, green and blue, from grey three times the same. Values of 16 bits are scaled to 8,
/// those of 1, 2 and 4 bits too; palettes are looked up; transparency is dropped; gamma, colour profiles and
/// the orientation that a camera notes are not applied. Throws, besides what read_image_header throws, if the
/// data are cut or damaged.
Array decode_image(std::string_view bytes, std::int64_t channels, const std::string& name);

}  // namespace assay
