#include "runner/store/checkpoint_file.h"

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/in_child.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::store {
namespace {

constexpr std::int64_t checkpoint_format_version = 1;

[[noreturn]] void refuse(const std::string& path, std::string message, std::string hint = {}) {
  throw Error(Kind::store, Problem{Where::path(path), {}, std::move(message), std::move(hint)});
}

h5::Layout layout_of(const std::string& identity, const CheckpointInfo& info, const State& state) {
  h5::Writer file;
  file.attribute("/", "format", "assay.checkpoint");
  file.attribute("/", "format_version", checkpoint_format_version);
  file.attribute("/", "run", identity);
  file.attribute("/", "step", info.step);
  file.attribute("/", "epoch", info.epoch);
  std::vector<std::string> names;
  for (const StateEntry& entry : state) {
    file.place(entry.name, entry.view);
    names.push_back(entry.name);
  }
  file.texts("index", names);
  return file.finish_layout();
}

/// Another thread that hashes, where there is one to be had.
std::future<void> begin_hashing(PartsDigest& digest) {
  try {
    return std::async(std::launch::async, [&digest] { digest.work(); });
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, [] {});
  }
}

/// Memory that HDF5 takes for itself, whatever the file.
constexpr std::uint64_t memory_of_hdf5 = 64U << 20U;
constexpr double longest_read_s = 5;

/// One entry of a state and where its bytes are in the file.
struct SavedArray {
  std::string name;
  h5::Place place;
};

std::string_view text_of(const Array& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.bytes()};
}

/// What is there and cannot be read now may be read another time: that stays an error of Kind::data.
Array bytes_of(const std::string& path) {
  try {
    return read_array(path);
  } catch (const Error& error) {
    if (exists(path) && !is_folder(path)) throw;
    throw Error(Kind::store, error.problems());
  }
}

std::vector<SavedArray> saved_arrays(std::string_view bytes, const std::string& path) {
  const h5::Reader file = h5::Reader::over(bytes, path);
  if (!file.has_attribute("/", "format") || file.text_attribute("/", "format") != "assay.checkpoint") {
    refuse(path, "is no checkpoint");
  }
  const std::int64_t version = file.integer_attribute("/", "format_version");
  if (version > checkpoint_format_version) {
    refuse(path, text("is of checkpoint format ", version, ", newer than this assay"), "use a newer assay");
  }
  std::vector<SavedArray> arrays;
  for (const std::string& name : file.texts("index")) arrays.push_back({name, file.place(name)});
  return arrays;
}

/// For the way from the child process.
std::string to_message(const std::vector<SavedArray>& arrays) {
  Json message = Json::list();
  for (const auto& [name, place] : arrays) {
    Json item(Json::List{name, static_cast<int>(place.dtype), place.offset, place.bytes});
    for (const std::int64_t size : place.shape) item.push(size);
    message.push(std::move(item));
  }
  return to_text(message);
}

/// Whoever took over the child wrote it: anything may be in it.
std::vector<SavedArray> from_message(const std::string& message, const std::string& path) {
  constexpr std::size_t n_before_shape = 4;
  try {
    const Json list = parse_json(message, path);
    std::vector<SavedArray> arrays;
    for (const Json& item : list.items()) {
      const Json::List& parts = item.items();
      const std::int64_t dtype = parts.at(1).integer();
      if (dtype < 0 || dtype > static_cast<std::int64_t>(Dtype::f64)) refuse(path, "is damaged");
      SavedArray array{parts.at(0).text(), {static_cast<Dtype>(dtype), {}, 0, 0}};
      array.place.offset = static_cast<std::uint64_t>(parts.at(2).integer());
      array.place.bytes = static_cast<std::uint64_t>(parts.at(3).integer());
      for (std::size_t i = n_before_shape; i < parts.size(); ++i)
        array.place.shape.push_back(parts[i].integer());
      arrays.push_back(std::move(array));
    }
    return arrays;
  } catch (const std::exception&) {
    refuse(path, "is damaged");
  }
}

