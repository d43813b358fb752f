#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/h5_driver.h"
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

herr_t collect_attribute(hid_t, const char* name, const H5A_info_t*, void* out) {
  static_cast<std::vector<std::string>*>(out)->emplace_back(name);
  return 0;
}

/// No path that assay writes has more parts; a group may contain itself.
constexpr int deepest = 32;
/// No object is described in fewer bytes.
constexpr std::size_t smallest_object = 24;
/// Deflate (RFC 1951) packs 258 bytes into 2 bits at best.
constexpr std::uint64_t largest_ratio = 1032;

/// Memory for the texts of one call, freed together. It ends where a file could not hold more.
class TextMemory {
 public:
  explicit TextMemory(std::size_t limit) : left_(limit) {}

  /// Transfer properties with which HDF5 takes texts from here.
  Properties transfer(const Caller& caller) {
    Properties properties(caller.checked(H5Pcreate(H5P_DATASET_XFER), "cannot be read"));
    caller.checked(H5Pset_vlen_mem_manager(properties.get(), &allocate, this, &keep, nullptr),
                   "cannot be read");
    return properties;
  }

 private:
  static void* allocate(std::size_t size, void* self) noexcept {
    return static_cast<TextMemory*>(self)->allocate(size);
  }
  static void keep(void*, void*) noexcept {}

