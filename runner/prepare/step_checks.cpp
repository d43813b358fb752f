#include "runner/prepare/step_checks.h"

#include <algorithm>

#include "core/text.h"
#include "registry/contracts/penalty.h"
#include "runner/prepare/cuda.h"

namespace assay::preparing {
namespace {

using Problems = std::vector<Problem>;

Problem warning(std::string path, std::string message, std::string hint) {
  Problem problem{{}, std::move(path), std::move(message), std::move(hint)};
  problem.is_warning = true;
  return problem;
}

void add(Problems&& found, Problems& problems) {
  for (Problem& problem : found) problems.push_back(std::move(problem));
}

void check_penalties(const Experiment& experiment, const Prepared& prepared, Problems& problems) {
  for (const Slot<Penalty>& slot : experiment.penalties) {
    if (!slot.is_bound()) continue;
    add(unmatched_globs(slot.shared().match, prepared.tensors, slot.path() + ".match"), problems);
  }
}

bool is_frozen_at_first(const TensorOutline& tensor, const std::vector<FreezeRule>& rules) {
  return std::ranges::any_of(rules,
                             [&](const FreezeRule& rule) { return rule.section.match.match(tensor.name); });
}

void check_frozen(const Experiment& experiment, const Prepared& prepared, Problems& problems) {
  const std::vector<FreezeRule> rules = freeze_rules(experiment);
  if (rules.empty()) return;
  for (const FreezeRule& rule : rules)
    add(unmatched_globs(rule.section.match, prepared.tensors, rule.path), problems);
  const bool is_any_trained = std::ranges::any_of(prepared.tensors, [&](const TensorOutline& tensor) {
    return !tensor.is_buffer && !is_frozen_at_first(tensor, rules);
  });
  if (!is_any_trained) {
    problems.push_back({{},
                        "train.freeze",
                        "leaves no parameter to train at the first step",
                        "let at least one be trained from the start"});
  }
}

void check_closures(const Experiment& experiment, Problems& problems) {
  if (!experiment.optimizer.is_bound()) return;
  const auto* facet = std::any_cast<OptimizerFacet>(&experiment.optimizer.component().facet);
  if (facet == nullptr || !facet->needs_closure) return;
  const std::string why = text("but optimizer ", experiment.optimizer.name(),
                               " computes loss and gradients several times a step");
  const TrainSection& train = experiment.train;
  if (train.accumulate > 1) {
    problems.push_back({{},
                        "train.accumulate",
                        text("is ", train.accumulate, ", ", why),
                        "leave it at 1, or use another optimizer"});
  }
  if (train.clip) {
    problems.push_back({{}, "train.clip", text("is set, ", why), "take it out, or use another optimizer"});
  }
  if (train.precision == "fp16") {
    problems.push_back(
        {{}, "train.precision", text("is fp16, ", why), "use bf16 or fp32, or another optimizer"});
  }
}

// Of a config that names no device, or is checked on another machine than it will run on, only the run knows.
void check_device(const Experiment& experiment, Problems& problems, Problems& warnings) {
  const std::string& precision = experiment.train.precision;
  const bool is_of_cuda = precision == "fp16" || precision == "tf32";
  const std::string hint = "use fp32 or bf16, or a CUDA device";
  if (experiment.device == "cpu" && is_of_cuda) {
    problems.push_back({{},
                        "train.precision",
                        text("is ", precision, ", but the run is on the CPU, which does not have it"),
                        hint});
  }
  if (experiment.device == "cpu" || has_cuda_device()) return;
  if (experiment.device != "auto") {
    warnings.push_back(warning("device",
                               text("is ", experiment.device, ", but this machine has no CUDA device"),
                               "run it where there is one, or use `device: auto`"));
  } else if (is_of_cuda) {
    warnings.push_back(
        warning("train.precision",
                text("is ", precision, ", but this machine has no CUDA device: it cannot run here"), hint));
  }
}

void check_passes(const Experiment& experiment, const Prepared& prepared, Problems& problems,
                  Problems& warnings) {
  const PredictSection& predict = experiment.predict;
  for (const Slot<Metric>& slot : experiment.metrics) {
    if (!slot.is_bound()) continue;
    const auto* facet = std::any_cast<TaskFacet>(&slot.component().facet);
    if (facet == nullptr || !facet->needs_passes) continue;
    if (!predict.dropout) {
      problems.push_back({slot.where(), slot.path(),
                          text("(", slot.name(),
                               ") looks at many passes of a sample, but without "
                               "predict.dropout they are all the same"),
                          "set `predict: {passes: 100, dropout: true}`"});
    } else if (predict.passes < 2) {
      problems.push_back({slot.where(), slot.path(),
                          text("(", slot.name(), ") looks at many passes of a sample, but predict.passes is ",
                               predict.passes),
                          "set `predict: {passes: 100, dropout: true}`"});
    } else if (!prepared.tensors.empty() && !prepared.is_random) {
      warnings.push_back(warning("predict.dropout",
                                 text("is true, but model ", experiment.model.name(),
                                      " draws nothing at random: all passes are the same"),
                                 "give the model a dropout"));
    }
    return;
  }
}

/// What keeps a step from being recorded for good; the run says the rest in its record.
std::string reason_against_capture(const Experiment& experiment) {
  const TrainSection& train = experiment.train;
  if (experiment.device == "cpu") return "the run is on the CPU";
  if (train.accumulate > 1) return "train.accumulate has a batch go through in parts";
  if (!freeze_rules(experiment).empty()) return "train.freeze changes which gradients there are";
  if (train.on_divergence == "rollback") return "train.on_divergence: rollback looks at every loss";
  return {};
}

void check_capture(const Experiment& experiment, Problems& problems) {
  if (!experiment.train.capture) return;
  const std::string reason = reason_against_capture(experiment);
  if (reason.empty()) return;
  problems.push_back({{}, "train.capture", "is true, but " + reason, "take one of the two out"});
}

}  // namespace

void check_step(const Experiment& experiment, const Prepared& prepared, Problems& problems,
                Problems& warnings) {
  if (!prepared.tensors.empty()) {
    check_penalties(experiment, prepared, problems);
    check_frozen(experiment, prepared, problems);
  }
  check_closures(experiment, problems);
  check_capture(experiment, problems);
  check_device(experiment, problems, warnings);
  check_passes(experiment, prepared, problems, warnings);
}

void check_sharing(const Experiment& experiment, int processes, Problems& problems) {
  const auto add_problem = [&](const char* key, const std::string& message, const char* hint) {
    problems.push_back({{}, key, message, hint});
  };
  const TrainSection& train = experiment.train;
  const std::string together = text("but ", processes, " processes are to train together");
  if (train.batch_size < processes) {
    add_problem("train.batch_size", text("is ", train.batch_size, ", ", together),
                "each takes a part of every batch: start fewer, or make the batches larger");
  }
  if (experiment.device.starts_with("cuda")) {
    add_problem("device", text("is ", experiment.device, ", ", together, ", which they do on CPUs only"),
                "use `device: cpu`, or one process");
  }
  if (train.on_divergence == "rollback") {
    add_problem("train.on_divergence", text("is rollback, ", together), "use fail, or one process");
  }
  if (experiment.threads.is_auto()) {
    add_problem("threads", text("is auto, ", together), "say how many threads each of them has");
  }
  if (train.memory_format == "auto") {
    add_problem("train.memory_format", text("is auto, ", together), "choose contiguous or channels_last");
  }
  if (!experiment.optimizer.is_bound()) return;
  const auto* facet = std::any_cast<OptimizerFacet>(&experiment.optimizer.component().facet);
  if (facet == nullptr || !facet->needs_closure) return;
  add_problem("optimizer",
              text("is ", experiment.optimizer.name(),
                   ", which computes loss and gradients several times a step, ", together),
              "use another optimizer, or one process");
}

}  // namespace assay::preparing
