#include "plugins/weights/pt.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/io/pickle_writer.h"
#include "core/io/zip.h"
#include "core/io/zip_writer.h"
#include "core/text.h"
#include "plugins/weights/bytes_of.h"
#include "plugins/weights/notes.h"
#include "plugins/weights/pickle.h"

namespace assay::weights {
namespace {

using NodeKind = PickleNode::Kind;
using Place = ZipFile::Place;

/// How a tensor lies in its storage, in elements.
struct View {
  std::string storage;
  std::int64_t storage_numel = 0;
  Dtype dtype = Dtype::f32;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;

  auto operator<=>(const View&) const = default;
};

/// The tensors in a pickle, with the names under which its maps and lists hold them.
class Listing {
 public:
  Listing(const Pickle& pickle, const std::string& path) : pickle_(pickle), path_(path) {
    visit(pickle.root, {}, 0);
  }

  const std::vector<std::pair<std::string, View>>& tensors() const { return tensors_; }

 private:
  static constexpr int deepest = 64;

  const PickleNode& node(std::uint32_t number) const { return pickle_.nodes[number]; }

  void visit(std::uint32_t number, const std::string& name, int depth) {
    // A pickle may hold itself, or one list twice in each of many: every visit is paid for.
    if (depth > deepest || ++n_visits_ > 4 * pickle_.nodes.size() + 64)
      refuse(path_, "its pickle is damaged: it holds itself, or is nested too deeply", get_again);
    const PickleNode& at = node(number);
    if (at.is(NodeKind::tensor)) return add(name, view_of(name, at));
    if (at.is(NodeKind::map)) {
      for (std::size_t i = 0; i + 1 < at.items.size(); i += 2) {
        if (const auto key = key_of(at.items[i])) visit(at.items[i + 1], below(name, *key), depth + 1);
      }
    } else if (at.is(NodeKind::list)) {
      for (std::size_t i = 0; i < at.items.size(); ++i) visit(at.items[i], below(name, text(i)), depth + 1);
    }
  }

  static std::string below(const std::string& name, const std::string& key) {
    return name.empty() ? key : text(name, '.', key);
  }

  std::optional<std::string> key_of(std::uint32_t number) const {
    const PickleNode& key = node(number);
    if (key.is(NodeKind::text)) return key.text;
    if (key.is(NodeKind::integer)) return text(key.integer);
    return std::nullopt;
  }

  void add(const std::string& name, View view) {
    constexpr std::size_t most_for_a_byte = 64, spare = 1U << 20U;
    name_bytes_ += name.size();
    if (name_bytes_ > most_for_a_byte * pickle_.end + spare)
      refuse(path_, "its pickle is damaged: its names are too long", get_again);
    tensors_.emplace_back(name.empty() ? "tensor" : name, std::move(view));
  }

  [[noreturn]] void damaged(const std::string& name) const {
    refuse(path_, text("its pickle is damaged: ", printable(name), " is no whole tensor"), get_again);
  }

  std::int64_t integer(std::uint32_t number, const std::string& name) const {
    if (!node(number).is(NodeKind::integer) || node(number).integer < 0) damaged(name);
    return node(number).integer;
  }
  std::vector<std::int64_t> integers(std::uint32_t number, const std::string& name) const {
    if (!node(number).is(NodeKind::list)) damaged(name);
    constexpr std::size_t most_axes = 32;
    if (node(number).items.size() > most_axes) damaged(name);
    std::vector<std::int64_t> out;
    for (const std::uint32_t item : node(number).items) out.push_back(integer(item, name));
    return out;
  }

  /// ("storage", type, key, device, elements).
  View view_of(const std::string& name, const PickleNode& tensor) const {
    constexpr std::size_t needed_arguments = 4, needed_of_storage = 5;
    if (tensor.items.size() < needed_arguments || !node(tensor.items[0]).is(NodeKind::storage)) damaged(name);
    const std::vector<std::uint32_t>& storage = node(tensor.items[0]).items;
    if (storage.size() < needed_of_storage || !node(storage[2]).is(NodeKind::text)) damaged(name);
    View view{
        node(storage[2]).text,          integer(storage[4], name),       dtype_of(name, node(storage[1])),
        integer(tensor.items[1], name), integers(tensor.items[2], name), integers(tensor.items[3], name)};
    check_within(name, view);
    return view;
  }

  Dtype dtype_of(const std::string& name, const PickleNode& type) const {
    if (!type.is(NodeKind::global)) damaged(name);
    const auto* found = std::ranges::find_if(
        torch_storages, [&](const TorchStorage& one) { return type.text == text("torch.", one.name); });
    if (found != torch_storages.end()) return found->dtype;
    refuse(path_, text(printable(name), " is of ", printable(type.text), ", which assay does not hold"),
           "save it as bool, uint8, int8 to int64, float16, bfloat16, float32 or float64");
  }

