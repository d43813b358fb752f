#include "datasets/hdf5_rows.h"

#include <algorithm>
#include <cstring>
#include <list>
#include <mutex>
#include <utility>

#include "core/io/h5.h"
#include "core/io/h5_storage.h"
#include "core/io/in_child.h"
#include "core/io/inflate.h"
#include "core/io/json_text.h"
#include "core/io/mapped_file.h"
#include "core/text.h"
#include "datasets/files.h"

namespace assay::datasets {
namespace {

ChildLimits limits_for(std::uint64_t file_bytes) {
  return {.memory_bytes = 1U << 30U,
          .answer_bytes = 1U << 29U,
          .seconds = 120,
          .cpu_seconds = cpu_seconds_for(file_bytes)};
}

constexpr std::size_t max_known = 20;  // names in a message
constexpr std::size_t cache_bytes = std::size_t{64} << 20U;

// In the process apart: how each array is stored, or {"unknown": name, "known": [names]}.
std::string look(std::string_view bytes, const std::string& path, const std::vector<std::string>& names) {
  const h5::Reader reader = h5::Reader::over(bytes, path);
  Json found = Json::list();
  for (const std::string& name : names) {
    if (!reader.has(name)) {
      Json known = Json::list();
      for (const std::string& one : reader.datasets("/")) {
        if (known.items().size() < max_known) known.push(one);
      }
      return to_text(Json(Json::Map{{"unknown", name}, {"known", std::move(known)}}));
    }
    found.push(h5::to_json(reader.storage(name)));
  }
  return to_text(found);
}

// Undoes HDF5's shuffle: byte 0 of all values, then byte 1, ...
void unshuffle(const std::byte* in, std::size_t item, std::size_t count, std::byte* out) {
  for (std::size_t byte = 0; byte < item; ++byte) {
    for (std::size_t i = 0; i < count; ++i) out[i * item + byte] = in[byte * count + i];
  }
}

// An array in chunks. Chunks that were unpacked last are kept: neighbouring rows lie in the same.
class Chunks {
 public:
  Chunks(std::shared_ptr<const MappedFile> file, h5::Storage storage, std::string shown)
      : file_(std::move(file)), storage_(std::move(storage)), shown_(std::move(shown)) {
    item_ = size_of(storage_.dtype);
    chunk_count_ = static_cast<std::size_t>(element_count(storage_.chunk));
    row_chunks_ = 1;
    for (std::size_t axis = 1; axis < storage_.shape.size(); ++axis) row_chunks_ *= grid(axis);
  }

  void read_row(std::int64_t row, std::byte* out) {
    const std::int64_t first = row / storage_.chunk[0] * row_chunks_;
    for (std::int64_t i = 0; i < row_chunks_; ++i) copy_part(row % storage_.chunk[0], first + i, i, out);
  }

 private:
  using Bytes = std::shared_ptr<const std::vector<std::byte>>;

  /// Chunks along an axis.
  std::int64_t grid(std::size_t axis) const {
    return (storage_.shape[axis] + storage_.chunk[axis] - 1) / storage_.chunk[axis];
  }

  /// Copies what chunk `number`, the `place`-th of its row of chunks, holds of a row of the array.
  void copy_part(std::int64_t row_in_chunk, std::int64_t number, std::int64_t place, std::byte* out) {
    const Bytes bytes = chunk(static_cast<std::size_t>(number));
    const std::size_t rank = storage_.shape.size();
    std::vector<std::int64_t> first(rank, 0);  // of the chunk, in the array
    for (std::size_t axis = rank; axis-- > 1; place /= grid(axis))
      first[axis] = place % grid(axis) * storage_.chunk[axis];
    copy_axis(1, first, bytes->data() + static_cast<std::size_t>(row_in_chunk) * chunk_step(0), out);
  }

  /// Bytes from one place along an axis to the next, in a chunk and in a row.
  std::size_t chunk_step(std::size_t axis) const { return step(storage_.chunk, axis); }
  std::size_t row_step(std::size_t axis) const { return step(storage_.shape, axis); }
  std::size_t step(const std::vector<std::int64_t>& shape, std::size_t axis) const {
    std::size_t bytes = item_;
    for (std::size_t i = axis + 1; i < shape.size(); ++i) bytes *= static_cast<std::size_t>(shape[i]);
    return bytes;
  }

  void copy_axis(std::size_t axis, const std::vector<std::int64_t>& first, const std::byte* from,
                 std::byte* out) const {
    if (axis >= storage_.shape.size()) {
      std::memcpy(out, from, item_);
      return;
    }
    const auto count = static_cast<std::size_t>(std::min(
        storage_.chunk[axis], storage_.shape[axis] - first[axis]));  // those at the edge reach beyond
    out += static_cast<std::size_t>(first[axis]) * row_step(axis);
    if (axis + 1 == storage_.shape.size()) {
      std::memcpy(out, from, count * item_);
      return;
    }
    for (std::size_t i = 0; i < count; ++i)
      copy_axis(axis + 1, first, from + i * chunk_step(axis), out + i * row_step(axis));
  }

