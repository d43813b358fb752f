// What holds for every sampler.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/sampler.h"
#include "tests/contracts/component.h"
#include "tests/plugins/samplers/spaces.h"

namespace assay::testing {

/// Points as they are kept in sets and compared: what is not active is -infinity, which equals itself.
inline Point comparable(Point point) {
  for (double& value : point) value = std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
  return point;
}

inline bool is_value_of(const Parameter& parameter, double value) {
  if (parameter.kind == Parameter::Kind::choice)
    return value >= 0 && value < static_cast<double>(parameter.n_choices) && value == std::floor(value);
  if (parameter.step > 0)
    return value == parameter.value(std::llround((value - parameter.low) / parameter.step)) &&
           value >= parameter.low && value <= parameter.high;
  return value >= parameter.low && value <= parameter.high;
}

inline ::testing::AssertionResult is_within(const Space& space, const Point& point) {
  if (point.size() != space.parameters.size())
    return ::testing::AssertionFailure() << "has " << point.size() << " values";
  for (std::size_t i = 0; i < point.size(); ++i) {
    const bool is_good =
        space.is_active(i, point) ? is_value_of(space.parameters[i], point[i]) : std::isnan(point[i]);
    if (!is_good) return ::testing::AssertionFailure() << space.parameters[i].name << " is " << point[i];
  }
  return ::testing::AssertionSuccess();
}

class SamplerSuite : public ::testing::TestWithParam<Component> {
 protected:
  /// What a config can say, by name. A sampler need not take all of them.
  static std::map<std::string, Space> spaces() {
    std::map<std::string, Space> out;
    out["finite"] = finite_space();
    out["empty"] = {};
    out["one number"] = {{real("x", -1, 1)}, {}};
    out["one value"] = {{whole("x", 3, 3), choice("a", 1)}, {}};
    out["numbers"] = numbers();
    out["conditional"] = nested();
    out["forbidden"] = {{choice("a", 3), choice("b", 3), real("x", 0, 1)}, {{{0, {0}}, {1, {1, 2}}}}};
    for (int i = 0; i < 100; ++i) {
      const Parameter number = real("x" + std::to_string(i), 0, 1);
      if (i < 50) out["fifty numbers"].parameters.push_back(number);
      out["a hundred numbers"].parameters.push_back(number);
    }
    return out;
  }
  /// Steps, choices, a condition within a condition, and a combination that is forbidden.
  static Space finite_space() {
    Parameter rate = real("rate", 0.1, 0.5, false, {{0, {1, 2}}});
    rate.step = 0.1;
    Parameter width = whole("width", 1, 64, 1);
    width.is_log = true;
    width.conditions = {{0, {1, 2}}, {1, {0.1, 0.2}}};
    return {{choice("a", 3), rate, width, choice("b", 2)}, {{{0, {0}}, {3, {1}}}}};
  }
  static Space numbers() {
    Parameter log_whole = whole("log_whole", 1, 1000);
    log_whole.is_log = true;
    Parameter stepped = real("stepped", -0.3, 0.3);
    stepped.step = 0.1;
    Parameter log_stepped = real("log_stepped", 0.25, 8, true);
    log_stepped.step = 0.25;
    return {{real("real", -5, 10), real("log_real", 1e-6, 1, true), whole("whole", -3, 3), log_whole, stepped,
             log_stepped},
            {}};
  }

  static std::unique_ptr<Sampler> built(const Space& space, std::uint64_t seed) {
    return GetParam().build<Sampler>({space, seed});
  }
  /// Nothing if it does not take the space.
  static std::unique_ptr<Sampler> taken(const Space& space, std::uint64_t seed = 1) {
    try {
      return built(space, seed);
    } catch (const Error&) {
      return nullptr;  // SaysWhyItDoesNotTakeASpace looks at the reason
    }
  }
  /// Runs `body` for each space that it takes.
  template <class Body>
  static void for_each_space(Body&& body) {
    for (const auto& [name, space] : spaces()) {
      SCOPED_TRACE(name);
      if (const auto sampler = taken(space)) body(space, *sampler);
    }
  }

