#include "core/io/image.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

#include "core/error.h"
#include "core/io/image_decoders.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";
constexpr std::string_view jpeg_signature = "\xff\xd8\xff";
/// Deflate (RFC 1951) packs 258 bytes into 2 bits at best.
constexpr std::int64_t largest_png_ratio = 1032;
/// JPEG: a block of 64 values takes a bit at least.
constexpr std::int64_t largest_jpeg_ratio = 64 * 8;

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8U | byte_at(bytes, i);
  return value;
}

/// One part of a PNG: `length, type, data, checksum`, of which the length and the checksum take 4 bytes each.
struct PngChunk {
  std::string_view type;
  std::string_view data;
  std::string_view checked;  // type and data
  std::uint32_t checksum = 0;
};

/// Takes the next chunk from `bytes`; nothing if it is not whole.
std::optional<PngChunk> take_chunk(std::string_view& bytes) {
  constexpr std::size_t around = 12;
  if (bytes.size() < around) return std::nullopt;
  const std::size_t length = big_endian(bytes.substr(0, 4));
  if (length > bytes.size() - around) return std::nullopt;
  PngChunk chunk{bytes.substr(4, 4), bytes.substr(8, length), bytes.substr(4, length + 4),
                 big_endian(bytes.substr(8 + length, 4))};
  bytes.remove_prefix(around + length);
  return chunk;
}

std::uint32_t crc32_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

ImageHeader read_png_header(std::string_view bytes, const std::string& name) {
  bytes.remove_prefix(png_signature.size());
  const auto chunk = take_chunk(bytes);
  if (!chunk) fail_image(name, "is cut: the PNG ends within its header");
  if (chunk->type != "IHDR" || chunk->data.size() != 13 || crc32_of(chunk->checked) != chunk->checksum) {
    fail_image(name, "is damaged: its PNG header is wrong");
  }
  const unsigned colour_type = byte_at(chunk->data, 9);
  constexpr unsigned has_colour = 2;
  return {ImageFormat::png, big_endian(chunk->data.substr(4, 4)), big_endian(chunk->data.substr(0, 4)),
          (colour_type & has_colour) == 0};
}

/// Segments of a JPEG that begin a frame: SOF0 to SOF15 without DHT, JPG and DAC.
bool begins_frame(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Markers that stand alone, without a length.
bool stands_alone(unsigned marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8); }

ImageHeader read_jpeg_header(std::string_view bytes, const std::string& name) {
  for (std::size_t at = 2; at + 4 <= bytes.size();) {
    if (byte_at(bytes, at) != 0xFF) fail_image(name, "is damaged: its JPEG header is wrong");
    const unsigned marker = byte_at(bytes, at + 1);
    if (marker == 0xFF) {  // filling
      ++at;
      continue;
    }
    at += 2;
    if (stands_alone(marker)) continue;
    const std::size_t length = big_endian(bytes.substr(at, 2));
    if (begins_frame(marker)) {
      if (length < 8 || bytes.size() - at < 8) break;
      const unsigned components = byte_at(bytes, at + 7);
      if (components != 1 && components != 3) {
        fail_image(name, text("is a JPEG of ", components, " colour components, which cannot be read"),
                   "save it in grey or RGB");
      }
      return {ImageFormat::jpeg, big_endian(bytes.substr(at + 3, 2)), big_endian(bytes.substr(at + 5, 2)),
              components == 1};
    }
    if (length < 2 || marker == 0xDA || marker == 0xD9)
      fail_image(name, "is damaged: its JPEG header is wrong");
    at += length;
  }
  fail_image(name, "is cut: the JPEG ends within its header");
}

/// What a header says is not believed beyond what the file's bytes can stand for.
void check_size(const ImageHeader& header, std::size_t file_bytes, const std::string& name) {
  const std::string size = text(header.width, " x ", header.height);
  if (header.width <= 0 || header.height <= 0) fail_image(name, text("is damaged: it says it is ", size));
  if (header.width > max_pixels / header.height) {
    fail_image(name, text("says it is ", size, " pixels large, more than ", max_pixels),
               "make it smaller, or leave it out");
  }
  const std::int64_t ratio = header.format == ImageFormat::png ? 8 * largest_png_ratio : largest_jpeg_ratio;
  if (header.width * header.height / ratio > static_cast<std::int64_t>(file_bytes)) {
    fail_image(name, text("says it is ", size, " pixels large, which cannot be in ", bytes_text(file_bytes)),
               "the file is damaged, or made to do harm: leave it out");
  }
}

