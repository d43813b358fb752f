#include "runner/engine/refusals.h"

#include <string>

#include "core/text.h"

namespace assay::engine {
namespace {

[[noreturn]] void refuse(const char* key, const std::string& message, const char* hint) {
  throw Error(Kind::config, Problem{{}, key, message, hint});
}

void check_pace(const Pace& pace) {
  if (pace.rows == 0) throw Error(Kind::data, "there is no row to train on", "look at `dataset.split`");
  if (pace.steps_per_epoch() > 0) return;
  refuse("train.drop_last",
         text("leaves no batch: train.batch_size is ", pace.batch_size, ", the training split has ",
              count_text(pace.rows, "row")),
         "make train.batch_size smaller or train.drop_last false");
}

void check_keep_best(const Experiment& experiment, const SplitRows& rows) {
  const std::optional<std::string>& metric = experiment.checkpoint.keep_best;
  if (!metric) {
    if (experiment.evaluate.test == "best") {
      refuse("evaluate.test", "is best, but nothing says what is best",
             "set checkpoint.keep_best, as to valid/loss");
    }
    return;
  }
  if (!metric->starts_with("valid/")) {
    refuse("checkpoint.keep_best", text("is ", *metric, ", which is not judged on valid"),
           "name a metric as valid/loss");
  }
  if (rows.valid.empty()) {
    refuse("checkpoint.keep_best", text("is ", *metric, ", but the valid split has no rows"),
           "give `dataset.split` a part for valid, or take checkpoint.keep_best out");
  }
}

void check_precision(const std::string& precision, at::Device device) {
  if (device.is_cuda() || precision == "fp32" || precision == "bf16") return;
  refuse("train.precision", text("is ", precision, ", but the run is on the CPU, which does not have it"),
         "use fp32 or bf16, or a CUDA device");
}

}  // namespace

void refuse_the_impossible(const TrainJob& job, const Pace& pace, at::Device device) {
  check_pace(pace);
  check_keep_best(job.experiment, job.prepared.rows);
  check_precision(job.experiment.train.precision, device);
}

void refuse_to_share(const Experiment& experiment, at::Device device) {
  if (!device.is_cpu()) {
    refuse("device", text("is ", device.str(), ", but several processes train together on CPUs only"),
           "use `device: cpu`, or leave out --nproc");
  }
  if (experiment.train.on_divergence == "rollback") {
    refuse("train.on_divergence", "is rollback, which several processes cannot do together",
           "use fail, or leave out --nproc");
  }
}

void refuse_beside_closures(const Experiment& experiment, const Optimizer& optimizer) {
  if (!optimizer.needs_closure()) return;
  const TrainSection& train = experiment.train;
  const std::string why = text("but optimizer ", experiment.optimizer.name(),
                               " computes loss and gradients several times a step");
  if (train.accumulate > 1) {
    refuse("train.accumulate", text("is ", train.accumulate, ", ", why),
           "leave it at 1, or use another optimizer");
  }
  if (train.clip) refuse("train.clip", text("is set, ", why), "take it out, or use another optimizer");
  if (train.precision == "fp16") {
    refuse("train.precision", text("is fp16, ", why), "use bf16 or fp32, or another optimizer");
  }
}

}  // namespace assay::engine
