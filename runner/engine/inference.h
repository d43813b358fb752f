// A trained model at work: the weights of a checkpoint, judged or asked for predictions. Nothing is trained,
// drawn from the streams of training or written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

#include "registry/contracts/inference.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/contracts/tensor/model.h"
#include "runner/engine/averages.h"
#include "runner/engine/batches.h"
#include "runner/engine/faults.h"
#include "runner/engine/precision.h"

namespace assay::engine {

class Inference {
 public:
  /// Everything in the job outlives this. Throws nothing yet.
  explicit Inference(const InferenceJob& job) : job_(job) {}

  /// Once per object, one of the two; they return and throw as Engine says.
  Evaluation evaluate(const std::string& split);
  Predictions predict();

 private:
  /// Mean and sum of squared distances from it, over the passes of a batch.
  struct Moments {
    at::Tensor mean, squares;  // [batch, values] f64
    at::Tensor first_scores;
    std::int64_t count = 0;
    void add(const at::Tensor& values);
  };

  /// Calls `body` and puts what it throws into words.
  void run(const std::function<void()>& body);
  void build();
  void load_weights();
  Context context() const;
  bool has_passes() const;
  Moments passes_over(const Batch& batch);
  /// What scores say, [batch, values] f64 on the CPU: probabilities, or values in the data's units.
  at::Tensor values_of(const at::Tensor& scores) const;
  bool are_averaged() const { return averages_ && averages_->are_judged(); }

  const InferenceJob& job_;
  Activity activity_;
  at::Device device_{at::kCPU};
  std::unique_ptr<Model> model_;
  std::unique_ptr<Loss> loss_;
  std::optional<AveragedWeights> averages_;
  std::optional<DeviceData> data_;
  std::optional<Batches> batches_;
};

}  // namespace assay::engine
