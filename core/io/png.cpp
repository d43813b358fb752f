#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include <png.h>

#include "core/error.h"
#include "core/io/image_decoders.h"
#include "core/text.h"

namespace assay {
namespace {

// libpng is C and leaves by longjmp, past destructors: what it calls, and what calls it between setjmp and
// its end, holds plain data only.
struct Reading {
  const char* next = nullptr;
  std::size_t left = 0;
  std::array<char, 128> reason{};
  unsigned char* values = nullptr;
  png_bytep* rows = nullptr;
  std::size_t height = 0;
  std::size_t row_bytes = 0;
};

[[noreturn]] void leave(png_structp png, png_const_charp reason) {
  auto* reading = static_cast<Reading*>(png_get_error_ptr(png));
  std::strncpy(reading->reason.data(), reason, reading->reason.size() - 1);
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

void give(png_structp png, png_bytep out, std::size_t size) {
  auto* reading = static_cast<Reading*>(png_get_io_ptr(png));
  if (size > reading->left) png_error(png, "the data end too early");
  std::memcpy(out, reading->next, size);
  reading->next += size;
  reading->left -= size;
}

// To 8 bits a value and one or three values a pixel.
void ask_for_plain_pixels(png_structp png) {
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
}

bool read_pixels(png_structp png, png_infop info, Reading& reading) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &reading, &give);
  png_read_info(png, info);
  ask_for_plain_pixels(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != reading.row_bytes) png_error(png, "its rows are not as its header says");
  for (std::size_t i = 0; i < reading.height; ++i) reading.rows[i] = reading.values + i * reading.row_bytes;
  png_read_image(png, reading.rows);
  png_read_end(png, nullptr);
  return true;
}

}  // namespace

bool can_decode_png() { return true; }

Pixels decode_png(std::string_view bytes, const ImageHeader& header, const std::string& name) {
  Pixels pixels{header.is_grey ? 1 : 3, {}};
  Reading reading;
  reading.next = bytes.data();
  reading.left = bytes.size();
  reading.height = static_cast<std::size_t>(header.height);
  reading.row_bytes = static_cast<std::size_t>(header.width * pixels.channels);
  pixels.values.resize(reading.height * reading.row_bytes);
  std::vector<png_bytep> rows(reading.height);
  reading.values = pixels.values.data();
  reading.rows = rows.data();

  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, &leave, &ignore);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool is_read = info && read_pixels(png, info, reading);
  if (png) png_destroy_read_struct(&png, &info, nullptr);
  if (!is_read) fail_image(name, text("is damaged: ", printable(reading.reason.data())));
  return pixels;
}

}  // namespace assay
