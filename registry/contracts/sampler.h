// Chooses where a sweep looks next. A sampler is a pure function: the same question gets the same answer in
// every process and after every restart, so that a sweep can go on, be shared by workers and be replayed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "registry/contracts/families.h"
#include "registry/contracts/space.h"

namespace assay {

/// What became of a proposal, as far as it was known when a sampler was asked.
struct Seen {
  enum class State {
    done,
    stopped,  // by a pruner: the value is that of its last evaluation
    failed,   // no value: diverged, out of memory, an error
    running   // proposed, no result yet
  };
  std::int64_t number = 0;  // of the proposal
  Point point;
  State state = State::done;
  double value = 0;  // of the objective, turned so that lower is better
  double share = 1;  // of a whole run that it got before a pruner stopped it
};

struct Ask {
  std::int64_t number = 0;   // of the proposal, from 0
  std::int64_t attempt = 0;  // counts answers to this question that the space forbids
  /// In ascending order of their numbers. Only these may be looked at.
  std::span<const Seen> seen;
};

class Sampler {
 public:
  using Contract = Sampler;
  struct Needs {
    Space space;
    std::uint64_t seed = 0;  // of the sweep
  };

  virtual ~Sampler();
  /// A value for every parameter that is active in the point, nan for the others. May be a forbidden point:
  /// then it is asked again with the next attempt.
  virtual Point propose(const Ask& ask) const = 0;
  /// How many points there are; nothing where proposals never end.
  virtual std::optional<std::int64_t> count() const;
  /// False if `seen` changes no answer.
  virtual bool learns() const;
};

}  // namespace assay
