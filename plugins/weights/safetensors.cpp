#include "plugins/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "plugins/weights/bytes_of.h"

namespace assay::weights {
namespace {

constexpr std::array<TypeName, 10> types = {{{"BOOL", Dtype::boolean},
                                             {"U8", Dtype::u8},
                                             {"I8", Dtype::i8},
                                             {"I16", Dtype::i16},
                                             {"I32", Dtype::i32},
                                             {"I64", Dtype::i64},
                                             {"F16", Dtype::f16},
                                             {"BF16", Dtype::bf16},
                                             {"F32", Dtype::f32},
                                             {"F64", Dtype::f64}}};

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // that of the format's own readers
constexpr const char* metadata_key = "__metadata__";

/// One tensor of the header.
struct Entry {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  // within what is behind the header
  std::uint64_t end = 0;
};

class Header {
 public:
  Header(const std::string& path, const MappedFile& file) : path_(path), file_bytes_(file.bytes().size()) {
    std::uint64_t length = 0;
    if (file_bytes_ < length_bytes) refuse(path_, "is no safetensors file: it is too short", get_again);
    file.read_at(0, reinterpret_cast<std::byte*>(&length), length_bytes);
    if (length > longest_header || length > file_bytes_ - length_bytes) {
      refuse(path_, text("is no safetensors file, or cut: it claims a header of ", length, " bytes"),
             get_again);
    }
    std::string bytes(length, '\0');
    file.read_at(length_bytes, reinterpret_cast<std::byte*>(bytes.data()), length);
    if (!bytes.starts_with('{'))
      refuse(path_, "is no safetensors file: its header is no JSON map", get_again);
    data_begins_ = length_bytes + length;
    read_entries(parse_json(bytes, path_));
    check_places();
  }

  const std::vector<Entry>& entries() const { return entries_; }
  std::uint64_t data_begins() const { return data_begins_; }
  std::vector<std::pair<std::string, std::string>>& notes() { return notes_; }

  /// The format's own writers sort by name; another order was somebody's choice.
  bool is_in_order() const {
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      if (entries_[i - 1].dtype == entries_[i].dtype && entries_[i].name < entries_[i - 1].name) return true;
    }
    return false;
  }

 private:
  void read_entries(const Json& header) {
    for (const auto& [name, value] : header.entries()) {
      if (name == metadata_key) {
        read_notes(value);
      } else {
        entries_.push_back(entry_of(name, value));
      }
    }
  }

  void read_notes(const Json& map) {
    if (!map.is_map()) refuse(path_, "has metadata that are no map of texts", get_again);
    for (const auto& [key, value] : map.entries()) {
      if (!value.is_text()) refuse(path_, "has metadata that are no map of texts", get_again);
      notes_.emplace_back(key, value.text());
    }
  }

  Entry entry_of(const std::string& name, const Json& value) const {
    const Json* type = value.find("dtype");
    const Json* shape = value.find("shape");
    const Json* offsets = value.find("data_offsets");
    const bool is_whole = type != nullptr && type->is_text() && shape != nullptr && shape->is_list() &&
                          offsets != nullptr && offsets->is_list() && offsets->items().size() == 2;
    if (!is_whole)
      refuse(path_, text("is damaged: what it says of ", printable(name), " is incomplete"), get_again);
    Entry entry{name, dtype_of(name, type->text()), {}};
    for (const Json& size : shape->items())
      entry.shape.push_back(static_cast<std::int64_t>(whole(name, size)));
    entry.begin = whole(name, offsets->items()[0]);
    entry.end = whole(name, offsets->items()[1]);
    return entry;
  }

  Dtype dtype_of(const std::string& name, const std::string& type) const {
    const auto* found = std::ranges::find(types, type, &TypeName::name);
    if (found != types.end()) return found->dtype;
    refuse(path_, text(printable(name), " is of type ", printable(type), ", which assay does not hold"),
           "save it as one of BOOL, U8, I8, I16, I32, I64, F16, BF16, F32, F64");
  }

  std::uint64_t whole(const std::string& name, const Json& number) const {
    if (number.is_integer() && number.integer() >= 0) return static_cast<std::uint64_t>(number.integer());
    refuse(path_, text("is damaged: a size or place of ", printable(name), " is no whole number"), get_again);
  }

