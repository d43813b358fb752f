#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/h5.h"
#include "core/io/h5_driver.h"
#include "core/io/h5_handles.h"
#include "core/text.h"

namespace assay::h5 {
namespace {

constexpr std::int64_t packing_pays_from = 1024;
constexpr std::int64_t largest_chunk = 16384;

/// HDF5 texts of variable length end at a zero byte.
std::string without_zeros(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\0') {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else {
      out += c;
    }
  }
  return out;
}

/// An array whose bytes are not HDF5's. Without data: they are not in memory either.
struct Placed {
  std::uint64_t offset;
  ArrayView view;
};

constexpr hsize_t alignment = 64;
constexpr std::uint64_t most_compact_bytes = 1024;
constexpr std::size_t conversion_bytes = 4096;
constexpr std::uint64_t text_bytes = 16;  // in the dataset, of a text of variable length

}  // namespace

struct Writer::State {
  State()
      : caller("an HDF5 image"),
        file(create()),
        plain(untimed(H5P_DATASET_CREATE)),
        compact(untimed(H5P_DATASET_CREATE)),
        at_once(untimed(H5P_DATASET_CREATE)),
        of_groups(untimed(H5P_GROUP_CREATE)),
        transfer(caller.checked(H5Pcreate(H5P_DATASET_XFER), "cannot prepare a dataset")),
        scalar(caller.checked(H5Screate(H5S_SCALAR), "cannot prepare a scalar")),
        text(text_type(caller)) {
    caller.checked(H5Pset_layout(compact.get(), H5D_COMPACT), "cannot prepare a dataset");
    caller.checked(H5Pset_alloc_time(at_once.get(), H5D_ALLOC_TIME_EARLY), "cannot prepare a dataset");
    caller.checked(H5Pset_fill_time(at_once.get(), H5D_FILL_TIME_NEVER), "cannot prepare a dataset");
    // HDF5 clears a buffer of 1 MiB, otherwise, for every text that it converts.
    caller.checked(H5Pset_buffer(transfer.get(), conversion_bytes, nullptr, nullptr),
                   "cannot prepare a dataset");
    keep_small(of_groups);
  }

  File create() {
    const Properties access = access_to(caller, pages);
    caller.checked(H5Pset_alignment(access.get(), alignment, alignment), "cannot prepare a file");
    const Properties creation = untimed(H5P_FILE_CREATE);
    keep_small(creation);
    return File(caller.checked(H5Fcreate(medium_name, H5F_ACC_TRUNC, creation.get(), access.get()),
                               "cannot begin a file"));
  }

  /// Creation properties under which equal contents are equal bytes.
  Properties untimed(hid_t property_class) const {
    Properties properties(caller.checked(H5Pcreate(property_class), "cannot prepare an object"));
    caller.checked(H5Pset_obj_track_times(properties.get(), 0), "cannot prepare an object");
    return properties;
  }

  /// Links and attributes stay within the group's own header until there are many: beyond 8, HDF5 would build
  /// a heap and a tree for them, which costs more than all else that a record of a few seconds has.
  void keep_small(const Properties& creation) const {
    constexpr unsigned most_inside = 64, least_outside = 48;
    caller.checked(H5Pset_link_phase_change(creation.get(), most_inside, least_outside),
                   "cannot prepare a group");
    caller.checked(H5Pset_attr_phase_change(creation.get(), most_inside, least_outside),
                   "cannot prepare a group");
  }

  /// The group of a path, made level by level: those that HDF5 makes on the way would keep times. It stays
  /// open, so that what is put into it need not be found from the root.
  hid_t group(std::string_view path) {
    if (path.empty()) return file.get();
    if (const auto known = groups.find(path); known != groups.end()) return known->second.get();
    const auto [parent, name] = divided(path);
    const hid_t parent_group = group(parent);
    if (name.empty()) return parent_group;
    Group made(caller.checked(
        H5Gcreate2(parent_group, name.c_str(), H5P_DEFAULT, of_groups.get(), H5P_DEFAULT), path));
    return groups.emplace(path, std::move(made)).first->second.get();
  }

  /// `a/b/c` -> `a/b` and `c`.
  static std::pair<std::string_view, std::string> divided(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {{}, std::string(path)};
    return {path.substr(0, slash), std::string(path.substr(slash + 1))};
  }

