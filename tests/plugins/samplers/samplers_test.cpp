// What holds for every sampler that ships.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/sampler.h"
#include "tests/contracts/bound.h"
#include "tests/plugins/samplers/spaces.h"

namespace assay::testing {
namespace {

class EverySampler : public ::testing::TestWithParam<std::string> {
 protected:
  static Space space() {
    Space space = nested();
    if (GetParam() == "grid") {
      for (Parameter& parameter : space.parameters) {
        if (parameter.kind != Parameter::Kind::real) continue;
        parameter.step = (parameter.high - parameter.low) / 4;
        parameter.is_log = false;
      }
    }
    return space;
  }
  static std::unique_ptr<Sampler> made(std::uint64_t seed) {
    return built<Sampler>("\"" + GetParam() + "\"", {space(), seed});
  }
  /// So many proposals, each after the results of all before it.
  static std::vector<Seen> history(std::uint64_t seed, std::int64_t n) {
    const auto sampler = made(seed);
    std::vector<Seen> seen;
    for (std::int64_t k = 0; k < n; ++k) {
      Seen one{k, sampler->propose({k, 0, seen})};
      one.value = one.point[0] + std::abs(one.point[3] - 32) / 32;
      if (k % 7 == 3) one.state = Seen::State::failed;
      if (k % 5 == 4) one.state = Seen::State::running;
      seen.push_back(one);
    }
    return seen;
  }
};

TEST_P(EverySampler, GivesValuesWithinTheSpaceAndNoneToWhatIsNotActive) {
  const Space space = EverySampler::space();
  for (const Seen& seen : history(1, 40)) {
    for (std::size_t i = 0; i < space.parameters.size(); ++i) {
      const Parameter& parameter = space.parameters[i];
      if (!space.is_active(i, seen.point)) {
        EXPECT_TRUE(std::isnan(seen.point[i]));
      } else if (parameter.kind == Parameter::Kind::choice) {
        EXPECT_TRUE(seen.point[i] >= 0 && seen.point[i] < static_cast<double>(parameter.n_choices));
      } else {
        EXPECT_TRUE(seen.point[i] >= parameter.low && seen.point[i] <= parameter.high) << seen.point[i];
        if (parameter.step >= 1) {
          EXPECT_EQ(std::fmod(seen.point[i] - parameter.low, parameter.step), 0);
        }
      }
    }
  }
}

TEST_P(EverySampler, TheSameQuestionGetsTheSameAnswerFromAnotherObject) {
  const auto seen = history(2, 30);
  const Point first = made(2)->propose({30, 0, seen}), second = made(2)->propose({30, 0, seen});
  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(first[i] == second[i] || (std::isnan(first[i]) && std::isnan(second[i])));
}

INSTANTIATE_TEST_SUITE_P(Shipped, EverySampler, ::testing::Values("grid", "random", "sobol", "tpe"),
                         [](const auto& each) { return each.param; });

TEST(Samplers, SeedsGiveOtherPoints) {
  for (const char* name : {"\"random\"", "\"sobol\"", "\"tpe\""}) {
    const auto a = built<Sampler>(name, {nested(), 1}), b = built<Sampler>(name, {nested(), 2});
    EXPECT_NE(a->propose({0, 0, {}})[3] + a->propose({1, 0, {}})[3] + a->propose({2, 0, {}})[3] * 100,
              b->propose({0, 0, {}})[3] + b->propose({1, 0, {}})[3] + b->propose({2, 0, {}})[3] * 100)
        << name;
  }
}

TEST(Samplers, AForbiddenAnswerIsFollowedByAnother) {
  const Space space = {{real("x", 0, 1)}, {}};
  for (const char* name : {"\"random\"", "\"sobol\"", "\"tpe\""}) {
    const auto sampler = built<Sampler>(name, {space, 1});
    EXPECT_NE(sampler->propose({5, 0, {}})[0], sampler->propose({5, 1, {}})[0]) << name;
  }
}

}  // namespace
}  // namespace assay::testing
