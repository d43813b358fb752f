// A record and a listener that keep what they hear in memory, for tests of whatever trains.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/array.h"
#include "core/text.h"
#include "registry/contracts/recorder.h"

namespace assay::testing {

struct Row {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::vector<Scalar> scalars;

  /// Bit for bit.
  bool operator==(const Row& other) const {
    return step == other.step && epoch == other.epoch &&
           std::equal(
               scalars.begin(), scalars.end(), other.scalars.begin(), other.scalars.end(),
               [](const Scalar& a, const Scalar& b) { return a.name == b.name && a.value == b.value; });
  }
};

struct KeptArray {
  std::int64_t step = 0;
  std::string name;
  Array values;
};

/// A checkpoint as a copy, which later steps do not change.
struct KeptCheckpoint {
  CheckpointInfo info;
  State state;
  std::map<std::string, std::vector<std::byte>> arrays;  // the same, as bytes
  std::size_t rows = 0;                                  // logged before it
};

class FakeRecorder : public Recorder {
 public:
  void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) override {
    rows.push_back({step, epoch, {row.begin(), row.end()}});
  }
  void array(std::int64_t step, std::string_view name, const ArrayView& values) override {
    arrays.push_back({step, std::string(name), Array::copy_of(values)});
  }
  void event(const Event& event) override { events.push_back(event); }
  std::string checkpoint(const CheckpointInfo& info, const State& state) override {
    KeptCheckpoint kept{info, {}, {}, rows.size()};
    StateWriter copies(kept.state);
    for (const StateEntry& entry : state) {
      copies.array(entry.name, Array::copy_of(entry.view));
      kept.arrays[entry.name] = {entry.view.data, entry.view.data + entry.view.bytes()};
    }
    checkpoints.push_back(std::move(kept));
    return text("ckpt/step-", info.step, ".h5");
  }
  void settle() override {}
  void publish() override { ++published; }
  void note(std::string_view key, Json value) override { notes.set(key, std::move(value)); }
  void finish(const Outcome& outcome) override { outcomes.push_back(outcome); }

  /// The steps at which a series was logged, and its values.
  std::vector<std::int64_t> steps_of(std::string_view name) const {
    std::vector<std::int64_t> out;
    visit(name, [&](std::int64_t step, double) { out.push_back(step); });
    return out;
  }
  std::vector<double> values_of(std::string_view name) const {
    std::vector<double> out;
    visit(name, [&](std::int64_t, double value) { out.push_back(value); });
    return out;
  }
  /// Arrays below `model/` of the last checkpoint, or of the last one that was the best.
  std::map<std::string, std::vector<std::byte>> weights(bool best = false) const {
    std::map<std::string, std::vector<std::byte>> out;
    for (const KeptCheckpoint& kept : checkpoints) {
      if (best && !kept.info.is_best) continue;
      out.clear();
      for (const auto& [name, bytes] : kept.arrays) {
        if (name.starts_with("model/")) out[name] = bytes;
      }
    }
    return out;
  }
  template <class E>
  std::vector<E> events_of() const {
    std::vector<E> out;
    for (const Event& event : events) {
      if (const E* one = std::get_if<E>(&event)) out.push_back(*one);
    }
    return out;
  }

  std::vector<Row> rows;
  std::vector<KeptArray> arrays;
  std::vector<Event> events;
  std::vector<KeptCheckpoint> checkpoints;
  std::vector<Outcome> outcomes;
  Json notes = Json::map();
  int published = 0;

 private:
  void visit(std::string_view name, const std::function<void(std::int64_t, double)>& body) const {
    for (const Row& row : rows) {
      for (const Scalar& scalar : row.scalars) {
        if (scalar.name == name) body(row.step, scalar.value);
      }
    }
  }
};

/// Keeps the names of events, and does something at each if told to.
class FakeListener : public Listener {
 public:
  void on(const Event& event) override {
    names.push_back(name_of(event));
    if (then) then(event);
  }
  static std::string name_of(const Event& event) {
    static constexpr const char* all[] = {"RunStarted",      "EpochStarted",   "StepDone",  "Evaluated",
                                          "CheckpointSaved", "EpochDone",      "RunDone",   "RunFailed",
                                          "Measured",        "GradientsReady", "RolledBack"};
    return all[event.index()];
  }

  std::vector<std::string> names;
  std::function<void(const Event&)> then;
};

}  // namespace assay::testing