  /// It stays open until the next one is made, as attributes may follow.
  hid_t make_dataset(const std::string& path, hid_t type, const Space& space, const Properties& creation) {
    const auto [parent, name] = divided(path);
    Dataset made(caller.checked(
        H5Dcreate2(group(parent), name.c_str(), type, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
        path));
    close_latest();
    latest = std::move(made);
    latest_path = path;
    return latest.get();
  }

  void close_latest() {
    if (latest.get() >= 0) caller.checked(H5Dclose(latest.release()), latest_path);
  }

  void write(const std::string& path, hid_t type, const Space& space, const Properties& creation,
             const void* data) {
    const hid_t dataset = make_dataset(path, type, space, creation);
    if (data) caller.checked(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, transfer.get(), data), path);
  }

  Space space_of(const std::string& path, const ArrayView& view) const {
    if (view.shape.empty()) return Space(caller.checked(H5Screate(H5S_SCALAR), path));
    const std::vector<hsize_t> shape(view.shape.begin(), view.shape.end());
    return Space(
        caller.checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), path));
  }

  hid_t type(Dtype dtype) {
    const auto known = types.find(dtype);
    return (known != types.end() ? known : types.emplace(dtype, type_of(caller, dtype)).first)->second.get();
  }

  void write_array(const std::string& path, const ArrayView& view, const Properties& creation) {
    write(path, type(view.dtype), space_of(path, view), creation, view.count() > 0 ? view.data : nullptr);
  }

  /// Numbers and texts of a few rows lie in the dataset's header, which is written anyway.
  const Properties& for_bytes(std::uint64_t bytes) const {
    return bytes > 0 && bytes <= most_compact_bytes ? compact : plain;
  }

  /// What attributes are given to.
  hid_t object(const std::string& path) {
    if (path == "/") return file.get();
    if (const auto known = groups.find(path); known != groups.end()) return known->second.get();
    if (latest.get() >= 0 && latest_path == path) return latest.get();
    close_latest();
    latest = Dataset(caller.checked(H5Dopen2(file.get(), path.c_str(), H5P_DEFAULT), path));
    latest_path = path;
    return latest.get();
  }

  std::uint64_t place_array(const std::string& path, const ArrayView& view) {
    const hid_t dataset = make_dataset(path, type(view.dtype), space_of(path, view), at_once);
    if (view.bytes() == 0) return 0;
    const haddr_t offset = H5Dget_offset(dataset);
    if (offset == HADDR_UNDEF) fail(caller.file(), assay::text("no place for ", path));
    placed.push_back({offset, view});
    return offset;
  }

  void write_attribute(const std::string& path, const std::string& name, hid_t type, const void* value) {
    const std::string what = assay::text(path, " (attribute ", name, ")");
    Attribute attribute(caller.checked(
        H5Acreate2(object(path), name.c_str(), type, scalar.get(), H5P_DEFAULT, H5P_DEFAULT), what));
    caller.checked(H5Awrite(attribute.get(), type, value), what);
    caller.checked(H5Aclose(attribute.release()), what);
  }

  /// What HDF5 laid out from `begin` up to `end`.
  std::vector<char> laid_out(std::uint64_t begin, std::uint64_t end) const {
    std::vector<char> bytes(end - begin);
    pages.read(begin, bytes.data(), bytes.size());
    return bytes;
  }

  /// Completes the file. The bytes are taken when HDF5 has closed it: only then are they all there.
  void close() {
    close_latest();  // what is open keeps a file open
    groups.clear();
    caller.checked(H5Fclose(file.release()), "cannot complete a file");
    if (pages.ran_short()) throw Error(Kind::store, "not enough memory to lay out a file");
  }

  Caller caller;
  Pages pages;
  File file;
  const Properties plain;  // of a dataset that has none of its own
  const Properties compact;
  const Properties at_once;  // has its place in the file before anything is written
  const Properties of_groups;
  const Properties transfer;
  const Space scalar;
  const Type text;
  std::map<Dtype, Type> types;
  std::map<std::string, Group, std::less<>> groups;  // that are there
  Dataset latest{H5I_INVALID_HID};
  std::string latest_path;
  std::vector<Placed> placed;
};

Writer::Writer() {
  const auto held = lock();
  state_ = std::make_unique<State>();
}

