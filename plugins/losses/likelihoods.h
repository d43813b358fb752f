// Losses that take scores for the parameters of a distribution: minus the log of the likelihood of the
// target.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/text.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::losses {

struct BinaryCrossEntropyParams {
  std::vector<double> pos_weight;

  static void describe(Fields<BinaryCrossEntropyParams>& f) {
    f.about(
        "Each score is the log odds of a yes or no of its own (a logit): the mean of minus the log of the "
        "probability that sigmoid(score) gives to the answer. Target values are 1 for yes and 0 for no, "
        "or a probability between (multi-label); of classes each score asks for its own class against the "
        "rest.");
    f.source("torch.nn.BCEWithLogitsLoss");
    f("pos_weight", &BinaryCrossEntropyParams::pos_weight,
      "how much more a yes weighs than a no, for each score or one number for all, as [3]; without it the "
      "same",
      each(non_negative()));
  }

  static std::vector<Task::Kind> tasks() {
    return {Task::Kind::regression, Task::Kind::sequence, Task::Kind::classification};
  }
  static constexpr TargetRange target_range{0, 1};

  std::vector<Misfit> misfits(const Task& task) const {
    const std::int64_t count = std::ssize(pos_weight);
    if (count <= 1 || count == task.outputs) return {};
    return {{"pos_weight",
             text("has ", count_text(count, "weight"), ", but the task is ", assay::describe(task)),
             text("give ", task.outputs == 1 ? "" : text(count_text(task.outputs, "weight"), ", or "),
                  "1 for all")}};
  }
};

struct GaussianNllParams {
  std::string variance = "exp";
  double eps = 1e-6;
  bool full = false;

  static void describe(Fields<GaussianNllParams>& f) {
    f.about(
        "Minus the log of the density that a normal distribution gives to the target, in the scale that "
        "the model learns in. The model ends in two scores for each target: first all means, then what "
        "the variances are made from; metrics and predictions see the means.");
    f.source(
        "torch.nn.GaussianNLLLoss; Nix and Weigend 1994, Estimating the mean and variance of the target "
        "probability distribution");
    f("variance", &GaussianNllParams::variance,
      "how a score gives a variance: exp (the score is its log), or softplus (Lakshminarayanan et al. 2017)",
      one_of({"exp", "softplus"}));
    f("eps", &GaussianNllParams::eps, "smaller variances count as this one", positive);
    f("full", &GaussianNllParams::full, "add the constant log(2 pi) / 2");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
  static constexpr std::int64_t outputs_per_target = 2;
};

struct PoissonNllParams {
  bool log_input = true;
  bool full = false;
  double eps = 1e-8;

  static void describe(Fields<PoissonNllParams>& f) {
    f.about(
        "Minus the log of the chance that a Poisson distribution gives to the target, a count; the mean "
        "over all target values. Metrics and predictions see the rates.");
    f.source("torch.nn.PoissonNLLLoss");
    f("log_input", &PoissonNllParams::log_input, "scores are logarithms of rates; else the rates themselves");
    f("full", &PoissonNllParams::full, "add Stirling's approximation of log(target!)");
    f("eps", &PoissonNllParams::eps, "added to rates before their logarithm, without log_input", positive);
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
  static constexpr TargetRange target_range{.least = 0};
};

struct KlDivParams {
  static void describe(Fields<KlDivParams>& f) {
    f.about(
        "Kullback-Leibler divergence of softmax(scores) from the target, which is itself a distribution: "
        "values of at least 0 that add up to 1. In nats, the mean over samples.");
    f.source("torch.nn.KLDivLoss with reduction=\"batchmean\", of log_softmax(scores)");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
  static constexpr TargetRange target_range{0, 1};

  std::vector<Misfit> misfits(const Task& task) const {
    if (task.outputs > 1) return {};
    return {{"", text("is kl_div, which compares distributions, but the task is ", assay::describe(task)),
             "choose another loss, as binary_cross_entropy for one probability"}};
  }
};

void implement_likelihoods(Implementations& parts);  // likelihoods.cpp

}  // namespace assay::losses
