#include "core/io/inflate.h"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

#include "core/error.h"

namespace assay {
namespace {

class Inflater {
 public:
  explicit Inflater(DeflateFormat format) {
    const int window = format == DeflateFormat::raw ? -MAX_WBITS : MAX_WBITS;  // zlib's way to say so
    if (inflateInit2(&stream, window) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
  z_stream stream{};
};

/// zlib counts in 32 bits.
uInt clamped(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

bool inflate_to(std::string_view bytes, DeflateFormat format, std::byte* out, std::size_t size) {
  Inflater inflater(format);
  z_stream& stream = inflater.stream;
  Bytef beyond = 0;  // room for a byte too many, so that zlib can say that there is one
  for (;;) {
    const uInt n_given = clamped(bytes.size());
    const uInt n_room = size > 0 ? clamped(size) : 1;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
    stream.avail_in = n_given;
    stream.next_out = size > 0 ? reinterpret_cast<Bytef*>(out) : &beyond;
    stream.avail_out = n_room;
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t n_made = n_room - stream.avail_out;
    if (n_made > size) return false;
    bytes.remove_prefix(n_given - stream.avail_in);
    out += n_made;
    size -= n_made;
    if (result == Z_STREAM_END) return size == 0;
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK) return false;
  }
}

std::string inflated(std::string_view bytes, DeflateFormat format, std::size_t size,
                     const std::string& name) {
  constexpr std::size_t largest_ratio = 1032;  // 258 bytes in 2 bits at best
  std::string out;
  const bool is_possible = size / largest_ratio <= bytes.size();
  if (is_possible) out.resize(size);
  if (!is_possible || !inflate_to(bytes, format, reinterpret_cast<std::byte*>(out.data()), size)) {
    throw Error(Kind::data, Problem{Where::path(name),
                                    {},
                                    "is damaged: packed data do not unpack to what is said of them",
                                    "get the file again"});
  }
  return out;
}

}  // namespace assay
