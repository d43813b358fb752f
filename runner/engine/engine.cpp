// The one door to the engine. libassay_engine.so is opened when something is to be computed, and hides
// everything but the function at the end of this file.
#include "registry/contracts/engine.h"

#include <memory>

#include "core/clock.h"
#include "registry/plugin.h"
#include "runner/engine/inference.h"
#include "runner/engine/machine.h"
#include "runner/engine/scores_of.h"
#include "runner/engine/speed.h"
#include "runner/engine/training.h"

namespace assay::engine {
namespace {

class TorchEngine final : public Engine {
 public:
  TorchEngine() { keep_freed_memory(); }

  Outcome train(const TrainJob& job) override { return Training(job, system_clock()).run(); }
  SpeedChoice measure_speed(const Experiment& experiment, const Prepared& prepared,
                               const Implementations& parts) override {
    return engine::measure_speed(experiment, prepared, parts);
  }
  std::vector<std::string> devices() const override { return available_devices(); }
  std::string resolve_device(const std::string& device) const override { return find_device(device).str(); }
  Evaluation evaluate(const InferenceJob& job, const std::string& split) override {
    return Inference(job).evaluate(split);
  }
  Predictions predict(const InferenceJob& job) override { return Inference(job).predict(); }
  Array scores(const ScoresJob& job) override { return scores_of(job); }
};

}  // namespace
}  // namespace assay::engine

/// A new engine, owned by the caller: std::unique_ptr<assay::Engine>(assay_engine()). Runs no tensor
/// operation, so a process may still fork afterwards. Throws std::bad_alloc only.
extern "C" ASSAY_EXPORT assay::Engine* assay_engine() {
  return std::make_unique<assay::engine::TorchEngine>().release();
}