  void* allocate(std::size_t size) noexcept {
    try {
      if (size > left_) return nullptr;
      blocks_.push_back(std::make_unique<char[]>(size));
      left_ -= size;
      return blocks_.back().get();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  std::size_t left_;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace

struct Reader::State {
  State(std::string owned, std::string_view bytes, const std::string& name)
      : caller(name),
        kept(std::move(owned)),
        medium(kept.empty() ? bytes : std::string_view(kept)),
        file(open()),
        link_access(within_file(H5P_LINK_ACCESS)),
        group_access(within_file(H5P_GROUP_ACCESS)),
        dataset_access(within_file(H5P_DATASET_ACCESS)) {}

  File open() {
    constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
    std::string begin(signature.size(), '\0');
    if (!medium.read(0, begin.data(), begin.size()) || begin != signature) {
      throw Error(Kind::store, Problem{Where::path(caller.file()), {}, "is not an HDF5 file", {}});
    }
    const Properties access = access_to(caller, medium);
    return File(caller.checked(H5Fopen(medium_name, H5F_ACC_RDONLY, access.get()), "cannot be opened"));
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

  bool is_of_type(const std::string& path, H5I_type_t type) const {
    if (path != "/" && (!has(path) || link_info(path).type != H5L_TYPE_HARD)) return false;
    return H5Iget_type(object(path).get()) == type;
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

  void collect_datasets(const std::string& path, int depth, std::size_t& n_objects,
                        std::vector<std::string>& found) const {
    if (depth > deepest) refuse(path, "is nested too deeply");
    for (const std::string& name : names(path)) {
      if (++n_objects > medium.size() / smallest_object) refuse(path, "holds more objects than there can be");
      const std::string child = path == "/" ? name : assay::text(path, '/', name);
      if (is_of_type(child, H5I_GROUP)) collect_datasets(child, depth + 1, n_objects, found);
      if (is_of_type(child, H5I_DATASET)) found.push_back(child);
    }
  }

  /// A dataset of numbers or texts, in this file, packed by nothing but what Writer packs with.
  Dataset dataset(const std::string& path) const {
    if (!has(path)) refuse(path, "is not there");
    Dataset opened(caller.checked(H5Dopen2(file.get(), path.c_str(), dataset_access.get()), path));
    const Properties creation = creation_of(opened, path);
    const bool is_elsewhere =
        layout_of(creation, path) == H5D_VIRTUAL || H5Pget_external_count(creation.get()) != 0;
    if (is_elsewhere) refuse(path, "lies in another file, which is not followed");
    const int n_filters = caller.checked(H5Pget_nfilters(creation.get()), path);
    for (unsigned i = 0; i < static_cast<unsigned>(n_filters); ++i) refuse_unknown_filter(creation, i, path);
    return opened;
  }

  Properties creation_of(const Dataset& opened, const std::string& path) const {
    return Properties(caller.checked(H5Dget_create_plist(opened.get()), path));
  }

  H5D_layout_t layout_of(const Properties& creation, const std::string& path) const {
    return caller.checked(H5Pget_layout(creation.get()), path);
  }

  void refuse_unknown_filter(const Properties& creation, unsigned i, const std::string& path) const {
    unsigned flags = 0;
    std::size_t n_values = 0;
    const H5Z_filter_t filter = caller.checked(
        H5Pget_filter2(creation.get(), i, &flags, &n_values, nullptr, 0, nullptr, nullptr), path);
    if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE) {
      refuse(path, assay::text("is packed with filter ", filter, ", which assay does not use"));
    }
  }

  std::vector<std::int64_t> shape_of(const Dataset& opened, const std::string& path) const {
    const Space space(caller.checked(H5Dget_space(opened.get()), path));
    if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) refuse(path, "has no shape");
    std::vector<hsize_t> sizes(
        static_cast<std::size_t>(caller.checked(H5Sget_simple_extent_ndims(space.get()), path)));
    caller.checked(H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr), path);
    return {sizes.begin(), sizes.end()};
  }

  /// Bytes of an array of that shape, if the file can hold as many.
  std::uint64_t bytes_of(const Dataset& opened, const std::vector<std::int64_t>& shape, std::size_t item,
                         const std::string& path) const {
    std::uint64_t bytes = item;
    bool fits = true;
    for (const std::int64_t size : shape) {
      fits = fits && size >= 0 && !__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes);
    }
    if (!fits || bytes > most_bytes(opened, path)) {
      refuse(path, assay::text("claims the shape ", shape_text(shape), ", more than the file can hold"));
    }
    return bytes;
  }

  /// What a dataset's bytes in the file can stand for.
  std::uint64_t most_bytes(const Dataset& opened, const std::string& path) const {
    const Properties creation = creation_of(opened, path);
    if (layout_of(creation, path) != H5D_CHUNKED) return medium.size();
    return std::min<std::uint64_t>(H5Dget_storage_size(opened.get()), medium.size()) * largest_ratio;
  }

  /// HDF5 unpacks a chunk in one piece.
  void refuse_huge_chunk(const Dataset& opened, std::uint64_t item, std::uint64_t bytes,
                         const std::string& path) const {
    const Properties creation = creation_of(opened, path);
    if (layout_of(creation, path) != H5D_CHUNKED) return;
    std::array<hsize_t, H5S_MAX_RANK> sizes{};
    const int rank = caller.checked(H5Pget_chunk(creation.get(), H5S_MAX_RANK, sizes.data()), path);
    for (int i = 0; i < rank; ++i) {
      const hsize_t size = sizes.at(static_cast<std::size_t>(i));
      if (__builtin_mul_overflow(item, size, &item) || item > bytes) {
        refuse(path, "is cut into chunks that are larger than it is");
      }
    }
  }

  /// Fills in what Storage says of chunks.
  void find_chunks(const Dataset& opened, const Properties& creation, const std::string& path,
                   Storage& out) const {
    const std::size_t rank = out.shape.size();
    std::vector<hsize_t> sizes(rank);
    caller.checked(H5Pget_chunk(creation.get(), static_cast<int>(rank), sizes.data()), path);
    out.chunk = {sizes.begin(), sizes.end()};
    read_filters(creation, path, out);
    if (element_count(out.shape) == 0) return;
    std::vector<hsize_t> first(rank, 0);  // of a chunk, in elements
    do {
      unsigned skipped_filters = 0;
      haddr_t offset = HADDR_UNDEF;
      hsize_t bytes = 0;
      caller.checked(
          H5Dget_chunk_info_by_coord(opened.get(), first.data(), &skipped_filters, &offset, &bytes), path);
      if (offset == HADDR_UNDEF) refuse(path, "has parts that were never written");
      if (skipped_filters != 0)
        refuse(path, "packs some of its parts and not others, which assay does not read");
      out.pieces.push_back({offset, bytes});
    } while (next_chunk(out, first));
  }

  /// Shuffled, then deflated, either or neither: in this order only.
  void read_filters(const Properties& creation, const std::string& path, Storage& out) const {
    const int n_filters = caller.checked(H5Pget_nfilters(creation.get()), path);
    for (unsigned i = 0; i < static_cast<unsigned>(n_filters); ++i) {
      unsigned flags = 0;
      std::size_t n_values = 0;
      const H5Z_filter_t filter = caller.checked(
          H5Pget_filter2(creation.get(), i, &flags, &n_values, nullptr, 0, nullptr, nullptr), path);
      bool& is_used = filter == H5Z_FILTER_SHUFFLE ? out.is_shuffled : out.is_packed;
      if (is_used || (filter == H5Z_FILTER_SHUFFLE && out.is_packed))
        refuse(path, "is packed in an order which assay does not use");
      is_used = true;
    }
  }

  /// Moves on in row-major order; false behind the last.
  static bool next_chunk(const Storage& storage, std::vector<hsize_t>& first) {
    for (std::size_t axis = first.size(); axis-- > 0;) {
      first[axis] += static_cast<hsize_t>(storage.chunk[axis]);
      if (first[axis] < static_cast<hsize_t>(storage.shape[axis])) return true;
      first[axis] = 0;
    }
    return false;
  }

  std::vector<std::string> texts(const std::string& path) const {
    const Dataset opened = dataset(path);
    const Type stored(caller.checked(H5Dget_type(opened.get()), path));
    if (H5Tis_variable_str(stored.get()) <= 0) refuse(path, "holds no text");
    constexpr std::size_t bytes_of_reference = 16;
    const std::vector<std::int64_t> shape = shape_of(opened, path);
    const std::uint64_t bytes = bytes_of(opened, shape, bytes_of_reference, path);
    refuse_huge_chunk(opened, bytes_of_reference, bytes, path);
    std::vector<char*> pointers(bytes / bytes_of_reference, nullptr);
    if (pointers.empty()) return {};
    TextMemory memory(medium.size());
    const Type type = text_type(caller);
    const Properties transfer = memory.transfer(caller);
    caller.checked(H5Dread(opened.get(), type.get(), H5S_ALL, H5S_ALL, transfer.get(), pointers.data()),
                   path);
    std::vector<std::string> values;
    for (const char* pointer : pointers) values.emplace_back(pointer ? pointer : "");
    return values;
  }

  Object object(const std::string& path) const {
    return Object(caller.checked(H5Oopen(file.get(), path.c_str(), link_access.get()), path));
  }

  /// An attribute of one value.
  Attribute attribute(const std::string& path, const std::string& name) const {
    const std::string what = assay::text(path, " (attribute ", name, ")");
    Attribute opened(caller.checked(H5Aopen(object(path).get(), name.c_str(), H5P_DEFAULT), what));
    const Space space(caller.checked(H5Aget_space(opened.get()), what));
    if (H5Sget_simple_extent_npoints(space.get()) != 1) refuse(path, "has an attribute of several values");
    return opened;
  }

  template <class Number>
  Number number_attribute(const std::string& path, const std::string& name, hid_t type) const {
    Number value{};
    caller.checked(H5Aread(attribute(path, name).get(), type, &value),
                   assay::text(path, " (attribute ", name, ")"));
    return value;
  }

  Caller caller;
  std::string kept;
  mutable FixedBytes medium;
  File file;
  Properties link_access;  // these three do not leave the file
  Properties group_access;
  Properties dataset_access;
};

Reader Reader::open(const std::string& path) { return of_bytes(read_file(path), path); }

Reader Reader::open(const std::string& path, const std::string& digest) {
  std::string bytes = read_file(path);
  check_digest(bytes, digest, path);
  return of_bytes(std::move(bytes), path);
}

Reader Reader::of_bytes(std::string bytes, const std::string& name) {
  const auto held = lock();
  return Reader(std::make_unique<State>(std::move(bytes), std::string_view(), name));
}

Reader Reader::over(std::string_view bytes, const std::string& name) {
  const auto held = lock();
  return Reader(std::make_unique<State>(std::string(), bytes, name));
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
  return state_->is_of_type(path, H5I_GROUP);
}

std::vector<std::string> Reader::names(const std::string& group) const {
  const auto held = lock();
  return state_->names(group);
}

std::vector<std::string> Reader::datasets(const std::string& group) const {
  const auto held = lock();
  std::vector<std::string> found;
  std::size_t n_objects = 0;
  state_->collect_datasets(group, 0, n_objects, found);
  return found;
}

Array Reader::array(const std::string& path) const {
  const auto held = lock();
  const Dataset dataset = state_->dataset(path);
  const Type type(state_->caller.checked(H5Dget_type(dataset.get()), path));
  const Dtype dtype = dtype_of_type(state_->caller, type.get(), path);
  std::vector<std::int64_t> shape = state_->shape_of(dataset, path);
  const std::uint64_t bytes = state_->bytes_of(dataset, shape, size_of(dtype), path);
  state_->refuse_huge_chunk(dataset, size_of(dtype), bytes, path);
  Array array(dtype, std::move(shape));
  if (bytes == 0) return array;
  state_->caller.checked(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, array.data()),
                         path);
  return array;
}

