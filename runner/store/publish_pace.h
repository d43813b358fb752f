// When run.h5 is published without being asked: so that it is fresh, and costs little.
#pragma once

#include <algorithm>

namespace assay::store {

class PublishPace {
 public:
  static constexpr double shortest_pause_s = 5;
  static constexpr double largest_share = 0.02;  // of the time

  /// After a checkpoint the shortest pause does not hold, as run.h5 links to it.
  bool is_due(double now_s, bool has_commit) const {
    const double pause_s = cost_s_ / largest_share;
    return now_s - last_s_ >= (has_commit ? pause_s : std::max(shortest_pause_s, pause_s));
  }
  void published(double begun_s, double done_s) {
    cost_s_ = done_s - begun_s;
    last_s_ = done_s;
  }

 private:
  double last_s_ = 0;
  double cost_s_ = 0;
};

}  // namespace assay::store
