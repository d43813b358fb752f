#include "plugins/weights/run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/h5_storage.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "plugins/weights/bytes_of.h"
#include "plugins/weights/notes.h"

namespace assay::weights {
namespace {

constexpr std::int64_t checkpoint_version = 1;
constexpr std::string_view model_group = "model/";
constexpr std::string_view averages_group = "ema/weights/";
constexpr const char* notes_attribute = "notes";

/// A checkpoint of a run, as its record names it.
struct Checkpoint {
  std::string file;    // within the run's folder
  std::string digest;  // block_digest; empty: nobody vouches for it
};

/// In the process apart. take: "best" or "last".
h5::Contents look_for_checkpoint(const h5::Reader& record, const std::string& take) {
  const std::string best = "checkpoints/best";
  const std::string link = take == "best" && record.has(best) ? best : "checkpoints/last";
  h5::Contents found;
  if (!record.has(link)) return found;
  const std::string file = record.external_link(link).first;
  found.texts.emplace_back("file", file);
  const std::vector<std::string> files = record.texts("checkpoints/table/file");
  const std::vector<std::string> digests = record.texts("checkpoints/table/digest");
  for (std::size_t i = 0; i < std::min(files.size(), digests.size()); ++i) {
    if (files[i] == file) found.texts.emplace_back("digest", digests[i]);
  }
  return found;
}

Checkpoint find_checkpoint(const std::string& folder, const std::string& take) {
  const std::string record = join_path(folder, "run.h5");
  if (!exists(record)) {
    refuse(folder, "is no run's folder: it has no run.h5", "name a run's folder, as runs/digits/3f2a91c0de");
  }
  const MappedFile file(record);
  const h5::Contents found = h5::contents_apart(
      file, record, [&](const h5::Reader& reader) { return look_for_checkpoint(reader, take); });
  Checkpoint checkpoint{found.text("file"), found.text("digest")};
  const bool is_outside = checkpoint.file.starts_with('/') || checkpoint.file.find("..") != std::string::npos;
  if (checkpoint.file.empty())
    refuse(record, "names no checkpoint", "train the run for longer, or keep its last");
  if (is_outside) refuse(record, "names a checkpoint outside of its folder, which is not followed");
  return checkpoint;
}

void check_digest_of(const MappedFile& file, const std::string& path, const std::string& digest) {
  BlockDigest found;
  std::string block(digest_block_bytes, '\0');
  for (std::uint64_t at = 0; at < file.bytes().size(); at += block.size()) {
    const std::size_t size = std::min<std::uint64_t>(block.size(), file.bytes().size() - at);
    file.read_at(at, reinterpret_cast<std::byte*>(block.data()), size);
    found.add(std::string_view(block).substr(0, size));
  }
  if (found.finish() == digest) return;
  refuse(path, "is damaged: its digest is not the one that was recorded when it was written",
         "use another copy of the run, or another checkpoint");
}

/// In the process apart.
h5::Contents look_for_weights(const h5::Reader& file, const std::string& path) {
  if (!file.has_attribute("/", "format") || file.text_attribute("/", "format") != "assay.checkpoint") {
    throw Error(Kind::store, Problem{Where::path(path), {}, "is no checkpoint of assay", {}});
  }
  if (file.integer_attribute("/", "format_version") > checkpoint_version) {
    throw Error(Kind::store, Problem{Where::path(path), {}, "is of a newer checkpoint format", {}});
  }
  h5::Contents found;
  for (const std::string& name : file.texts("index")) {
    if (name.starts_with(model_group) || name.starts_with(averages_group))
      found.arrays.emplace_back(name, file.storage(name));
  }
  if (file.has_attribute("/", notes_attribute))
    found.texts.emplace_back(notes_attribute, file.text_attribute("/", notes_attribute));
  return found;
}

class CheckpointReading {
 public:
  CheckpointReading(const std::string& path, std::shared_ptr<const MappedFile> file)
      : path_(path), file_(std::move(file)) {}

