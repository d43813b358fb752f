#include "plugins/weights/npz.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/io/npy_header.h"
#include "core/io/zip.h"
#include "core/io/zip_writer.h"
#include "core/text.h"
#include "plugins/weights/bytes_of.h"
#include "plugins/weights/notes.h"

namespace assay::weights {
namespace {

constexpr std::string_view ending = ".npy";

/// A zip file with the bytes that it reads.
struct NpzArchive {
  explicit NpzArchive(const std::string& path)
      : file(std::make_shared<const MappedFile>(path)), zip(file->bytes(), path) {}
  std::shared_ptr<const MappedFile> file;
  ZipFile zip;
};

std::vector<std::int64_t> reversed(std::vector<std::int64_t> list) {
  std::ranges::reverse(list);
  return list;
}

/// Strides of an array whose first axis moves fastest.
std::vector<std::int64_t> fortran_strides(const std::vector<std::int64_t>& shape) {
  return reversed(row_major_strides(reversed(shape)));
}

class NpzReading {
 public:
  explicit NpzReading(const std::string& path)
      : path_(path), archive_(std::make_shared<const NpzArchive>(path)) {}

  WeightFile file() const {
    WeightFile file{path_, {}, true, notes_of_comment(archive_->zip.comment())};
    std::set<std::string> names;
    for (const std::string& entry : archive_->zip.names()) {
      if (!entry.ends_with(ending)) {
        refuse(path_, text("holds ", printable(entry), ", which is no array"), "save it by numpy.savez");
      }
      const std::string name = entry.substr(0, entry.size() - ending.size());
      if (!names.insert(name).second) refuse(path_, text("holds ", printable(name), " twice"));
      file.tensors.push_back(tensor(entry, name));
    }
    return file;
  }

 private:
  NamedTensor tensor(const std::string& entry, const std::string& name) const {
    const std::string shown = text(path_, " (", printable(entry), ')');
    const auto place = archive_->zip.place(entry);
    const std::string unpacked = place ? std::string() : archive_->zip.read(entry);
    const std::string_view bytes =
        place ? archive_->file->bytes().substr(place->offset, place->bytes) : std::string_view(unpacked);
    const NpyHeader header = read_npy_header(bytes, shown, NpyTypes::with_bf16);
    const auto promised = checked_bytes(header.dtype, header.shape);
    if (promised != bytes.size() - header.begins) {
      refuse(shown,
             text("is damaged: it holds ", bytes.size() - header.begins, " bytes, not those of ",
                  shape_text(header.shape), ' ', to_string(header.dtype)),
             get_again);
    }
    if (place && !header.is_fortran)
      return tensor_in(archive_->file, place->offset + header.begins, name, header.dtype, header.shape);
    return {name, header.dtype, header.shape, [archive = archive_, entry, header](const ByteSink& sink) {
              const std::string values = archive->zip.read(entry);
              if (!header.is_fortran) return sink(std::string_view(values).substr(header.begins));
              const auto* begin = reinterpret_cast<const std::byte*>(values.data()) + header.begins;
              const Array array = gathered(begin, header.dtype, header.shape, fortran_strides(header.shape));
              sink({reinterpret_cast<const char*>(array.data()), array.bytes()});
            }};
  }

  const std::string& path_;
  std::shared_ptr<const NpzArchive> archive_;
};

}  // namespace

WeightFile Npz::read(const std::string& path) const { return NpzReading(path).file(); }

void Npz::write(const std::string& path, const WeightFile& file) const {
  std::vector<ZipWriter::Entry> entries;
  std::vector<std::string> headers;
  for (const NamedTensor& tensor : file.tensors) {
    headers.push_back(npy_header(tensor.dtype, tensor.shape));
    entries.push_back({tensor.name + std::string(ending), headers.back().size() + tensor.bytes()});
  }
  ZipWriter zip(path, std::move(entries), comment_of(file.notes));
  for (std::size_t i = 0; i < file.tensors.size(); ++i) {
    zip.begin();
    zip.write(headers[i]);
    file.tensors[i].stream([&](std::string_view piece) { zip.write(piece); });
  }
  zip.put();
}

}  // namespace assay::weights
