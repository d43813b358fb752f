#include "tests/crash/workload.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/text.h"

namespace assay::crash {
namespace {

constexpr std::int64_t steps_per_epoch = 50;

/// splitmix64.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

/// FNV-1a.
std::uint64_t number_of(std::string_view name) {
  std::uint64_t out = 0xCBF29CE484222325U;
  for (const char c : name) out = (out ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return out;
}

std::uint64_t word_of(const Workload& workload, std::string_view name, std::int64_t step,
                      std::uint64_t index) {
  return mixed(mixed(mixed(workload.seed ^ number_of(name)) + static_cast<std::uint64_t>(step)) + index);
}

Array array_of(const Workload& workload, std::string_view name, std::int64_t step, Dtype dtype,
               std::int64_t n_bytes) {
  Array array(dtype, {n_bytes / static_cast<std::int64_t>(size_of(dtype))});
  for (std::size_t at = 0; at < array.bytes(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = word_of(workload, name, step, at);
    std::memcpy(array.data() + at, &word, std::min(sizeof word, array.bytes() - at));
  }
  return array;
}

}  // namespace

const char* to_string(Split split) {
  constexpr std::array<const char*, splits.size()> names{"train", "valid", "test"};
  return names[static_cast<std::size_t>(split)];
}

double value_of(const Workload& workload, const std::string& series, std::int64_t step) {
  return static_cast<double>(word_of(workload, series, step, 0) >> 11U) * 0x1.0p-53;
}

std::vector<RowPlace> rows_of(const Workload& workload, std::int64_t from, std::int64_t to) {
  std::vector<RowPlace> rows;
  for (std::int64_t step = from + 1; step <= to; ++step) {
    rows.push_back({Split::train, step});
    if (step % workload.evaluate_every == 0) rows.push_back({Split::valid, step});
  }
  return rows;
}

std::vector<RowPlace> rows_to_the_end(const Workload& workload, std::int64_t from) {
  std::vector<RowPlace> rows = rows_of(workload, from, workload.steps);
  rows.push_back({Split::test, workload.steps});
  return rows;
}

std::vector<Scalar> scalars_of(const Workload& workload, const RowPlace& row, int attempt) {
  const std::string split = to_string(row.split);
  const auto value = [&](const char* name) {
    const std::string series = split + '/' + name;
    return Scalar{series, value_of(workload, series, row.step)};
  };
  const Scalar who{split + "/attempt", static_cast<double>(attempt)};
  if (row.split == Split::train) return {value("loss"), value("lr"), who};
  return {value("score"), who};
}

Array logged_array(const Workload& workload, std::int64_t step) {
  constexpr std::int64_t n_bytes = 77;
  return array_of(workload, array_name, step, Dtype::u8, n_bytes);
}

std::int64_t array_step(const Workload& workload, std::int64_t step) {
  return step / workload.evaluate_every * workload.evaluate_every;
}

std::int64_t epoch_of(std::int64_t step) { return step / steps_per_epoch; }

std::int64_t best_step(const Workload& workload, std::int64_t step) {
  std::int64_t best = 0;
  for (std::int64_t at = workload.evaluate_every; at <= step; at += workload.evaluate_every) {
    const bool is_better =
        best == 0 || value_of(workload, "valid/score", at) > value_of(workload, "valid/score", best);
    if (is_better) best = at;
  }
  return best;
}

State state_of(const Workload& workload, std::int64_t step) {
  State state;
  StateWriter out(state);
  StateWriter model = out.scope("model");
  const std::int64_t half = workload.state_bytes / 2;
  model.array("layers.0.weight", array_of(workload, "weight", step, Dtype::i32, half));
  model.array("layers.0.bias", array_of(workload, "bias", step, Dtype::i16, workload.state_bytes / 8));
  StateWriter optimizer = out.scope("optimizer");
  optimizer.array("state/layers.0.weight/exp_avg",
                  array_of(workload, "average", step, Dtype::u8, half / 2 + 1));
  StateWriter position = out.scope("position");
  position.integer("step", step);
  StateWriter best = out.scope("best");
  best.integer("step", best_step(workload, step));
  return state;
}

std::vector<std::string> differences(const Workload& workload, std::int64_t step, const State& state) {
  std::vector<std::string> out;
  const State expected = state_of(workload, step);
  for (const StateEntry& entry : expected) {
    const auto found = std::find_if(state.begin(), state.end(),
                                    [&](const StateEntry& other) { return other.name == entry.name; });
    const bool is_equal = found != state.end() && found->view.dtype == entry.view.dtype &&
                          found->view.shape == entry.view.shape &&
                          std::memcmp(found->view.data, entry.view.data, entry.view.bytes()) == 0;
    if (!is_equal) out.push_back(entry.name);
  }
  if (state.size() != expected.size())
    out.push_back(text(state.size(), " arrays instead of ", expected.size()));
  return out;
}

store::BeginRun begin_of(const Workload& workload, const std::string& runs_dir) {
  Json checkpoint;
  checkpoint.set("keep_best", "valid/score");
  Json resolved;
  resolved.set("assay", 1);
  resolved.set("name", "crash");
  resolved.set("seed", static_cast<std::int64_t>(workload.seed));
  resolved.set("steps", workload.steps);
  resolved.set("checkpoint", std::move(checkpoint));
  store::BeginRun begin;
  begin.runs_dir = runs_dir;
  begin.name = "crash";
  begin.id = "c4a54c4a54";
  begin.resolved = std::move(resolved);
  begin.provenance = Json::map();
  begin.environment = Json::map();
  begin.sources = {{"crash.yaml", "assay: 1\n"}};
  begin.command = {"crash_writer"};
  begin.seed = static_cast<std::int64_t>(workload.seed);
  return begin;
}

}  // namespace assay::crash