  /// What a sweep does with an answer that the space forbids. Nothing if 1,000 answers are forbidden.
  static std::optional<Point> allowed(const Sampler& sampler, const Space& space, Ask ask) {
    for (; ask.attempt < 1000; ++ask.attempt) {
      Point point = sampler.propose(ask);
      if (space.is_allowed(point)) return point;
    }
    return std::nullopt;
  }
  static std::int64_t n_proposals(const Sampler& sampler, std::int64_t most) {
    return std::min(most, sampler.count().value_or(most));
  }
  /// As a sweep goes: each proposal sees all before it, of which some have failed, were stopped or run.
  static std::vector<Seen> history(const Sampler& sampler, const Space& space, std::int64_t most) {
    std::vector<Seen> seen;
    for (std::int64_t k = 0; k < n_proposals(sampler, most); ++k) {
      const std::optional<Point> point = allowed(sampler, space, {k, 0, seen});
      EXPECT_TRUE(point) << "proposal " << k << " is forbidden";
      if (!point) break;
      Seen one{k, *point};
      for (const double value : *point) one.value += std::isnan(value) ? 1 : std::sin(value);
      if (k % 7 == 3) one.state = Seen::State::failed;
      if (k % 5 == 4) one.state = Seen::State::running;
      if (k % 6 == 1) one = {k, *point, Seen::State::stopped, one.value, 0.25};
      seen.push_back(std::move(one));
    }
    return seen;
  }
  /// A question after all of a history that the sampler may be asked.
  static Ask next(const Sampler& sampler, const std::vector<Seen>& seen) {
    const auto number = std::ssize(seen);
    return {std::min(number, sampler.count().value_or(number + 1) - 1), 0, seen};
  }
};

TEST_P(SamplerSuite, TakesAFiniteSpace) { EXPECT_NO_THROW(built(finite_space(), 1)); }

TEST_P(SamplerSuite, SaysWhyItDoesNotTakeASpace) {
  for (const auto& [name, space] : spaces()) {
    SCOPED_TRACE(name);
    try {
      built(space, 1);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Kind::config);
      for (const Problem& problem : error.problems()) {
        EXPECT_THAT(problem.path, ::testing::StartsWith("sweep."));
        EXPECT_NE(problem.message, "");
        EXPECT_NE(problem.hint, "");
      }
    }
  }
}

TEST_P(SamplerSuite, ProposalsAreWithinTheSpace) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    for (const Seen& seen : history(sampler, space, 60))
      EXPECT_TRUE(is_within(space, seen.point)) << seen.number;
  });
}

TEST_P(SamplerSuite, TheSameQuestionGetsTheSameAnswerFromAnotherObject) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    const std::vector<Seen> seen = history(sampler, space, 30);
    const Ask ask = next(sampler, seen);
    EXPECT_EQ(comparable(sampler.propose(ask)), comparable(taken(space)->propose(ask)));
  });
}

TEST_P(SamplerSuite, OtherQuestionsChangeNoAnswer) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    const std::vector<Seen> seen = history(sampler, space, 30);
    const Ask ask = next(sampler, seen);
    const Point first = sampler.propose(ask);
    sampler.propose({0, 0, {}});
    sampler.propose({ask.number, 1, std::span(seen).first(seen.size() / 2)});
    EXPECT_EQ(comparable(sampler.propose(ask)), comparable(first));
  });
}

TEST_P(SamplerSuite, AValueOfWhatFailedOrRunsIsNotLookedAt) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    std::vector<Seen> seen = history(sampler, space, 40);
    const Point first = sampler.propose(next(sampler, seen));
    for (Seen& one : seen) {
      if (one.state == Seen::State::failed) one.value = std::nan("");
      if (one.state == Seen::State::running) one.value = -1e300;
    }
    EXPECT_EQ(comparable(sampler.propose(next(sampler, seen))), comparable(first));
  });
}