  void check_within(const std::string& name, const View& view) const {
    if (view.shape.size() != view.strides.size()) damaged(name);
    const auto bytes = checked_bytes(view.dtype, view.shape);
    if (!bytes) damaged(name);
    if (*bytes == 0) return;
    std::int64_t last = view.offset;  // the farthest element
    for (std::size_t axis = 0; axis < view.shape.size(); ++axis) {
      std::int64_t reach = 0;
      const bool overflows = __builtin_mul_overflow(view.shape[axis] - 1, view.strides[axis], &reach) ||
                             __builtin_add_overflow(last, reach, &last);
      if (overflows) damaged(name);
    }
    if (last >= view.storage_numel) damaged(name);
    if (*bytes / size_of(view.dtype) > static_cast<std::uint64_t>(view.storage_numel)) {
      refuse(path_, text(printable(name), ' ', shape_text(view.shape), " repeats what is stored for it"),
             "save a copy of its own: tensor.contiguous().clone()");
    }
  }

  const Pickle& pickle_;
  const std::string& path_;
  std::size_t n_visits_ = 0;
  std::size_t name_bytes_ = 0;
  std::vector<std::pair<std::string, View>> tensors_;
};

/// Where the bytes of a storage are in the file; nothing if there are none of its key.
using FindStorage = std::function<std::optional<Place>(const View&)>;

bool is_row_major(const View& view) {
  const std::vector<std::int64_t> strides = row_major_strides(view.shape);
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    if (view.shape[axis] > 1 && strides[axis] != view.strides[axis]) return false;
  }
  return true;
}

NamedTensor tensor_over(const std::shared_ptr<const MappedFile>& file, const Place& storage,
                        const std::string& name, const View& view) {
  const std::uint64_t begin = static_cast<std::uint64_t>(view.offset) * size_of(view.dtype);
  if (element_count(view.shape) == 0 || is_row_major(view))
    return tensor_in(file, storage.offset + begin, name, view.dtype, view.shape);
  return {name, view.dtype, view.shape, [file, storage, begin, view](const ByteSink& sink) {
            std::vector<std::byte> bytes(storage.bytes - begin);
            file->read_at(storage.offset + begin, bytes.data(), bytes.size());
            const Array array = gathered(bytes.data(), view.dtype, view.shape, view.strides);
            sink({reinterpret_cast<const char*>(array.data()), array.bytes()});
          }};
}

/// The tensors of a pickle, with their bytes.
void take_tensors(const Listing& listing, const std::shared_ptr<const MappedFile>& file,
                  const FindStorage& find, WeightFile& out) {
  std::map<View, std::string> first;  // the first tensor over the same bytes
  std::map<std::string, int> seen;
  for (const auto& [name, view] : listing.tensors()) {
    if (++seen[name] > 1) refuse(out.path, text("holds ", printable(name), " twice"));
    const std::optional<Place> storage = find(view);
    const std::uint64_t needed = static_cast<std::uint64_t>(view.storage_numel) * size_of(view.dtype);
    if (!storage || needed / size_of(view.dtype) != static_cast<std::uint64_t>(view.storage_numel) ||
        storage->bytes < needed) {
      refuse(out.path, text("is damaged: the numbers of ", printable(name), " are not all there"), get_again);
    }
    out.tensors.push_back(tensor_over(file, *storage, name, view));
    const auto [known, is_new] = first.try_emplace(view, name);
    if (!is_new) out.tensors.back().same_as = known->second;
  }
}

// ---- The zip file of PyTorch 1.6 and later.

class Archive {
 public:
  Archive(const std::string& path, std::shared_ptr<const MappedFile> file)
      : path_(path), file_(std::move(file)), zip_(file_->bytes(), path) {
    constexpr std::string_view pickle = "data.pkl";
    for (const std::string& entry : zip_.names()) {
      if (entry == pickle || entry.ends_with(text('/', pickle))) {
        if (folder_) continue;
        folder_ = entry.substr(0, entry.size() - pickle.size());
      }
    }
    if (!folder_) {
      refuse(path_, "is a zip file without data.pkl, so none of PyTorch's", "torch.save writes such files");
    }
    if (zip_.has(*folder_ + "constants.pkl")) {
      refuse(path_, "holds a TorchScript program, not only weights",
             "in Python: torch.save(torch.jit.load(file).state_dict(), other_file)");
    }
    const std::string byteorder = *folder_ + "byteorder";
    if (zip_.has(byteorder) && zip_.read(byteorder) != "little") {
      refuse(path_, "was written on a machine with the other order of bytes",
             "in Python there: torch.save(state, file) with torch.serialization.set_default_load_endianness");
    }
  }

  WeightFile read() {
    WeightFile out{path_, {}, true, notes_of_comment(zip_.comment())};
    const Pickle pickle = read_pickle(zip_.read(*folder_ + "data.pkl"), path_);
    take_tensors(
        Listing(pickle, path_), file_, [this](const View& view) { return find(view); }, out);
    return out;
  }

 private:
  std::optional<Place> find(const View& view) const {
    const std::string entry = text(*folder_, "data/", view.storage);
    if (!zip_.has(entry)) return std::nullopt;
    const auto place = zip_.place(entry);
    if (!place) {
      refuse(path_, text("packs entry ", printable(entry), ", which PyTorch never does"),
             "unpack the zip file and pack it again without compression: zip -0 -r");
    }
    return place;
  }