Writer::~Writer() {
  if (!state_) return;
  const auto held = lock();
  state_.reset();
}

Writer::Writer(Writer&&) noexcept = default;

void Writer::group(const std::string& path) {
  const auto held = lock();
  state_->group(path);
}

void Writer::array(const std::string& path, const ArrayView& view) {
  const auto held = lock();
  state_->write_array(path, view, state_->for_bytes(view.bytes()));
}

void Writer::place(const std::string& path, const ArrayView& view) {
  const auto held = lock();
  state_->place_array(path, view);
}

std::uint64_t Writer::leave_room(const std::string& path, Dtype dtype,
                                 const std::vector<std::int64_t>& shape) {
  const auto held = lock();
  return state_->place_array(path, {dtype, shape, nullptr});
}

void Writer::packed(const std::string& path, const ArrayView& view) {
  if (view.shape.size() != 1 || view.count() < packing_pays_from) return array(path, view);
  const auto held = lock();
  const Properties creation = state_->untimed(H5P_DATASET_CREATE);
  const auto chunk = static_cast<hsize_t>(std::min(view.count(), largest_chunk));
  state_->caller.checked(H5Pset_chunk(creation.get(), 1, &chunk), path);
  state_->caller.checked(H5Pset_shuffle(creation.get()), path);
  state_->caller.checked(H5Pset_deflate(creation.get(), 1), path);
  state_->write_array(path, view, creation);
}

void Writer::text(const std::string& path, std::string_view value) {
  const auto held = lock();
  const std::string clean = without_zeros(value);
  const char* pointer = clean.c_str();
  state_->write(path, state_->text.get(), state_->scalar, state_->compact, &pointer);
}

void Writer::texts(const std::string& path, const std::vector<std::string>& values) {
  const auto held = lock();
  std::vector<std::string> clean;
  std::vector<const char*> pointers;
  for (const std::string& value : values) clean.push_back(without_zeros(value));
  for (const std::string& value : clean) pointers.push_back(value.c_str());
  const auto size = static_cast<hsize_t>(values.size());
  const Space space(state_->caller.checked(H5Screate_simple(1, &size, nullptr), path));
  state_->write(path, state_->text.get(), space, state_->for_bytes(size * text_bytes),
                size > 0 ? pointers.data() : nullptr);
}

void Writer::external_link(const std::string& path, const std::string& file, const std::string& target) {
  const auto held = lock();
  const auto [parent, name] = State::divided(path);
  state_->caller.checked(H5Lcreate_external(file.c_str(), target.c_str(), state_->group(parent), name.c_str(),
                                            H5P_DEFAULT, H5P_DEFAULT),
                         path);
}

void Writer::attribute(const std::string& path, const std::string& name, std::string_view value) {
  const auto held = lock();
  const std::string clean = without_zeros(value);
  const char* pointer = clean.c_str();
  state_->write_attribute(path, name, state_->text.get(), &pointer);
}

void Writer::attribute(const std::string& path, const std::string& name, std::int64_t value) {
  const auto held = lock();
  state_->write_attribute(path, name, H5T_STD_I64LE, &value);
}

void Writer::attribute(const std::string& path, const std::string& name, double value) {
  const auto held = lock();
  state_->write_attribute(path, name, H5T_IEEE_F64LE, &value);
}

std::string Writer::finish() { return finish_layout().joined(); }

Layout Writer::finish_layout() {
  const auto held = lock();
  state_->close();
  std::vector<Placed>& placed = state_->placed;
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.offset < b.offset; });
  Layout layout;
  for (const Placed& array : placed) {
    ASSAY_ASSERT(array.offset >= layout.bytes());
    if (array.offset > layout.bytes()) layout.add(state_->laid_out(layout.bytes(), array.offset));
    if (array.view.data == nullptr) {
      layout.add_room(array.view.bytes());
    } else {
      layout.add_view({reinterpret_cast<const char*>(array.view.data), array.view.bytes()});
    }
  }
  const std::uint64_t end = state_->pages.size();
  ASSAY_ASSERT(end >= layout.bytes());
  if (end > layout.bytes()) layout.add(state_->laid_out(layout.bytes(), end));
  state_.reset();
  return layout;
}

}  // namespace assay::h5
