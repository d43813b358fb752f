// What holds for every schedule.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/schedule.h"
#include "tests/contracts/component.h"

namespace assay::testing {

/// Parameters for a schedule that has no default of its own, as JSON.
inline std::string schedule_sample(std::string_view name) {
  if (name != "chain") return "{}";
  return R"({"parts": [{"schedule": "cosine", "for": "10 steps"},
                       {"schedule": {"type": "reduce_on_plateau", "patience": 0}}]})";
}

class ScheduleSuite : public ::testing::TestWithParam<Component> {
 protected:
  static constexpr std::int64_t steps = 40;
  static constexpr std::int64_t steps_per_epoch = 10;

  std::unique_ptr<Schedule> schedule() const {
    const Slot<Schedule> slot = GetParam().bind<Schedule>(schedule_sample(GetParam().info->name));
    return GetParam().parts->build(slot, {.total_steps = steps,
                                          .steps_per_epoch = steps_per_epoch,
                                          .batch_size = 8,
                                          .parts = GetParam().parts});
  }
  /// Factors of the steps [from, to), with an evaluation after every epoch.
  static std::vector<double> run(Schedule& schedule, std::int64_t from, std::int64_t to) {
    std::vector<double> out;
    for (std::int64_t step = from; step < to; ++step) {
      out.push_back(schedule.factor(step));
      if ((step + 1) % steps_per_epoch == 0) schedule.observe(1.0 / static_cast<double>(step + 1));
    }
    return out;
  }
};

TEST_P(ScheduleSuite, FactorsAreFiniteAndNotNegative) {
  const auto made = schedule();
  for (const double factor : run(*made, 0, steps))
    EXPECT_TRUE(std::isfinite(factor) && factor >= 0) << factor;
}

TEST_P(ScheduleSuite, TheFirstStepLearns) { EXPECT_GT(schedule()->factor(0), 0); }

TEST_P(ScheduleSuite, GivesTheSameFactorsEveryTime) {
  const auto first = schedule(), second = schedule();
  EXPECT_EQ(run(*first, 0, steps), run(*second, 0, steps));
}

TEST_P(ScheduleSuite, SavedAndLoadedItGoesOnAsIfNothingHappened) {
  const auto whole = schedule();
  run(*whole, 0, 17);
  State state;
  StateWriter writer(state);
  whole->save(writer);

  const auto loaded = schedule();
  loaded->load(StateReader(state));

  EXPECT_EQ(run(*loaded, 17, steps), run(*whole, 17, steps));
}

}  // namespace assay::testing
