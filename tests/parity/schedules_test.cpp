// A thousand steps of every schedule against those of PyTorch, scikit-learn or the papers' formulas
// (record_schedules.py says which).
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "registry/contracts/schedule.h"
#include "tests/contracts/bound.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

constexpr std::int64_t total_steps = 1000, steps_per_epoch = 50;

/// Falls, then stays, with a little noise.
double valid_loss(std::int64_t epoch) {
  return std::max(1 / static_cast<double>(1 + epoch), 0.125) + static_cast<double>(epoch * 7 % 5) / 1024;
}

std::vector<double> factors(const Json& config) {
  const auto schedule = built<Schedule>(to_text(config), {.total_steps = total_steps,
                                                          .steps_per_epoch = steps_per_epoch,
                                                          .batch_size = 8,
                                                          .samples_per_epoch = 397,
                                                          .parts = &shipped_parts()});
  std::vector<double> out;
  for (std::int64_t step = 0; step < total_steps; ++step) {
    out.push_back(schedule->factor(step));
    if ((step + 1) % steps_per_epoch == 0) schedule->observe(valid_loss(step / steps_per_epoch));
  }
  return out;
}

class ScheduleParity : public ::testing::TestWithParam<std::string> {};

TEST_P(ScheduleParity, AThousandFactorsAreThoseOfTheReference) {
  const Json file = recorded("schedules.json");
  const Json& entry = *file.find(GetParam());
  const std::vector<double> ours = factors(*entry.find("schedule"));

  double largest = 0;
  const std::vector<std::int64_t> steps = integers(*file.find("steps"));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double theirs = entry.find("factors")->items().at(i).real();
    largest = std::max(largest, std::abs(ours[static_cast<std::size_t>(steps[i])] - theirs));
  }
  expect_parity(largest, schedule_factor, "factor");
}

std::vector<std::string> entries() {
  std::vector<std::string> names;
  const Json file = recorded("schedules.json");
  for (const auto& [name, entry] : file.entries()) {
    if (entry.is_map()) names.push_back(name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Recorded, ScheduleParity, ::testing::ValuesIn(entries()), parity_name);

TEST(ScheduleParity, EveryScheduleIsRecorded) {
  const Json file = recorded("schedules.json");
  for (const ComponentInfo* info : shipped_registry().list("schedule")) {
    const auto& all = file.entries();
    EXPECT_TRUE(std::ranges::any_of(all, [&](const auto& entry) {
      return entry.second.is_map() && entry.second.find("schedule")->find("type")->text() == info->name;
    })) << info->name;
  }
}

}  // namespace
}  // namespace assay::testing
