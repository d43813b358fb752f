#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/h5_handles.h"
#include "core/text.h"

namespace assay::h5 {
namespace {

/// What a file links to in other files is not followed: a file from a stranger must not choose what is
/// opened.
herr_t refuse_other_files(const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) {
  return -1;
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* out) {
  static_cast<std::vector<std::string>*>(out)->emplace_back(name);
  return 0;
}

}  // namespace

struct Reader::State {
  State(std::string_view bytes, const std::string& name)
      : caller(name),
        image{std::string(bytes)},
        file(open()),
        link_access(within_file(H5P_LINK_ACCESS)),
        group_access(within_file(H5P_GROUP_ACCESS)),
        dataset_access(within_file(H5P_DATASET_ACCESS)) {}

  File open() {
    if (image.bytes.substr(0, 8) != "\x89HDF\r\n\x1a\n") {
      throw Error(Kind::store, Problem{Where::path(caller.file()), {}, "is not an HDF5 file", {}});
    }
    const Properties access = image_access(caller, image);
    return File(
        caller.checked(H5Fopen(image_name(image).c_str(), H5F_ACC_RDONLY, access.get()), "cannot be opened"));
  }

  Properties within_file(hid_t property_class) const {
    Properties properties(caller.checked(H5Pcreate(property_class), "cannot be read"));
    caller.checked(H5Pset_elink_cb(properties.get(), &refuse_other_files, nullptr), "cannot be read");
    return properties;
  }

  [[noreturn]] void refuse(const std::string& path, std::string_view what) const {
    throw Error(Kind::store, Problem{Where::path(caller.file()), {}, assay::text(path, ' ', what), {}});
  }

  /// HDF5 asks link by link; a missing parent is an error to it.
  bool has(const std::string& path) const {
    std::string so_far;
    for (const std::string& part : split(path, '/')) {
      if (part.empty()) continue;
      so_far += '/' + part;
      if (H5Lexists(file.get(), so_far.c_str(), link_access.get()) <= 0) {
        H5Eclear2(H5E_DEFAULT);
        return false;
      }
    }
    return true;
  }

  H5L_info_t link_info(const std::string& path) const {
    H5L_info_t info{};
    caller.checked(H5Lget_info(file.get(), path.c_str(), &info, link_access.get()), path);
    return info;
  }

  bool is_of_type(const std::string& path, H5O_type_t type) const {
    if (path != "/" && (!has(path) || link_info(path).type != H5L_TYPE_HARD)) return false;
    H5O_info_t info{};
    caller.checked(H5Oget_info_by_name(file.get(), path.c_str(), &info, link_access.get()), path);
    return info.type == type;
  }

  std::vector<std::string> names(const std::string& path) const {
    const Group group(caller.checked(H5Gopen2(file.get(), path.c_str(), group_access.get()), path));
    std::vector<std::string> found;
    hsize_t position = 0;
    caller.checked(H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_NATIVE, &position, &collect_name, &found),
                   path);
    std::sort(found.begin(), found.end());
    return found;
  }

  void collect_datasets(const std::string& path, std::vector<std::string>& found) const {
    for (const std::string& name : names(path)) {
      const std::string child = path == "/" ? name : assay::text(path, '/', name);
      if (is_of_type(child, H5O_TYPE_GROUP)) collect_datasets(child, found);
      if (is_of_type(child, H5O_TYPE_DATASET)) found.push_back(child);
    }
  }

  Dataset dataset(const std::string& path) const {
    if (!has(path)) refuse(path, "is not there");
    Dataset opened(caller.checked(H5Dopen2(file.get(), path.c_str(), dataset_access.get()), path));
    const Properties creation(caller.checked(H5Dget_create_plist(opened.get()), path));
    const H5D_layout_t layout = caller.checked(H5Pget_layout(creation.get()), path);
    const bool is_elsewhere = layout == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0;
    if (is_elsewhere) refuse(path, "lies in another file, which is not followed");
    return opened;
  }