void refuse_without_decoder(ImageFormat format, const std::string& name) {
  if (can_decode(format)) return;
  const bool is_png = format == ImageFormat::png;
  fail_image(
      name,
      text("is a ", to_string(format), ", and this assay was built without ", is_png ? "libpng" : "libjpeg"),
      text("install ", is_png ? "libpng" : "libjpeg-turbo", " and build assay with -D",
           is_png ? "ASSAY_PNG" : "ASSAY_JPEG", "=ON"));
}

/// From [height, width, channels] to [channels, height, width].
void spread(const Pixels& pixels, std::int64_t channels, unsigned char* out) {
  const auto n = pixels.values.size() / static_cast<std::size_t>(pixels.channels);
  const unsigned char* in = pixels.values.data();
  if (pixels.channels == 1) {
    for (std::int64_t c = 0; c < channels; ++c) out = std::copy_n(in, n, out);
    return;
  }
  for (std::size_t i = 0; i < n; ++i, in += 3) {
    if (channels == 3) {
      out[i] = in[0];
      out[n + i] = in[1];
      out[2 * n + i] = in[2];
    } else {  // in 16 bits, rounded
      out[i] = static_cast<unsigned char>((in[0] * 19595U + in[1] * 38470U + in[2] * 7471U + 0x8000U) >> 16U);
    }
  }
}

}  // namespace

std::string_view to_string(ImageFormat format) { return format == ImageFormat::png ? "PNG" : "JPEG"; }

bool can_decode(ImageFormat format) {
  return format == ImageFormat::png ? can_decode_png() : can_decode_jpeg();
}

void fail_image(const std::string& name, std::string message, std::string hint) {
  throw Error(Kind::data, Problem{Where::path(name), {}, std::move(message), std::move(hint)});
}

std::optional<ImageFormat> image_format(std::string_view bytes) {
  if (bytes.starts_with(png_signature)) return ImageFormat::png;
  if (bytes.starts_with(jpeg_signature)) return ImageFormat::jpeg;
  return std::nullopt;
}

ImageHeader read_image_header(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) fail_image(name, "is empty");
  const auto format = image_format(bytes);
  if (!format)
    fail_image(name, "is neither a PNG nor a JPEG image", "save it as one of them, or leave it out");
  refuse_without_decoder(*format, name);
  const ImageHeader header =
      format == ImageFormat::png ? read_png_header(bytes, name) : read_jpeg_header(bytes, name);
  check_size(header, bytes.size(), name);
  return header;
}

void check_image(std::string_view bytes, const std::string& name) {
  if (read_image_header(bytes, name).format == ImageFormat::jpeg) {
    // Cameras and editors leave zeros or notes behind the end, so it is searched for.
    if (bytes.rfind("\xff\xd9") == std::string_view::npos) fail_image(name, "is cut: the JPEG has no end");
    return;
  }
  bytes.remove_prefix(png_signature.size());
  for (;;) {
    const auto chunk = take_chunk(bytes);
    if (!chunk) fail_image(name, "is cut: the PNG has no end");
    if (crc32_of(chunk->checked) != chunk->checksum) {
      fail_image(name, text("is damaged: the checksum of its part ", printable(chunk->type), " is wrong"));
    }
    if (chunk->type == "IEND") return;
  }
}

Array decode_image(std::string_view bytes, std::int64_t channels, const std::string& name) {
  ASSAY_ASSERT(channels == 1 || channels == 3);
  const ImageHeader header = read_image_header(bytes, name);
  const Pixels pixels =
      header.format == ImageFormat::png ? decode_png(bytes, header, name) : decode_jpeg(bytes, header, name);
  Array out(Dtype::u8, {channels, header.height, header.width});
  spread(pixels, channels, out.as<unsigned char>());
  return out;
}

}  // namespace assay
