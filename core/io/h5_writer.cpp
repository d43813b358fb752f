#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
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

}  // namespace

struct Writer::State {
  State()
      : caller("an HDF5 image"), file(create()), plain(untimed(H5P_DATASET_CREATE)), text(text_type(caller)) {}

  File create() {
    const Properties access = access_to(caller, pages);
    caller.checked(H5Pset_alignment(access.get(), alignment, alignment), "cannot prepare a file");
    const Properties creation = untimed(H5P_FILE_CREATE);
    return File(caller.checked(H5Fcreate(medium_name, H5F_ACC_TRUNC, creation.get(), access.get()),
                               "cannot begin a file"));
  }

  /// Creation properties under which equal contents are equal bytes.
  Properties untimed(hid_t property_class) const {
    Properties properties(caller.checked(H5Pcreate(property_class), "cannot prepare an object"));
    caller.checked(H5Pset_obj_track_times(properties.get(), 0), "cannot prepare an object");
    return properties;
  }

  /// A group is made by hand, level by level: those that HDF5 makes on the way would keep times.
  void make_group(const std::string& path) const {
    std::string so_far;
    for (const std::string& part : split(path, '/')) {
      if (part.empty()) continue;
      so_far += '/' + part;
      if (!groups.insert(so_far).second) continue;
      if (caller.checked(H5Lexists(file.get(), so_far.c_str(), H5P_DEFAULT), so_far) > 0) continue;
      const Properties creation = untimed(H5P_GROUP_CREATE);
      const Group group(caller.checked(
          H5Gcreate2(file.get(), so_far.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), so_far));
    }
  }

  void make_parent(const std::string& path) const {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos) make_group(path.substr(0, slash));
  }

  Dataset make_dataset(const std::string& path, hid_t type, const Space& space,
                       const Properties& creation) const {
    make_parent(path);
    return Dataset(caller.checked(
        H5Dcreate2(file.get(), path.c_str(), type, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
        path));
  }

  void write(const std::string& path, hid_t type, const Space& space, const Properties& creation,
             const void* data) const {
    Dataset dataset = make_dataset(path, type, space, creation);
    if (data) caller.checked(H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), path);
    caller.checked(H5Dclose(dataset.release()), path);
  }

  Space space_of(const std::string& path, const ArrayView& view) const {
    if (view.shape.empty()) return Space(caller.checked(H5Screate(H5S_SCALAR), path));
    const std::vector<hsize_t> shape(view.shape.begin(), view.shape.end());
    return Space(
        caller.checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), path));
  }

  void write_array(const std::string& path, const ArrayView& view, const Properties& creation) const {
    const Type type = type_of(caller, view.dtype);
    write(path, type.get(), space_of(path, view), creation, view.count() > 0 ? view.data : nullptr);
  }

  /// Attributes come in rows, object by object: each is looked up once in a row.
  hid_t object(const std::string& path) {
    if (!opened || opened_path != path) {
      opened.emplace(caller.checked(H5Oopen(file.get(), path.c_str(), H5P_DEFAULT), path));
      opened_path = path;
    }
    return opened->get();
  }

  std::uint64_t place_array(const std::string& path, const ArrayView& view) {
    const Properties creation = untimed(H5P_DATASET_CREATE);
    caller.checked(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), path);
    caller.checked(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), path);
    const Type type = type_of(caller, view.dtype);
    Dataset dataset = make_dataset(path, type.get(), space_of(path, view), creation);
    const haddr_t offset = H5Dget_offset(dataset.get());
    caller.checked(H5Dclose(dataset.release()), path);
    if (view.bytes() == 0) return 0;
    if (offset == HADDR_UNDEF) fail(caller.file(), assay::text("no place for ", path));
    placed.push_back({offset, view});
    return offset;
  }

  void write_attribute(const std::string& path, const std::string& name, hid_t type,
                       const void* value) {
    const std::string what = assay::text(path, " (attribute ", name, ")");
    const Space space(caller.checked(H5Screate(H5S_SCALAR), what));
    Attribute attribute(caller.checked(
        H5Acreate2(object(path), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), what));
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
    opened.reset();  // what is open keeps a file open
    caller.checked(H5Fclose(file.release()), "cannot complete a file");
    if (pages.ran_short()) throw Error(Kind::store, "not enough memory to lay out a file");
  }

  Caller caller;
  Pages pages;
  File file;
  const Properties plain;  // of a dataset that has none of its own
  const Type text;
  mutable std::set<std::string> groups;  // that are there
  std::optional<Object> opened;
  std::string opened_path;
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
  state_->make_group(path);
}

void Writer::array(const std::string& path, const ArrayView& view) {
  const auto held = lock();
  state_->write_array(path, view, state_->plain);
}

void Writer::place(const std::string& path, const ArrayView& view) {
  const auto held = lock();
  state_->place_array(path, view);
}

std::uint64_t Writer::leave_room(const std::string& path, Dtype dtype, const std::vector<std::int64_t>& shape) {
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
  const Space space(state_->caller.checked(H5Screate(H5S_SCALAR), path));
  state_->write(path, state_->text.get(), space, state_->plain, &pointer);
}

void Writer::texts(const std::string& path, const std::vector<std::string>& values) {
  const auto held = lock();
  std::vector<std::string> clean;
  std::vector<const char*> pointers;
  for (const std::string& value : values) clean.push_back(without_zeros(value));
  for (const std::string& value : clean) pointers.push_back(value.c_str());
  const auto size = static_cast<hsize_t>(values.size());
  const Space space(state_->caller.checked(H5Screate_simple(1, &size, nullptr), path));
  state_->write(path, state_->text.get(), space, state_->plain,
                size > 0 ? pointers.data() : nullptr);
}

void Writer::external_link(const std::string& path, const std::string& file, const std::string& target) {
  const auto held = lock();
  state_->make_parent(path);
  state_->caller.checked(H5Lcreate_external(file.c_str(), target.c_str(), state_->file.get(), path.c_str(),
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
