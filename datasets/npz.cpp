#include "datasets/npz.h"

#include <cstring>
#include <utility>

#include "core/io/zip.h"
#include "core/text.h"
#include "datasets/files.h"
#include "datasets/npy_file.h"

namespace assay::datasets {
namespace {

constexpr std::string_view ending = ".npy";

[[noreturn]] void fail_unknown(const ZipFile& zip, const std::string& path, const std::string& name) {
  std::vector<std::string> known;
  for (const std::string& entry : zip.names()) {
    if (entry.ends_with(ending)) known.push_back(entry.substr(0, entry.size() - ending.size()));
  }
  throw Error(Kind::data,
              problem_in(path, text("holds no array '", printable(name), "'"), suggest(name, known)));
}

FileArray in_memory(std::string shown, Array array) {
  FileArray out{std::move(shown), array.dtype(), array.shape(), {}};
  const std::size_t row_bytes = array.shape().empty() || array.shape()[0] == 0
                                    ? 0
                                    : array.bytes() / static_cast<std::size_t>(array.shape()[0]);
  out.read_row = [array = std::move(array), row_bytes](std::int64_t row, std::byte* to) {
    std::memcpy(to, array.data() + static_cast<std::size_t>(row) * row_bytes, row_bytes);
  };
  return out;
}

}  // namespace

Npz::Npz(const Params& params, const Needs& needs) {
  const ReadFile file = read_plain_file(needs.input.empty() ? params.file.text : needs.input);
  const ZipFile zip(file.bytes, file.path);
  facts_.files.push_back(file.record);
  fill(options_for(params, needs), needs, [&](const std::string& name) {
    const std::string entry = name + std::string(ending);
    if (!zip.has(entry)) fail_unknown(zip, file.path, name);
    const std::string shown = text(file.path, " (", printable(name), ')');
    return in_memory(shown, read_npy(zip.read(entry), shown));
  });
}

}  // namespace assay::datasets