Place Reader::place(const std::string& path) const {
  const auto held = lock();
  const Dataset dataset = state_->dataset(path);
  if (state_->layout_of(state_->creation_of(dataset, path), path) != H5D_CONTIGUOUS) {
    state_->refuse(path, "is not stored in one piece");
  }
  const Type type(state_->caller.checked(H5Dget_type(dataset.get()), path));
  Place place{dtype_of_type(state_->caller, type.get(), path), state_->shape_of(dataset, path), 0, 0};
  place.bytes = state_->bytes_of(dataset, place.shape, size_of(place.dtype), path);
  if (place.bytes == 0) return place;
  place.offset = H5Dget_offset(dataset.get());
  const std::uint64_t size = state_->medium.size();
  if (place.offset > size || place.bytes > size - place.offset) {
    state_->refuse(path, "lies outside the file");
  }
  return place;
}

Storage Reader::storage(const std::string& path) const {
  const auto held = lock();
  const Dataset dataset = state_->dataset(path);
  const Type type(state_->caller.checked(H5Dget_type(dataset.get()), path));
  Storage out;
  out.dtype = dtype_of_type(state_->caller, type.get(), path);
  out.shape = state_->shape_of(dataset, path);
  const std::uint64_t bytes = state_->bytes_of(dataset, out.shape, size_of(out.dtype), path);
  const Properties creation = state_->creation_of(dataset, path);
  switch (state_->layout_of(creation, path)) {
    case H5D_COMPACT:
      out.kept.resize(bytes);
      state_->caller.checked(
          H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out.kept.data()), path);
      return out;
    case H5D_CHUNKED:
      state_->refuse_huge_chunk(dataset, size_of(out.dtype), bytes, path);
      state_->find_chunks(dataset, creation, path, out);
      break;
    default:
      if (bytes > 0) out.pieces.push_back({H5Dget_offset(dataset.get()), bytes});
  }
  for (const Storage::Piece& piece : out.pieces) {
    const std::uint64_t size = state_->medium.size();
    if (piece.offset > size || piece.bytes > size - piece.offset)
      state_->refuse(path, "lies outside the file");
  }
  return out;
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

std::vector<std::string> Reader::attributes(const std::string& path) const {
  const auto held = lock();
  std::vector<std::string> found;
  hsize_t position = 0;
  state_->caller.checked(H5Aiterate2(state_->object(path).get(), H5_INDEX_NAME, H5_ITER_NATIVE, &position,
                                     &collect_attribute, &found),
                         path);
  std::sort(found.begin(), found.end());
  return found;
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
  // HDF5 does not read ASCII as UTF-8 by itself.
  const Type type = text_type(state_->caller);
  state_->caller.checked(H5Tset_cset(type.get(), H5Tget_cset(stored.get())), path);
  char* pointer = nullptr;
  state_->caller.checked(H5Aread(attribute.get(), type.get(), &pointer), path);
  std::string value = pointer ? pointer : "";
  H5free_memory(pointer);
  return value;
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
