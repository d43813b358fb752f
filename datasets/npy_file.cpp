#include "datasets/npy_file.h"

#include <cstring>
#include <utility>
#include <vector>

#include "core/io/npy_header.h"
#include "core/text.h"
#include "datasets/files.h"

namespace assay::datasets {
namespace {

[[noreturn]] void fail(const std::string& name, std::string message,
                       std::string hint = "get the file again") {
  throw Error(Kind::data, problem_in(name, std::move(message), std::move(hint)));
}

// Bytes that the header promises; an overflow counts as more than any file has.
}  // namespace

Array read_npy(std::string_view bytes, const std::string& name) {
  NpyHeader header = read_npy_header(bytes, name);
  if (header.is_fortran) {
    fail(name, "the array is in Fortran order",
         "save it by numpy.save(file, numpy.ascontiguousarray(array))");
  }
  const std::string_view values = bytes.substr(header.begins);
  const std::size_t promised = promised_bytes(header.dtype, header.shape);
  if (values.size() != promised) {
    fail(name,
         text(values.size() < promised ? "the file is truncated" : "the file is longer than its header says",
              ": values of shape ", shape_text(header.shape), ' ', to_string(header.dtype), " take ",
              promised, " bytes, there are ", values.size()));
  }
  Array array(header.dtype, std::move(header.shape));
  if (promised > 0) std::memcpy(array.data(), values.data(), promised);
  return array;
}

}  // namespace assay::datasets
