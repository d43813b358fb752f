#include "runner/sweep/replay.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/text.h"
#include "runner/sweep/worker.h"

namespace assay::sweep {
namespace {

bool is_same_point(const Point& a, const Point& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

bool contains(const std::vector<std::int64_t>& numbers, std::int64_t number) {
  return std::binary_search(numbers.begin(), numbers.end(), number);
}

class Replay {
 public:
  Replay(const Study& study, const Board& board) : study_(study), board_(board) {}

  Replayed all() {
    for (std::int64_t group = 0; group < study_.layout().n_groups; ++group) {
      for (const Configuration& one : board_.configurations(group)) {
        const Proposal* proposal = board_.proposal(group, one.number);
        if (proposal) compare(group, one.number, *proposal);
      }
    }
    return std::move(out_);
  }

 private:
  void compare(std::int64_t group, std::int64_t number, const Proposal& proposal) {
    ++out_.n_proposals;
    const auto differ = [&](const std::string& what) {
      out_.differences.push_back(text(to_string(study_.layout().number({number, group, 0})), ": ", what));
    };
    const auto seen = seen_again(study_, board_, group, proposal.saw);
    if (!seen) return differ("results that it was proposed from are not recorded");
    if (study_.section().sync == "window") {
      const auto may_see = visible(study_, number, before(group, number));
      if (!may_see || !(sighting_of(*may_see) == proposal.saw))
        return differ("was proposed from other results than those of the windows before it");
    }
    if (proposal.revision != study_.revision_of(number).revision())
      return differ(text("was proposed by revision ", proposal.revision,
                         " of the study, but came with revision ", study_.revision_of(number).revision()));
    const Point then = study_.point_from(proposal.point, proposal.revision);
    const Point again = study_.propose(group, number, *seen);
    if (!is_same_point(again, then))
      differ(text("is ", study_.space().label(then), ", the sampler now says ", study_.space().label(again)));
  }

  std::vector<Configuration> before(std::int64_t group, std::int64_t number) const {
    std::vector<Configuration> out;
    for (const Configuration& one : board_.configurations(group)) {
      if (one.number < number) out.push_back(one);
    }
    return out;
  }

  const Study& study_;
  const Board& board_;
  Replayed out_;
};

}  // namespace

std::optional<std::vector<Seen>> seen_again(const Study& study, const Board& board, std::int64_t group,
                                            const Sighting& saw) {
  std::vector<Seen> out;
  for (std::int64_t number = 0; number < saw.n; ++number) {
    if (contains(saw.absent, number)) continue;
    const Configuration* one = board.configuration(group, number);
    if (!one || !board.proposal(group, number)) return std::nullopt;
    if (contains(saw.running, number)) {
      out.push_back({number, one->point, Seen::State::running});
      continue;
    }
    out.push_back(seen_of(*one, study.layout().n_repeats, *study.objective()));
    if (out.back().state == Seen::State::running) return std::nullopt;
  }
  return out;
}

Replayed replay(const Study& study, const Board& board) { return Replay(study, board).all(); }

}  // namespace assay::sweep