  /// The tensors cover what is behind the header, each byte once.
  void check_places() const {
    std::vector<const Entry*> in_order;
    for (const Entry& entry : entries_) in_order.push_back(&entry);
    std::ranges::sort(in_order, {}, [](const Entry* entry) { return std::pair(entry->begin, entry->end); });
    std::uint64_t at = 0;
    for (const Entry* entry : in_order) {
      const std::string name = printable(entry->name);
      const auto bytes = checked_bytes(entry->dtype, entry->shape);
      if (entry->begin != at || entry->end < at)
        refuse(path_, text("is damaged: ", name, " does not begin where the tensor before it ends"),
               get_again);
      if (bytes != entry->end - entry->begin)
        refuse(path_, text("is damaged: ", name, " ", shape_text(entry->shape), " does not fill its place"),
               get_again);
      at = entry->end;
    }
    const std::uint64_t there = file_bytes_ - data_begins_;
    if (at > there)
      refuse(path_, text("is cut: its tensors take ", at, " bytes, there are ", there), get_again);
    if (at < there)
      refuse(path_, text("is longer than its header says, by ", there - at, " bytes"), get_again);
  }

  const std::string& path_;
  std::uint64_t file_bytes_;
  std::uint64_t data_begins_ = 0;
  std::vector<Entry> entries_;
  std::vector<std::pair<std::string, std::string>> notes_;
};

std::string_view type_of(Dtype dtype) { return std::ranges::find(types, dtype, &TypeName::dtype)->name; }

Json shape_json(const std::vector<std::int64_t>& shape) {
  Json list = Json::list();
  for (const std::int64_t size : shape) list.push(size);
  return list;
}

/// The tensors as they lie behind the header: whatever is aligned by its neighbours' types comes out aligned.
std::vector<const NamedTensor*> by_alignment(const WeightFile& file) {
  std::vector<const NamedTensor*> tensors;
  for (const NamedTensor& tensor : file.tensors) tensors.push_back(&tensor);
  std::ranges::stable_sort(tensors, std::ranges::greater{},
                           [](const NamedTensor* tensor) { return size_of(tensor->dtype); });
  return tensors;
}

std::string header_of(const WeightFile& file, const std::vector<const NamedTensor*>& placed) {
  std::vector<std::pair<const NamedTensor*, Json>> offsets;
  std::int64_t at = 0;
  for (const NamedTensor* tensor : placed) {
    const auto end = at + static_cast<std::int64_t>(tensor->bytes());
    offsets.emplace_back(tensor, Json(Json::List{at, end}));
    at = end;
  }
  std::ranges::sort(offsets, {}, [](const auto& one) { return one.first; });  // as in the file's own list
  Json::Map header;
  if (!file.notes.empty()) {
    Json notes = Json::map();
    for (const auto& [key, value] : file.notes) notes.set(key, value);
    header.emplace_back(metadata_key, std::move(notes));
  }
  for (auto& [tensor, place] : offsets) {
    header.emplace_back(tensor->name, Json(Json::Map{{"dtype", type_of(tensor->dtype)},
                                                     {"shape", shape_json(tensor->shape)},
                                                     {"data_offsets", std::move(place)}}));
  }
  std::string json = to_text(Json(std::move(header)));
  while (json.size() % length_bytes != 0) json += ' ';
  return json;
}

}  // namespace

WeightFile Safetensors::read(const std::string& path) const {
  const auto mapped = std::make_shared<const MappedFile>(path);
  Header header(path, *mapped);
  WeightFile file{path, {}, header.is_in_order(), std::move(header.notes())};
  for (const Entry& entry : header.entries()) {
    file.tensors.push_back(
        tensor_in(mapped, header.data_begins() + entry.begin, entry.name, entry.dtype, entry.shape));
  }
  return file;
}

void Safetensors::write(const std::string& path, const WeightFile& file) const {
  const std::vector<const NamedTensor*> placed = by_alignment(file);
  const std::string header = header_of(file, placed);
  const std::uint64_t length = header.size();
  std::uint64_t bytes = length_bytes + length;
  for (const NamedTensor* tensor : placed) bytes += tensor->bytes();
  AsideFile out(path, bytes);
  out.reserve();
  out.write({reinterpret_cast<const char*>(&length), length_bytes});
  out.write(header);
  for (const NamedTensor* tensor : placed) {
    tensor->stream([&](std::string_view piece) { out.write(piece); });
  }
  out.put();
}

}  // namespace assay::weights
