#include "core/io/gzip.h"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib's way to say: the largest window, and gzip's header and trailer
constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

Bytef* input_of(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
}

/// zlib counts in 32 bits.
uInt clamped(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
  z_stream stream{};
};

[[noreturn]] void fail(const std::string& name, std::string message) {
  throw Error(Kind::data, Problem{Where::path(name), {}, std::move(message), "fetch or copy the file again"});
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

std::string gunzip(std::string_view bytes, const std::string& name, std::size_t limit) {
  if (!is_gzip(bytes)) fail(name, "is not a gzip file");
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string out;
  std::size_t n_out = 0;
  for (;;) {
    if (n_out == out.size()) out.resize(std::max(piece_bytes, 2 * out.size()));
    const uInt n_given = clamped(bytes.size());
    const uInt n_room = clamped(out.size() - n_out);
    stream.next_in = input_of(bytes);
    stream.avail_in = n_given;
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + n_out);
    stream.avail_out = n_room;
    const int result = inflate(&stream, Z_NO_FLUSH);
    bytes.remove_prefix(n_given - stream.avail_in);
    n_out += n_room - stream.avail_out;
    if (n_out > limit) fail(name, text("unpacks to more than ", bytes_text(limit)));
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result == Z_BUF_ERROR) fail(name, "is truncated: its gzip data end too early");
    if (result != Z_OK && result != Z_STREAM_END)
      fail(name, "is damaged: its gzip data or their checksum is wrong");
    if (result == Z_STREAM_END) {
      if (bytes.empty()) break;
      if (!is_gzip(bytes)) fail(name, "has bytes after the end of its gzip data");
      if (inflateReset(&stream) != Z_OK) throw std::bad_alloc();
    }
  }
  out.resize(n_out);
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int memory_level = 8;  // zlib's default
  if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out;
  int result = Z_OK;
  while (result != Z_STREAM_END) {
    const uInt n_given = clamped(bytes.size());
    const std::size_t n_out = out.size();
    out.resize(n_out + piece_bytes);
    stream.next_in = input_of(bytes);
    stream.avail_in = n_given;
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + n_out);
    stream.avail_out = static_cast<uInt>(piece_bytes);
    result = deflate(&stream, n_given == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    bytes.remove_prefix(n_given - stream.avail_in);
    out.resize(out.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return out;
}

}  // namespace assay
