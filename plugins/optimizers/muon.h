// Muon: steps of matrices made orthogonal; AdamW for everything that is no matrix.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

/// How the weights are trained that Muon is not for.
struct MuonRestParams {
  double lr = 3e-4;
  std::vector<double> betas{0.9, 0.95};
  double eps = 1e-8;
  double weight_decay = 0.01;

  static void describe(Fields<MuonRestParams>& f) {
    f.about("AdamW, for the weights that Muon is not for.");
    f("lr", &MuonRestParams::lr, "step size; the schedule's factor is on it as well", positive, log_scale);
    f("betas", &MuonRestParams::betas, "decay of the mean and of the mean square", length(2),
      each(fraction()));
    f("eps", &MuonRestParams::eps, "added to the denominator, so that it is never 0", positive, log_scale);
    f("weight_decay", &MuonRestParams::weight_decay, "each step shrinks the weights by lr times this",
      non_negative, log_scale);
  }
};

struct MuonParams {
  double lr = 1e-3;
  double momentum = 0.95;
  bool nesterov = true;
  double weight_decay = 0.1;
  std::int64_t newton_schulz_steps = 5;
  double eps = 1e-7;
  std::string adjust_lr = "original";
  std::string rule = "muon";
  MuonRestParams rest;
  ParameterGroups<MuonParams> groups;

  static void describe(Fields<MuonParams>& f) {
    f.about(
        "Muon: the momentum of a weight matrix [rows, columns], made nearly orthogonal by Newton-Schulz "
        "iterations, is the step. Weights of one axis or more than two (biases, scales, convolutions) are "
        "trained by AdamW as `rest` says. Embeddings and the last layer are usually given to it as well: "
        "`groups: [{match: \"*embed*\", rule: adamw}]`.");
    f.source(
        "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks; numbers as "
        "torch.optim.Muon");
    f("lr", &MuonParams::lr, "step size of matrices", positive, log_scale);
    f("momentum", &MuonParams::momentum, "decay of the running mean of gradients", fraction);
    f("nesterov", &MuonParams::nesterov, "look ahead along the momentum");
    f("weight_decay", &MuonParams::weight_decay, "each step shrinks matrices by lr times this", non_negative,
      log_scale);
    f("newton_schulz_steps", &MuonParams::newton_schulz_steps, "iterations that make a step orthogonal",
      at_least(1), below(100));
    f("eps", &MuonParams::eps, "the least norm that a step is divided by", positive, log_scale);
    f("adjust_lr", &MuonParams::adjust_lr,
      "factor on lr by shape: original, sqrt(max(1, rows / columns)); match_rms_adamw, 0.2 * sqrt(max(rows, "
      "columns)), with which rates of AdamW can be kept (Liu et al. 2025, Muon is Scalable for LLM Training)",
      one_of({"original", "match_rms_adamw"}));
    f("rule", &MuonParams::rule, "for groups: adamw trains matrices as `rest` says too",
      one_of({"muon", "adamw"}));
    f("rest", &MuonParams::rest, "AdamW for what is no matrix");
    describe_groups(f);
  }

  /// Of what AdamW trains; a matrix keeps one number.
  std::int64_t state_per_weight() const { return 2; }
};

void implement_muon(Implementations& parts);  // muon.cpp

}  // namespace assay::optimizers
