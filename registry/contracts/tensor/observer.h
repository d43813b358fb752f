// Watches a run and may ask for something; never changes a number. Three phases, in this order, for every
// event.
#pragma once

#include <functional>
#include <string_view>

#include "registry/contracts/events.h"
#include "registry/contracts/families.h"
#include "registry/contracts/recorder.h"
#include "registry/contracts/state.h"
#include "registry/contracts/tensor/module.h"

namespace assay {

class Observer {
 public:
  using Contract = Observer;
  enum class Phase { measure, decide, record };
  struct Needs {
    Module& model;
    Recorder& recorder;
    /// Whether a larger value is better, of a metric with its split ("valid/accuracy"); false for losses.
    std::function<bool(std::string_view metric)> is_better_high = {};
    const Optimizer* optimizer = nullptr;
  };
  virtual ~Observer();
  virtual Phase phase() const { return Phase::decide; }
  virtual Request on(const Event& event) = 0;
  virtual void save(StateWriter& out) const = 0;
  virtual void load(const StateReader& in) = 0;
};

}  // namespace assay
