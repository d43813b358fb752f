#include "runner/store/checkpoint_file.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/text.h"

namespace assay::store {
namespace {

constexpr std::int64_t checkpoint_format_version = 1;

/// Enough for the numbers and what HDF5 adds to each of them, so that the image need not move while it grows.
std::size_t expected_bytes(const State& state) {
  constexpr std::size_t file_overhead = 512U << 10U;
  constexpr std::size_t entry_overhead = 1024;
  std::size_t bytes = file_overhead;
  for (const StateEntry& entry : state) bytes += entry.view.bytes() + entry_overhead;
  return bytes;
}

[[noreturn]] void refuse(const std::string& path, std::string message, std::string hint = {}) {
  throw Error(Kind::store, Problem{Where::path(path), {}, std::move(message), std::move(hint)});
}

}  // namespace

WrittenFile write_checkpoint(const std::string& path, const std::string& identity, const CheckpointInfo& info,
                             const State& state) {
  const std::string bytes = checkpoint_bytes(identity, info, state);
  publish(path, bytes);
  return {bytes.size(), block_digest(bytes)};
}

State read_checkpoint(const std::string& path, const std::string& digest) {
  const std::optional<std::string> bytes = find_file(path);
  if (!bytes) refuse(path, "there is no such file");
  if (block_digest(*bytes) != digest) {
    refuse(path, "is damaged: its digest is not the one that was recorded when it was written");
  }
  const h5::Reader file = h5::Reader::of_bytes(*bytes, path);
  State state;
  for (const std::string& name : file.texts("index")) {
    const auto array = std::make_shared<Array>(file.array(name));
    state.push_back({name, array->view(), array});
  }
  return state;
}

std::string checkpoint_bytes(const std::string& identity, const CheckpointInfo& info, const State& state) {
  h5::Writer file(expected_bytes(state));
  file.attribute("/", "format", "assay.checkpoint");
  file.attribute("/", "format_version", checkpoint_format_version);
  file.attribute("/", "run", identity);
  file.attribute("/", "step", info.step);
  file.attribute("/", "epoch", info.epoch);
  std::vector<std::string> names;
  for (const StateEntry& entry : state) {
    file.array(entry.name, entry.view);
    names.push_back(entry.name);
  }
  file.texts("index", names);
  return file.finish();
}

std::string checkpoint_name(std::int64_t step, int number) {
  constexpr std::size_t n_digits = 10;
  const std::string digits = text(step);
  const std::string padding(n_digits - std::min(n_digits, digits.size()), '0');
  return text("step-", padding, digits, number == 1 ? "" : text('.', number), ".h5");
}

}  // namespace assay::store
