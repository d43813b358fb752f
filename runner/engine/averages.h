// Averaged weights beside the trained ones (`train.ema`). Parameters are averaged; buffers (running means)
// are not: whoever is judged with the averages has the buffers of the trained model, as with PyTorch's
// AveragedModel(use_buffers=False).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/experiment.h"
#include "registry/contracts/state.h"
#include "registry/contracts/tensor/module.h"

namespace assay::engine {

class AveragedWeights {
 public:
  /// The model outlives it. Copies its parameters, on their device.
  AveragedWeights(const EmaSection& ema, Module& model);

  /// After step number `step`, from 1: takes the weights in, if it is time. The first time they are copied,
  /// then average = decay * average + (1 - decay) * weight, as
  /// torch.optim.swa_utils.get_ema_multi_avg_fn(decay); with `warmup` the decay is at most 1 - n^(-2/3) in
  /// update n, as timm's ModelEmaV3 with its defaults.
  void follow(std::int64_t step) {
    if (step % ema_.every == 0) update();
  }

  /// Whether it is these that are judged: not before the first update.
  bool are_judged() const { return ema_.evaluate && updates_ > 0; }
  /// Exchanges the model's parameters with the averages; no number is copied.
  void swap();

  void save(StateWriter& out) const;
  void load(const StateReader& in);

 private:
  struct Average {
    std::string name;
    at::Tensor* live;    // the module's member
    at::Tensor average;  // needs no gradient
  };
  void update();

  EmaSection ema_;
  std::vector<Average> averages_;
  std::int64_t updates_ = 0;
};

/// While it lives, the model has the weights that are to be judged: the averages, if there are any.
class JudgedWeights {
 public:
  /// averages: null if there are none.
  explicit JudgedWeights(AveragedWeights* averages);
  ~JudgedWeights();
  JudgedWeights(const JudgedWeights&) = delete;
  JudgedWeights& operator=(const JudgedWeights&) = delete;

 private:
  AveragedWeights* averages_;
};

}  // namespace assay::engine