  Bytes chunk(std::size_t number) {
    {
      const std::lock_guard held(mutex_);
      const auto known =
          std::find_if(kept_.begin(), kept_.end(), [&](const auto& one) { return one.first == number; });
      if (known != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, known);
        return known->second;
      }
    }
    Bytes bytes = unpacked(number);
    const std::lock_guard held(mutex_);
    kept_.emplace_front(number, bytes);
    const std::size_t most = std::max<std::size_t>(1, cache_bytes / std::max<std::size_t>(1, bytes->size()));
    while (kept_.size() > most) kept_.pop_back();
    return bytes;
  }

  Bytes unpacked(std::size_t number) const {
    const h5::Storage::Piece& piece = storage_.pieces.at(number);
    const std::size_t size = chunk_count_ * item_;
    std::vector<std::byte> bytes(piece.bytes);
    file_->read_at(piece.offset, bytes.data(), bytes.size());
    if (storage_.is_packed) {
      std::vector<std::byte> out(size);
      const std::string_view packed(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      if (!inflate_to(packed, DeflateFormat::zlib, out.data(), size)) fail_damaged(number);
      bytes = std::move(out);
    }
    if (bytes.size() != size) fail_damaged(number);
    if (storage_.is_shuffled) {
      std::vector<std::byte> out(size);
      unshuffle(bytes.data(), item_, chunk_count_, out.data());
      bytes = std::move(out);
    }
    return std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  }

  [[noreturn]] void fail_damaged(std::size_t number) const {
    const std::int64_t first = static_cast<std::int64_t>(number) / row_chunks_ * storage_.chunk[0];
    const std::int64_t last = std::min(first + storage_.chunk[0], storage_.shape[0]) - 1;
    throw Error(Kind::data, problem_in(shown_, text("rows ", first, " to ", last, " (from 0) are damaged"),
                                       "get the file again"));
  }

  std::shared_ptr<const MappedFile> file_;
  h5::Storage storage_;
  std::string shown_;
  std::size_t item_ = 0;
  std::size_t chunk_count_ = 0;  // values in a chunk
  std::int64_t row_chunks_ = 1;  // chunks that hold a row
  std::mutex mutex_;
  std::list<std::pair<std::size_t, Bytes>> kept_;  // the one used last first
};

}  // namespace

struct Hdf5Rows::State {
  std::string path;
  std::shared_ptr<const MappedFile> file;
  std::map<std::string, h5::Storage> arrays;
};

Hdf5Rows::Hdf5Rows(const std::string& path, const std::vector<std::string>& names) {
  auto state = std::make_shared<State>();
  state->path = path;
  state->file = std::make_shared<const MappedFile>(path);
  std::string answer;
  try {
    const std::string_view bytes = state->file->bytes();
    answer = in_child(path, limits_for(bytes.size()), [&] { return look(bytes, path, names); });
  } catch (const Error& error) {
    if (error.kind() != Kind::store) throw;
    throw Error(Kind::data,
                problem_in(path, error.problems().front().message,
                           "get the file again, or write its arrays anew, as little-endian numbers, plain or "
                           "packed by gzip"));
  }
  const Json found = parse_json(answer, path);
  if (found.is_map()) {
    std::vector<std::string> known;
    for (const Json& name : found.find("known")->items()) known.push_back(name.text());
    const std::string& unknown = found.find("unknown")->text();
    throw Error(Kind::data,
                problem_in(path, text("holds no array '", printable(unknown), "'"), suggest(unknown, known)));
  }
  for (std::size_t i = 0; i < names.size(); ++i) state->arrays[names[i]] = h5::storage_of(found.items()[i]);
  state_ = std::move(state);
}

FileArray Hdf5Rows::array(const std::string& name) const {
  const h5::Storage& storage = state_->arrays.at(name);
  FileArray out{text(state_->path, " (", printable(name), ')'), storage.dtype, storage.shape, {}};
  if (storage.shape.empty()) return out;  // refused for having no rows
  if (!storage.chunk.empty()) {
    const auto chunks = std::make_shared<Chunks>(state_->file, storage, out.shown);
    out.read_row = [chunks](std::int64_t row, std::byte* to) { chunks->read_row(row, to); };
    return out;
  }
  const std::vector<std::int64_t> row_shape(storage.shape.begin() + 1, storage.shape.end());
  const std::size_t row_bytes = static_cast<std::size_t>(element_count(row_shape)) * size_of(storage.dtype);
  out.read_row = [state = state_, &storage, row_bytes](std::int64_t row, std::byte* to) {
    const std::size_t at = static_cast<std::size_t>(row) * row_bytes;
    if (storage.pieces.empty()) {
      std::memcpy(to, storage.kept.data() + at, row_bytes);
    } else {
      state->file->read_at(storage.pieces[0].offset + at, to, row_bytes);
    }
  };
  return out;
}

}  // namespace assay::datasets