  std::vector<std::int64_t> shape_of(const Dataset& opened, const std::string& path) const {
    const Space space(caller.checked(H5Dget_space(opened.get()), path));
    std::vector<hsize_t> sizes(
        static_cast<std::size_t>(caller.checked(H5Sget_simple_extent_ndims(space.get()), path)));
    caller.checked(H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr), path);
    return {sizes.begin(), sizes.end()};
  }

  std::vector<std::string> texts(const std::string& path) const {
    const Dataset opened = dataset(path);
    const Type stored(caller.checked(H5Dget_type(opened.get()), path));
    if (H5Tis_variable_str(stored.get()) <= 0) refuse(path, "holds no text");
    const auto count = static_cast<std::size_t>(element_count(shape_of(opened, path)));
    std::vector<char*> pointers(count, nullptr);
    const Type type = text_type(caller);
    if (count == 0) return {};
    caller.checked(H5Dread(opened.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), path);
    return taken(pointers);
  }

  /// Copies texts that HDF5 allocated, and frees those.
  static std::vector<std::string> taken(const std::vector<char*>& pointers) {
    std::vector<std::string> values;
    for (char* pointer : pointers) {
      values.emplace_back(pointer ? pointer : "");
      if (pointer) H5free_memory(pointer);
    }
    return values;
  }

  Object object(const std::string& path) const {
    return Object(caller.checked(H5Oopen(file.get(), path.c_str(), link_access.get()), path));
  }

  Attribute attribute(const std::string& path, const std::string& name) const {
    return Attribute(caller.checked(H5Aopen(object(path).get(), name.c_str(), H5P_DEFAULT),
                                    assay::text(path, " (attribute ", name, ")")));
  }

  template <class Number>
  Number number_attribute(const std::string& path, const std::string& name, hid_t type) const {
    Number value{};
    caller.checked(H5Aread(attribute(path, name).get(), type, &value),
                   assay::text(path, " (attribute ", name, ")"));
    return value;
  }

  Caller caller;
  Image image;
  File file;
  Properties link_access;  // these three do not leave the file
  Properties group_access;
  Properties dataset_access;
};

Reader Reader::open(const std::string& path) { return of_bytes(read_file(path), path); }

Reader Reader::of_bytes(std::string_view bytes, const std::string& name) {
  const auto held = lock();
  return Reader(std::make_unique<State>(bytes, name));
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}

Reader::~Reader() {
  if (!state_) return;
  const auto held = lock();
  state_.reset();
}

Reader::Reader(Reader&&) noexcept = default;

bool Reader::has(const std::string& path) const {
  const auto held = lock();
  return state_->has(path);
}

bool Reader::is_group(const std::string& path) const {
  const auto held = lock();
  return state_->is_of_type(path, H5O_TYPE_GROUP);
}

std::vector<std::string> Reader::names(const std::string& group) const {
  const auto held = lock();
  return state_->names(group);
}

std::vector<std::string> Reader::datasets(const std::string& group) const {
  const auto held = lock();
  std::vector<std::string> found;
  state_->collect_datasets(group, found);
  return found;
}

Array Reader::array(const std::string& path) const {
  const auto held = lock();
  const Dataset dataset = state_->dataset(path);
  const Type type(state_->caller.checked(H5Dget_type(dataset.get()), path));
  Array array(dtype_of_type(state_->caller, type.get(), path), state_->shape_of(dataset, path));
  if (array.count() == 0) return array;
  state_->caller.checked(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, array.data()),
                         path);
  return array;
}

std::string Reader::text(const std::string& path) const {
  const auto held = lock();
  const std::vector<std::string> values = state_->texts(path);
  if (values.size() != 1) state_->refuse(path, "is not a single text");
  return values[0];
}

std::vector<std::string> Reader::texts(const std::string& path) const {
  const auto held = lock();
  return state_->texts(path);
}

std::pair<std::string, std::string> Reader::external_link(const std::string& path) const {
  const auto held = lock();
  if (!state_->has(path)) state_->refuse(path, "is not there");
  const H5L_info_t info = state_->link_info(path);
  if (info.type != H5L_TYPE_EXTERNAL) state_->refuse(path, "is no link to another file");
  std::string packed(info.u.val_size, '\0');
  const char* file = nullptr;
  const char* target = nullptr;
  unsigned flags = 0;
  state_->caller.checked(
      H5Lget_val(state_->file.get(), path.c_str(), packed.data(), packed.size(), state_->link_access.get()),
      path);
  state_->caller.checked(H5Lunpack_elink_val(packed.data(), packed.size(), &flags, &file, &target), path);
  return {file, target};
}

bool Reader::has_attribute(const std::string& path, const std::string& name) const {
  const auto held = lock();
  return state_->caller.checked(H5Aexists(state_->object(path).get(), name.c_str()), path) > 0;
}

std::string Reader::text_attribute(const std::string& path, const std::string& name) const {
  const auto held = lock();
  const Attribute attribute = state_->attribute(path, name);
  const Type stored(state_->caller.checked(H5Aget_type(attribute.get()), path));
  if (H5Tis_variable_str(stored.get()) <= 0)
    state_->refuse(path, assay::text("(attribute ", name, ") holds no text"));
  std::vector<char*> pointers(1, nullptr);
  state_->caller.checked(H5Aread(attribute.get(), text_type(state_->caller).get(), pointers.data()), path);
  return State::taken(pointers)[0];
}

std::int64_t Reader::integer_attribute(const std::string& path, const std::string& name) const {
  const auto held = lock();
  return state_->number_attribute<std::int64_t>(path, name, H5T_NATIVE_INT64);
}

double Reader::real_attribute(const std::string& path, const std::string& name) const {
  const auto held = lock();
  return state_->number_attribute<double>(path, name, H5T_NATIVE_DOUBLE);
}

}  // namespace assay::h5
