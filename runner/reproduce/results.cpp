#include "runner/reproduce/results.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace assay::reproduce {
namespace {

using sweep::Trial;

void add_end(TrialResult& result, const sweep::TrialEnd* end) {
  if (end == nullptr) {
    result.reason = "not over";
    return;
  }
  result.is_finished = end->how == sweep::TrialEnd::How::finished;
  result.reason = end->reason;
  result.metrics = end->metrics;
  result.seconds = end->seconds;
}

class Collection {
 public:
  Collection(const sweep::Study& study, const sweep::Board& board) : study_(study), board_(board) {}

  std::vector<TrialResult> take() {
    const sweep::Layout& layout = study_.layout();
    for (std::int64_t group = 0; group < layout.n_groups; ++group) {
      const std::int64_t best = board_.best(group).value_or(0);
      if (layout.has_refits) {
        add(sweep::refit_of(group), group, best);
      } else if (study_.objective()) {
        add_repeats(group, best);
      } else {
        for (std::int64_t i = 0; i < layout.n_configurations; ++i) add_repeats(group, i);
      }
    }
    return std::move(out_);
  }

 private:
  void add_repeats(std::int64_t group, std::int64_t configuration) {
    for (std::int64_t repeat = 0; repeat < study_.layout().n_repeats; ++repeat)
      add(study_.layout().number({configuration, group, repeat}), group, configuration);
  }

  void add(Trial trial, std::int64_t group, std::int64_t configuration) {
    const std::optional<Point> point = board_.point(group, configuration);
    if (!point) return;  // of a sampler that learns, and has not proposed it
    TrialResult result;
    result.name = sweep::to_string(trial);
    result.overrides = sweep::is_refit(trial) ? study_.refit_overrides(group, *point)
                                              : study_.overrides(study_.layout().unit(trial), *point);
    result.config = study_.trials().bind(result.overrides).composed;
    add_end(result, board_.end(trial));
    out_.push_back(std::move(result));
  }

  const sweep::Study& study_;
  const sweep::Board& board_;
  std::vector<TrialResult> out_;
};

}  // namespace

const Value* TrialResult::find(std::string_view key) const {
  for (auto one = overrides.rbegin(); one != overrides.rend(); ++one) {
    if (join(one->path, ".") == key) return &one->value;
  }
  return config.find_path(key);
}

std::optional<double> TrialResult::metric(std::string_view metric_name) const {
  const auto found =
      std::find_if(metrics.begin(), metrics.end(), [&](const auto& one) { return one.first == metric_name; });
  if (found == metrics.end()) return std::nullopt;
  return found->second;
}

std::vector<TrialResult> results_of(const sweep::Study& study, const sweep::Board& board) {
  return Collection(study, board).take();
}

}  // namespace assay::reproduce
