// What a stateful component keeps across a restart: named arrays. Every stateful contract has
// `save(StateWriter&) const` and `load(const StateReader&)`; the family suites run "save, load, go on equals
// straight on" over every component. Names are paths: "optimizer/state/layers.0.weight/exp_avg".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace assay {

/// One array of a state. `owner` keeps the bytes alive; the view is into memory that may change at the next
/// step unless the owner is a copy.
struct StateEntry {
  std::string name;
  ArrayView view;
  std::shared_ptr<const void> owner;
};

using State = std::vector<StateEntry>;

class StateWriter {
 public:
  explicit StateWriter(State& state, std::string prefix = {}) : state_(state), prefix_(std::move(prefix)) {}

  /// Names below this one: scope("optimizer") writes "optimizer/...".
  StateWriter scope(std::string_view name) const;

  void array(std::string_view name, const ArrayView& view, std::shared_ptr<const void> owner);
  void array(std::string_view name, const Array& array);
  void integer(std::string_view name, std::int64_t value);
  void real(std::string_view name, double value);
  void text(std::string_view name, std::string_view value);

 private:
  State& state_;
  std::string prefix_;
};

class StateReader {
 public:
  explicit StateReader(const State& state, std::string prefix = {})
      : state_(state), prefix_(std::move(prefix)) {}

  StateReader scope(std::string_view name) const;
  bool has(std::string_view name) const;
  /// All names below this scope.
  std::vector<std::string> names() const;

  /// Throws Kind::store, naming the entry, if it is missing or is of another kind.
  const ArrayView& array(std::string_view name) const;
  /// As above; the shape and dtype must be these.
  const ArrayView& array(std::string_view name, Dtype dtype, const std::vector<std::int64_t>& shape) const;
  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  std::string text(std::string_view name) const;

 private:
  const StateEntry* find(std::string_view name) const;
  const State& state_;
  std::string prefix_;
};

}  // namespace assay