/// Bytes of the shape, or nothing if there is no such number.
std::optional<std::uint64_t> claimed_bytes(const h5::Place& place) {
  std::uint64_t bytes = size_of(place.dtype);
  for (const std::int64_t size : place.shape) {
    const bool overflows =
        size < 0 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes);
    if (overflows) return std::nullopt;
  }
  return bytes;
}

/// Every array lies within the file and shares no byte with another: so all of them together are no larger.
void check_places(const std::vector<SavedArray>& arrays, std::uint64_t file_bytes, const std::string& path) {
  std::vector<const SavedArray*> in_order;
  for (const SavedArray& array : arrays) {
    if (claimed_bytes(array.place) != array.place.bytes) refuse(path, "is damaged");
    if (array.place.bytes > 0) in_order.push_back(&array);
  }
  std::sort(in_order.begin(), in_order.end(),
            [](const SavedArray* a, const SavedArray* b) { return a->place.offset < b->place.offset; });
  std::uint64_t end = 0;
  for (const SavedArray* array : in_order) {
    const h5::Place& place = array->place;
    if (place.offset < end) refuse(path, text("is damaged: ", array->name, " lies over another array"));
    if (place.offset > file_bytes || place.bytes > file_bytes - place.offset) {
      refuse(path, text("is damaged: ", array->name, " lies outside the file"));
    }
    end = place.offset + place.bytes;
  }
}

/// Arrays of our files are aligned, and used where they lie.
State state_of(const Array& bytes, const std::vector<SavedArray>& arrays) {
  constexpr std::uint64_t alignment = 64;
  State state;
  for (const auto& [name, place] : arrays) {
    const ArrayView view{place.dtype, place.shape, bytes.data() + place.offset};
    const bool is_aligned = place.offset % alignment == 0;
    const auto owner = std::make_shared<const Array>(is_aligned ? bytes : Array::copy_of(view));
    state.push_back({name, {place.dtype, place.shape, is_aligned ? view.data : owner->data()}, owner});
  }
  return state;
}

}  // namespace

WrittenFile write_checkpoint(const std::string& path, const std::string& identity, const CheckpointInfo& info,
                             const State& state) {
  const h5::Layout layout = layout_of(identity, info, state);
  PartsDigest digest(layout.parts());
  std::future<void> other_thread = begin_hashing(digest);
  AsideFile file(path, layout.bytes());
  file.reserve();
  for (const std::string_view part : layout.parts()) file.write(part);
  digest.work();  // while the disk is at it
  other_thread.get();
  file.put();
  return {layout.bytes(), digest.finish()};
}

CheckpointImage checkpoint_image(const std::string& identity, const CheckpointInfo& info,
                                 const State& state) {
  CheckpointImage image{layout_of(identity, info, state).joined(), {}};
  image.digest = block_digest(image.bytes);
  return image;
}

State read_checkpoint(const std::string& path, const std::string& digest) {
  const Array bytes = bytes_of(path);
  check_digest(text_of(bytes), digest, path);
  const std::vector<SavedArray> arrays = saved_arrays(text_of(bytes), path);
  check_places(arrays, bytes.bytes(), path);
  return state_of(bytes, arrays);
}

State read_untrusted_checkpoint(const std::string& path) {
  const Array bytes = bytes_of(path);
  const ChildLimits limits{2 * bytes.bytes() + memory_of_hdf5, 2 * bytes.bytes() + memory_of_hdf5,
                           longest_read_s};
  const std::string message =
      in_child(path, limits, [&] { return to_message(saved_arrays(text_of(bytes), path)); });
  const std::vector<SavedArray> arrays = from_message(message, path);
  check_places(arrays, bytes.bytes(), path);
  return state_of(bytes, arrays);
}

std::string checkpoint_name(std::int64_t step, int number) {
  constexpr std::size_t n_digits = 10;
  const std::string digits = text(step);
  const std::string padding(n_digits - std::min(n_digits, digits.size()), '0');
  return text("step-", padding, digits, number == 1 ? "" : text('.', number), ".h5");
}

}  // namespace assay::store