  const std::string& path_;
  std::shared_ptr<const MappedFile> file_;
  ZipFile zip_;
  std::optional<std::string> folder_;  // "archive/"
};

// ---- Files of PyTorch before 1.6: five pickles, then each storage behind its number of elements.

class LegacyFile {
 public:
  LegacyFile(const std::string& path, std::shared_ptr<const MappedFile> file)
      : path_(path), file_(std::move(file)) {}

  /// The first pickle is a number that is not used elsewhere.
  static bool is_one(std::string_view bytes) {
    constexpr std::string_view magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    return bytes.size() > 2 && bytes[0] == '\x80' && bytes.substr(2).starts_with(magic);
  }

  WeightFile read() {
    WeightFile out{path_, {}};
    next();  // the magic number
    next();  // the version of the protocol
    next();  // sizes of types on that machine
    const Pickle state = next();
    const Pickle keys = next();
    const Listing listing(state, path_);
    place_storages(keys, listing);
    take_tensors(
        listing, file_,
        [this](const View& view) -> std::optional<Place> {
          const auto found = storages_.find(view.storage);
          return found == storages_.end() ? std::nullopt : std::optional(found->second);
        },
        out);
    return out;
  }

 private:
  Pickle next() {
    Pickle pickle = read_pickle(file_->bytes().substr(at_), path_);
    at_ += pickle.end;
    return pickle;
  }

  void place_storages(const Pickle& keys, const Listing& listing) {
    std::map<std::string, Dtype> types;
    for (const auto& [name, view] : listing.tensors()) types.emplace(view.storage, view.dtype);
    for (const std::uint32_t item : keys.nodes[keys.root].items) {
      const std::string& key = keys.nodes[item].text;
      const std::uint64_t there = file_->bytes().size() - at_;
      std::uint64_t numel = 0;
      if (there < sizeof numel) cut();
      file_->read_at(at_, reinterpret_cast<std::byte*>(&numel), sizeof numel);
      const auto type = types.find(key);
      if (type == types.end()) return;  // of no tensor that is known, so its size is not either
      if (numel > (there - sizeof numel) / size_of(type->second)) cut();
      at_ += sizeof numel;
      storages_[key] = {at_, numel * size_of(type->second)};
      at_ += numel * size_of(type->second);
    }
  }

  [[noreturn]] void cut() const { refuse(path_, "is cut: a storage is not whole", get_again); }

  const std::string& path_;
  std::shared_ptr<const MappedFile> file_;
  std::uint64_t at_ = 0;
  std::map<std::string, Place> storages_;
};

// ---- Writing.

/// The pickle of a state dict, as torch.save writes it. storages: those of the tensors, by number.
std::string state_dict_pickle(const std::vector<NamedTensor>& tensors,
                              const std::vector<std::size_t>& storages) {
  PickleWriter pickle;
  pickle.begin_ordered_dict();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    pickle.text(tensors[i].name);
    pickle.tensor({storages[i], tensors[i].dtype, tensors[i].shape});
  }
  pickle.end_ordered_dict();
  return pickle.finish();
}

/// The number of the storage of each tensor: those that are one share it.
std::vector<std::size_t> storages_of(const std::vector<NamedTensor>& tensors) {
  std::map<std::string_view, std::size_t> of_name;
  std::vector<std::size_t> storages;
  std::size_t next = 0;
  for (const NamedTensor& tensor : tensors) {
    const auto shared = of_name.find(tensor.same_as);
    const std::size_t storage = shared == of_name.end() ? next++ : shared->second;
    of_name[tensor.name] = storage;
    storages.push_back(storage);
  }
  return storages;
}

}  // namespace

WeightFile Pt::read(const std::string& path) const {
  auto file = std::make_shared<const MappedFile>(path);
  if (LegacyFile::is_one(file->bytes())) return LegacyFile(path, std::move(file)).read();
  return Archive(path, std::move(file)).read();
}

void Pt::write(const std::string& path, const WeightFile& file) const {
  const std::string folder = "archive/";
  const std::vector<std::size_t> storages = storages_of(file.tensors);
  const std::array<std::pair<const char*, std::string>, 3> texts = {
      {{"data.pkl", state_dict_pickle(file.tensors, storages)}, {"byteorder", "little"}, {"version", "3\n"}}};
  std::vector<ZipWriter::Entry> entries;
  for (const auto& [name, content] : texts) entries.push_back({folder + name, content.size()});
  std::vector<const NamedTensor*> written;
  for (std::size_t i = 0; i < file.tensors.size(); ++i) {
    if (storages[i] < written.size()) continue;
    written.push_back(&file.tensors[i]);
    entries.push_back({text(folder, "data/", storages[i]), file.tensors[i].bytes()});
  }
  ZipWriter zip(path, std::move(entries), comment_of(file.notes));
  for (const auto& [name, content] : texts) {
    zip.begin();
    zip.write(content);
  }
  for (const NamedTensor* tensor : written) {
    zip.begin();
    tensor->stream([&](std::string_view piece) { zip.write(piece); });
  }
  zip.put();
}

}  // namespace assay::weights
