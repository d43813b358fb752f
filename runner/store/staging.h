// A copy of a state, in memory that is used again: what a checkpoint is written from while the run goes on.
#pragma once

#include <cstddef>
#include <memory>

#include "registry/contracts/state.h"

namespace assay::store {

class Staging {
 public:
  /// Copies every array; what it held before is gone. Costs one copy of the bytes, and the memory of the
  /// largest state so far stays with it.
  void take(const State& state);
  /// Views of the copy, until the next take().
  const State& state() const { return state_; }
  /// The same names, shapes and bits.
  bool holds(const State& state) const;

 private:
  struct Free {
    void operator()(std::byte* bytes) const;
  };
  std::unique_ptr<std::byte, Free> bytes_;
  std::size_t capacity_ = 0;
  State state_;
};

}  // namespace assay::store
