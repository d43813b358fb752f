#include "plugins/samplers/grid.h"

#include <limits>
#include <numeric>
#include <utility>

#include "core/text.h"

namespace assay::samplers {
namespace {

constexpr std::int64_t most_points_in_a_block = 1'000'000;

// For each parameter the first one of its block.
std::vector<std::size_t> block_heads(const Space& space) {
  std::vector<std::size_t> head(space.parameters.size());
  std::iota(head.begin(), head.end(), std::size_t{0});
  const auto tie = [&](std::size_t a, std::size_t b) {
    const std::size_t low = std::min(head[a], head[b]), high = std::max(head[a], head[b]);
    for (std::size_t& one : head) one = one == high ? low : one;
  };
  for (std::size_t i = 0; i < head.size(); ++i) {
    for (const Condition& condition : space.parameters[i].conditions) tie(condition.parameter, i);
  }
  for (const std::vector<Condition>& all : space.forbidden) {
    for (const Condition& condition : all) tie(all.front().parameter, condition.parameter);
  }
  return head;
}

void require_finite(const Space& space) {
  std::vector<Problem> problems;
  for (const Parameter& parameter : space.parameters) {
    if (parameter.is_finite()) continue;
    problems.push_back(
        {{},
         "sweep.space." + parameter.name,
         "has no finite number of values, which a grid needs",
         "list values with `choice`, give it a `step`, or choose another sampler: random, sobol, tpe"});
  }
  throw_if_any(Kind::config, problems);
}

}  // namespace

Grid::Grid(const Params& /*params*/, const Needs& needs) : space_(needs.space) {
  require_finite(space_);
  const std::vector<std::size_t> heads = block_heads(space_);
  for (std::size_t head = 0; head < heads.size(); ++head) {
    Block block;
    for (std::size_t i = head; i < heads.size(); ++i) {
      if (heads[i] == head) block.parameters.push_back(i);
    }
    if (block.parameters.empty()) continue;
    const bool is_free = block.parameters.size() == 1 && space_.forbidden.empty();
    if (is_free) {
      block.count = space_.parameters[head].count();
    } else {
      Point point = space_.empty_point();
      list_points(block, point, 0);
    }
    if (block.count > 0 && count_ > std::numeric_limits<std::int64_t>::max() / block.count)
      throw Error(Kind::config,
                  Problem{{}, "sweep.space", "has more points than can be counted", "list fewer values"});
    count_ *= block.count;
    blocks_.push_back(std::move(block));
  }
}

void Grid::list_points(Block& block, Point& point, std::size_t depth) const {
  if (depth == block.parameters.size()) {
    if (!space_.is_allowed(point)) return;
    if (++block.count > most_points_in_a_block)
      throw Error(Kind::config, Problem{{},
                                        "sweep.space",
                                        text("has more than ", most_points_in_a_block,
                                             " points among parameters that conditions tie together"),
                                        "list fewer values, or choose another sampler: random, sobol, tpe"});
    for (const std::size_t i : block.parameters) block.values.push_back(point[i]);
    return;
  }
  const std::size_t i = block.parameters[depth];
  if (!space_.is_active(i, point)) return list_points(block, point, depth + 1);
  const std::int64_t n_values = space_.parameters[i].count();
  for (std::int64_t number = 0; number < n_values; ++number) {
    point[i] = space_.parameters[i].value(number);
    list_points(block, point, depth + 1);
  }
  point[i] = std::numeric_limits<double>::quiet_NaN();
}

Point Grid::propose(const Ask& ask) const {
  ASSAY_ASSERT(ask.number >= 0 && ask.number < count_);
  Point point = space_.empty_point();
  std::int64_t rest = ask.number;
  for (std::size_t b = blocks_.size(); b-- > 0;) {
    const Block& block = blocks_[b];
    const std::int64_t row = rest % block.count;
    rest /= block.count;
    const std::size_t width = block.parameters.size();
    for (std::size_t i = 0; i < width; ++i) {
      point[block.parameters[i]] = block.values.empty()
                                       ? space_.parameters[block.parameters[i]].value(row)
                                       : block.values[static_cast<std::size_t>(row) * width + i];
    }
  }
  return point;
}

}  // namespace assay::samplers
