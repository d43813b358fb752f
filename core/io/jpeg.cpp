#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <jerror.h>
#include <jpeglib.h>

#include "core/io/image_decoders.h"
#include "core/text.h"

namespace assay {
namespace {

// libjpeg is C and leaves by longjmp, past destructors: what it calls, and what calls it between setjmp and
// its end, holds plain data only.
struct Reading {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf out{};
  std::array<char, JMSG_LENGTH_MAX> reason{};
};

[[noreturn]] void leave(j_common_ptr jpeg) {
  auto* reading = static_cast<Reading*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, reading->reason.data());
  std::longjmp(reading->out, 1);
}

// libjpeg goes on with grey where data are missing; such an image is no sample. Notes between the parts of a
// file are harmless.
void judge(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) leave(jpeg);
}

void say_nothing(j_common_ptr) {}

// A file of a few kilobytes can ask for a million passes over the image; encoders make a dozen.
void limit_passes(j_common_ptr jpeg) {
  constexpr int most = 500;
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > most) ERREXIT(jpeg, JERR_BAD_PROGRESSION);
}

bool read_pixels(Reading& reading, std::string_view bytes, const ImageHeader& header, std::size_t row_bytes,
                 unsigned char* values) {
  jpeg_decompress_struct& jpeg = reading.jpeg;
  if (setjmp(reading.out) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg.progress = &reading.progress;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = header.is_grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg.dct_method = JDCT_ISLOW;  // the exact one
  jpeg_start_decompress(&jpeg);
  if (jpeg.output_width * static_cast<std::size_t>(jpeg.output_components) != row_bytes ||
      jpeg.output_height != static_cast<JDIMENSION>(header.height)) {
    ERREXIT(&jpeg, JERR_BAD_STATE);
  }
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = values + jpeg.output_scanline * row_bytes;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

}  // namespace

bool can_decode_jpeg() { return true; }

Pixels decode_jpeg(std::string_view bytes, const ImageHeader& header, const std::string& name) {
  Pixels pixels{header.is_grey ? 1 : 3, {}};
  const auto row_bytes = static_cast<std::size_t>(header.width * pixels.channels);
  pixels.values.resize(row_bytes * static_cast<std::size_t>(header.height));
  Reading reading;
  reading.jpeg.err = jpeg_std_error(&reading.errors);
  reading.jpeg.client_data = &reading;
  reading.progress.progress_monitor = &limit_passes;
  reading.errors.error_exit = &leave;
  reading.errors.emit_message = &judge;
  reading.errors.output_message = &say_nothing;
  const bool is_read = read_pixels(reading, bytes, header, row_bytes, pixels.values.data());
  jpeg_destroy_decompress(&reading.jpeg);
  if (!is_read) fail_image(name, text("is damaged: ", printable(reading.reason.data())));
  return pixels;
}

}  // namespace assay
