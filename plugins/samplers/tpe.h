// Learns where good values lie and looks there.
#pragma once

#include "core/random.h"
#include "registry/contracts/sampler.h"

namespace assay::samplers {

struct TpeParams {
  std::int64_t startup = 10;
  std::int64_t candidates = 48;
  bool multivariate = true;

  static void describe(Fields<TpeParams>& f) {
    f.about(
        "Tree-structured Parzen estimator: fits a density to the best trials and one to all others, and "
        "proposes where the first is high and the second is low. In turns the best are 15%, the better the "
        "heavier, which goes down fast, and 10% of equal weight, which gets out of side valleys. Trials that "
        "run count as others, so that workers spread; so do failed ones, so that it keeps away from what "
        "fails.");
    f.source(
        "Bergstra et al. 2011, Algorithms for hyper-parameter optimization; Watanabe 2023, Tree-structured "
        "Parzen estimator: understanding its algorithm components");
    f("startup", &TpeParams::startup,
      "results before it begins to learn; until then points are drawn at random", at_least(1));
    f("candidates", &TpeParams::candidates,
      "points drawn from the first density, of which the best is proposed; half of them where weights are "
      "equal",
      at_least(1));
    f("multivariate", &TpeParams::multivariate,
      "learn which values go together; false looks at each key alone");
  }
};

class Tpe final : public Sampler {
 public:
  using Params = TpeParams;
  Tpe(const Params& params, const Needs& needs);
  Point propose(const Ask& ask) const override;
  bool learns() const override { return true; }

 private:
  /// Parameters that are active together and are learnt together.
  using Group = std::vector<std::size_t>;

  /// How a proposal looks at what is known.
  struct Look {
    std::size_t percent_good = 15;
    bool is_ranked = true;  // of the good trials the better weighs more
    std::int64_t candidates = 48;
  };
  Look look_of(std::int64_t number) const;

  /// good: best first; others: oldest first.
  void choose(const Group& group, const Look& look, const std::vector<const Seen*>& good,
              const std::vector<const Seen*>& others, Draws& draws, Point& point) const;

  TpeParams params_;
  Space space_;
  std::vector<Group> groups_;  // a group's conditions name parameters of earlier groups
  Stream stream_;
  Stream startup_;
};

}  // namespace assay::samplers
