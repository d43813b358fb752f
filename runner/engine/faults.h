// What goes wrong inside a run is thrown by LibTorch, by a component or by the C++ library, and knows nothing
// of the run. The engine notes what it is doing (a few stores a step, nothing more) and puts that into words
// once it is needed: "step 1200, forward of model/mlp, x [64, 784]: mat1 and mat2 shapes cannot be multiplied
// (64x784 and 128x10)".
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "core/error.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/slot.h"

namespace assay::engine {

struct Activity;

/// Is told what the engine begins to do, before it does.
class ActivityWatcher {
 public:
  virtual ~ActivityWatcher() = default;
  virtual void changed(const Activity& activity) = 0;
};

/// What the engine is doing now. All it points to outlives it.
struct Activity {
  const char* what = "";                // "forward of", "reading a batch"
  const SlotBase* component = nullptr;  // whose code runs, if it is a component's
  const char* split = nullptr;          // the split being evaluated, or null
  const Batch* batch = nullptr;         // what it works on, or null
  std::int64_t step = 0;                // the step being made, from 1; 0 before the first
  ActivityWatcher* watcher = nullptr;   // of a run that is profiled

  void set(const char* now, const SlotBase* whose = nullptr) {
    what = now;
    component = whose;
    if (watcher != nullptr) watcher->changed(*this);
  }
};

/// `step 1200, evaluation on valid, forward of model/mlp, x [64, 784]`
std::string to_string(const Activity& activity);

/// LibTorch's messages go on with where they came from.
std::string first_line(std::string_view message);

/// An exception as an Error. Errors stay as they are. Others become Kind::run (Kind::device where the
/// accelerator itself failed) with the activity before the first line of what they say, and a hint where
/// there is a next action.
Error as_error(const std::exception_ptr& caught, const Activity& activity);

}  // namespace assay::engine
