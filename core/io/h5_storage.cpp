#include "core/io/h5_storage.h"

#include <algorithm>
#include <exception>

#include "core/error.h"
#include "core/io/base64.h"
#include "core/io/in_child.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::h5 {
namespace {

constexpr std::uint64_t memory_of_hdf5 = 64U << 20U;
constexpr double longest_s = 30;

Json list_of(const std::vector<std::int64_t>& numbers) {
  Json list = Json::list();
  for (const std::int64_t number : numbers) list.push(number);
  return list;
}

std::vector<std::int64_t> numbers_of(const Json& list) {
  std::vector<std::int64_t> out;
  for (const Json& number : list.items()) out.push_back(number.integer());
  return out;
}

std::string to_message(const Contents& contents) {
  Json arrays = Json::list();
  for (const auto& [name, storage] : contents.arrays) {
    arrays.push(name);
    arrays.push(to_json(storage));
  }
  Json texts = Json::list();
  for (const auto& [name, value] : contents.texts) {
    texts.push(name);
    texts.push(value);
  }
  return to_text(Json(Json::List{std::move(arrays), std::move(texts)}));
}

[[noreturn]] void refuse(const std::string& path, std::string message) {
  throw Error(Kind::store, Problem{Where::path(path), {}, std::move(message), {}});
}

/// Whoever took over the process wrote it: anything may be in it.
Contents from_message(const std::string& message, const std::string& path) {
  try {
    const Json json = parse_json(message, path);
    Contents contents;
    const Json::List& arrays = json.items().at(0).items();
    for (std::size_t i = 0; i + 1 < arrays.size(); i += 2)
      contents.arrays.emplace_back(arrays[i].text(), storage_of(arrays[i + 1]));
    const Json::List& texts = json.items().at(1).items();
    for (std::size_t i = 0; i + 1 < texts.size(); i += 2)
      contents.texts.emplace_back(texts[i].text(), texts[i + 1].text());
    return contents;
  } catch (const std::exception&) {
    refuse(path, "is damaged");
  }
}

bool fills_its_shape(const Storage& storage) {
  if (storage.dtype > Dtype::f64) return false;
  std::uint64_t bytes = size_of(storage.dtype);
  for (const std::int64_t size : storage.shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes)) return false;
  }
  if (!storage.chunk.empty()) return storage.chunk.size() == storage.shape.size();
  if (storage.pieces.empty()) return storage.kept.size() == bytes;
  return storage.pieces.size() == 1 && storage.pieces[0].bytes == bytes;
}

void check_places(const Contents& contents, std::uint64_t file_bytes, const std::string& path) {
  std::vector<Storage::Piece> pieces;
  for (const auto& [name, storage] : contents.arrays) {
    if (!fills_its_shape(storage))
      refuse(path, text("is damaged: ", printable(name), " does not fill its shape"));
    pieces.insert(pieces.end(), storage.pieces.begin(), storage.pieces.end());
  }
  std::ranges::sort(pieces, {}, &Storage::Piece::offset);
  std::uint64_t end = 0;
  for (const Storage::Piece& piece : pieces) {
    if (piece.bytes == 0) continue;
    if (piece.offset < end) refuse(path, "is damaged: two of its arrays share bytes");
    if (piece.offset > file_bytes || piece.bytes > file_bytes - piece.offset)
      refuse(path, "is damaged: an array lies outside the file");
    end = piece.offset + piece.bytes;
  }
}

}  // namespace

Json to_json(const Storage& storage) {
  Json pieces = Json::list();
  for (const Storage::Piece& piece : storage.pieces) {
    pieces.push(static_cast<std::int64_t>(piece.offset));
    pieces.push(static_cast<std::int64_t>(piece.bytes));
  }
  return Json(Json::Map{{"dtype", static_cast<std::int64_t>(storage.dtype)},
                        {"shape", list_of(storage.shape)},
                        {"chunk", list_of(storage.chunk)},
                        {"is_shuffled", storage.is_shuffled},
                        {"is_packed", storage.is_packed},
                        {"pieces", std::move(pieces)},
                        {"kept", base64(storage.kept)}});
}

Storage storage_of(const Json& json) {
  const auto get = [&json](std::string_view key) -> const Json& {
    const Json* found = json.find(key);
    if (found == nullptr) throw Error(Kind::internal, text("no ", key, " of a stored array"));
    return *found;
  };
  Storage out;
  out.dtype = static_cast<Dtype>(get("dtype").integer());
  out.shape = numbers_of(get("shape"));
  out.chunk = numbers_of(get("chunk"));
  out.is_shuffled = get("is_shuffled").boolean();
  out.is_packed = get("is_packed").boolean();
  const std::vector<std::int64_t> pieces = numbers_of(get("pieces"));
  for (std::size_t i = 0; i + 1 < pieces.size(); i += 2) {
    out.pieces.push_back({static_cast<std::uint64_t>(pieces[i]), static_cast<std::uint64_t>(pieces[i + 1])});
  }
  out.kept = from_base64(get("kept").text()).value_or("");
  return out;
}

const std::string& Contents::text(std::string_view name) const {
  static const std::string none;
  const auto found =
      std::ranges::find(texts, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == texts.end() ? none : found->second;
}

Contents contents_apart(const MappedFile& file, const std::string& path,
                        const std::function<Contents(const Reader&)>& look) {
  const std::uint64_t bytes = 2 * file.bytes().size() + memory_of_hdf5;
  const ChildLimits limits{bytes, bytes, longest_s, cpu_seconds_for(file.bytes().size())};
  const std::string message =
      in_child(path, limits, [&] { return to_message(look(Reader::over(file.bytes(), path))); });
  Contents contents = from_message(message, path);
  check_places(contents, file.bytes().size(), path);
  return contents;
}

}  // namespace assay::h5