  WeightFile weights(bool are_averaged) const {
    const h5::Contents found = h5::contents_apart(
        *file_, path_, [this](const h5::Reader& reader) { return look_for_weights(reader, path_); });
    std::map<std::string_view, const h5::Storage*> averages;
    for (const auto& [name, storage] : found.arrays) {
      if (name.starts_with(averages_group))
        averages[std::string_view(name).substr(averages_group.size())] = &storage;
    }
    WeightFile out{path_, {}, true, notes_of_comment(found.text(notes_attribute))};
    for (const auto& [name, storage] : found.arrays) {
      if (!name.starts_with(model_group)) continue;
      const std::string own = name.substr(model_group.size());
      const auto average = averages.find(own);
      out.tensors.push_back(
          tensor(own, are_averaged && average != averages.end() ? *average->second : storage));
    }
    return out;
  }

 private:
  NamedTensor tensor(const std::string& name, const h5::Storage& storage) const {
    if (!storage.chunk.empty()) refuse(path_, text(printable(name), " is packed, which assay never does"));
    if (storage.pieces.empty()) {
      Array values(storage.dtype, storage.shape);
      std::copy_n(reinterpret_cast<const std::byte*>(storage.kept.data()), values.bytes(), values.data());
      return tensor_of(name, values);
    }
    return tensor_in(file_, storage.pieces[0].offset, name, storage.dtype, storage.shape);
  }

  const std::string& path_;
  std::shared_ptr<const MappedFile> file_;
};

/// What HDF5 says is a fact about the file, as with every other format.
WeightFile read_checkpoint(const std::string& path, const std::string& digest, bool are_averaged) {
  const auto file = std::make_shared<const MappedFile>(path);
  if (!digest.empty()) check_digest_of(*file, path, digest);
  return CheckpointReading(path, file).weights(are_averaged);
}

}  // namespace

WeightFile Run::read(const std::string& path) const {
  try {
    if (!is_folder(path)) return read_checkpoint(path, {}, params_.averaged);
    const Checkpoint checkpoint = find_checkpoint(path, params_.take);
    return read_checkpoint(join_path(path, checkpoint.file), checkpoint.digest, params_.averaged);
  } catch (const Error& error) {
    if (error.kind() != Kind::store) throw;
    throw Error(Kind::data, error.problems());
  }
}

void Run::write(const std::string& path, const WeightFile& file) const {
  h5::Writer writer;
  writer.attribute("/", "format", "assay.checkpoint");
  writer.attribute("/", "format_version", checkpoint_version);
  writer.attribute("/", "run", "");
  writer.attribute("/", "step", std::int64_t{0});
  writer.attribute("/", "epoch", std::int64_t{0});
  if (!file.notes.empty()) writer.attribute("/", notes_attribute, comment_of(file.notes));
  std::map<std::uint64_t, const NamedTensor*> by_offset;
  std::vector<std::string> names;
  for (const NamedTensor& tensor : file.tensors) {
    names.push_back(std::string(model_group) + tensor.name);
    const std::uint64_t offset = writer.leave_room(names.back(), tensor.dtype, tensor.shape);
    if (tensor.bytes() > 0) by_offset[offset] = &tensor;
  }
  writer.texts("index", names);
  const h5::Layout layout = writer.finish_layout();
  AsideFile out(path, layout.bytes());
  out.reserve();
  std::size_t next_room = 0;
  const std::vector<h5::Layout::Room>& rooms = layout.rooms();
  for (std::size_t part = 0; part <= layout.parts().size(); ++part) {
    for (; next_room < rooms.size() && rooms[next_room].before_part == part; ++next_room) {
      by_offset.at(rooms[next_room].offset)->stream([&](std::string_view piece) { out.write(piece); });
    }
    if (part < layout.parts().size()) out.write(layout.parts()[part]);
  }
  out.put();
}

}  // namespace assay::weights