TEST_P(SamplerSuite, SaysWhetherResultsChangeItsAnswers) {
  bool has_changed = false;
  for_each_space([&](const Space& space, const Sampler& sampler) {
    const std::vector<Seen> seen = history(sampler, space, 40);
    for (std::int64_t k = 0; k < n_proposals(sampler, 40); ++k)
      has_changed |= comparable(sampler.propose({k, 0, seen})) != comparable(sampler.propose({k, 0, {}}));
  });
  EXPECT_EQ(has_changed, built(finite_space(), 1)->learns());
}

TEST_P(SamplerSuite, OfCountedPointsEachComesOnce) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    if (!sampler.count()) return;
    std::set<Point> points;
    for (std::int64_t k = 0; k < n_proposals(sampler, 2000); ++k) {
      const Point point = sampler.propose({k, 0, {}});
      EXPECT_TRUE(space.is_allowed(point)) << k;
      EXPECT_TRUE(points.insert(comparable(point)).second) << k;
    }
  });
}

TEST_P(SamplerSuite, AForbiddenAnswerIsFollowedByAnother) {
  const Space space = numbers();
  const auto sampler = taken(space);
  if (!sampler || sampler->count()) return;  // of counted points none is forbidden
  const std::vector<Seen> seen = history(*sampler, space, 30);
  for (const std::int64_t number : {0, 5, 30}) {
    std::set<Point> answers;
    for (std::int64_t attempt = 0; attempt < 20; ++attempt)
      answers.insert(
          sampler->propose({number, attempt, std::span(seen).first(static_cast<std::size_t>(number))}));
    EXPECT_EQ(answers.size(), 20U) << number;
  }
}

TEST_P(SamplerSuite, OtherSeedsGiveOtherPoints) {
  const Space space = numbers();
  const auto sampler = taken(space, 1), other = taken(space, 2);
  if (!sampler || sampler->count()) return;  // counted points are the same for all seeds
  for (std::int64_t k = 0; k < 3; ++k) EXPECT_NE(sampler->propose({k, 0, {}}), other->propose({k, 0, {}}));
}

TEST_P(SamplerSuite, AnswersWhateverBecameOfTheTrials) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto all = [](Seen::State state, double value) {
    return [=](Seen& seen) { seen.state = state, seen.value = value, seen.share = 0; };
  };
  const std::vector<std::function<void(Seen&)>> fates = {
      all(Seen::State::failed, 0),          all(Seen::State::running, 0),
      all(Seen::State::stopped, 1),         all(Seen::State::done, 1),
      all(Seen::State::done, std::nan("")), all(Seen::State::done, infinity),
      all(Seen::State::done, -infinity),    all(Seen::State::done, std::numeric_limits<double>::max()),
  };
  for_each_space([&](const Space& space, const Sampler& sampler) {
    const std::vector<Seen> before = history(sampler, space, 40);
    for (std::size_t i = 0; i < fates.size(); ++i) {
      std::vector<Seen> seen = before;
      for (Seen& one : seen) fates[i](one);
      const auto point = allowed(sampler, space, next(sampler, seen));
      EXPECT_TRUE(point && is_within(space, *point)) << "fate " << i;
    }
  });
}

// As when a sweep of few values goes on for long.
TEST_P(SamplerSuite, AnswersWhenAllTrialsWereAtOnePoint) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    const std::optional<Point> point = allowed(sampler, space, {0, 0, {}});
    ASSERT_TRUE(point);
    std::vector<Seen> seen;
    for (std::int64_t k = 0; k < 100; ++k) seen.push_back({k, *point, Seen::State::done, 1});
    const std::optional<Point> answer = allowed(sampler, space, next(sampler, seen));
    EXPECT_TRUE(answer && is_within(space, *answer));
  });
}

TEST_P(SamplerSuite, AnswersAfterTenThousandResults) {
  for_each_space([](const Space& space, const Sampler& sampler) {
    const std::vector<Seen> few = history(sampler, space, 50);
    std::vector<Seen> seen;
    for (std::int64_t k = 0; k < 10'000; ++k) {
      seen.push_back(few[static_cast<std::size_t>(k) % few.size()]);
      seen.back().number = k;
    }
    const std::optional<Point> point = allowed(sampler, space, next(sampler, seen));
    EXPECT_TRUE(point && is_within(space, *point));
  });
}

}  // namespace assay::testing
