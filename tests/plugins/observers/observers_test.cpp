#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/observer.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/fake_recorder.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Watch {
  explicit Watch(const std::string& options) {
    const Component component = tensor_component("observer", "early_stop");
    const auto is_better_high = [](std::string_view metric) { return metric == "valid/accuracy"; };
    observer = component.parts->build(bind_filled<Observer>(component, options),
                                      Observer::Needs{model, recorder, is_better_high});
  }
  /// The number of values after which it asks to stop; 0 if it never does.
  int stops_after(const std::string& metric, const std::vector<double>& values) {
    int seen = 0;
    for (const double value : values) {
      ++seen;
      const Request request = observer->on(Evaluated{seen, seen, "valid", {{metric, value}}});
      if (request.kind == Request::Kind::stop) return seen;
    }
    return 0;
  }

  struct Nothing : Module {
  } model;
  FakeRecorder recorder;
  std::unique_ptr<Observer> observer;
};

TEST(EarlyStop, StopsWhenPatienceIsAtItsEnd) {
  EXPECT_EQ(Watch(R"({"patience": 2})").stops_after("valid/loss", {3, 2, 2.5, 1, 1.5, 1.2, 0.5}), 6);
}

TEST(EarlyStop, WhatIsBetterIsWhatTheMetricDeclares) {
  Watch watch(R"({"patience": 2, "metric": "valid/accuracy"})");
  EXPECT_EQ(watch.stops_after("valid/accuracy", {0.1, 0.2, 0.3, 0.25, 0.2}), 5);
}

TEST(EarlyStop, TheModeMayBeSaid) {
  EXPECT_EQ(Watch(R"({"patience": 2, "mode": "max"})").stops_after("valid/loss", {1, 2, 3, 4}), 0);
}

TEST(EarlyStop, SmallImprovementsMayNotCount) {
  EXPECT_EQ(Watch(R"({"patience": 2, "min_delta": 0.1})").stops_after("valid/loss", {1, 0.95, 0.92}), 3);
}

TEST(EarlyStop, NotANumberNeverImproves) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Watch(R"({"patience": 2})").stops_after("valid/loss", {nan, nan, 1}), 2);
}

TEST(EarlyStop, OtherSplitsAreNotItsConcern) {
  Watch watch(R"({"patience": 1})");
  const Request request = watch.observer->on(Evaluated{1, 1, "test", {{"test/loss", 1}}});
  EXPECT_EQ(request.kind, Request::Kind::none);
}

TEST(EarlyStop, AMetricThatNobodyGivesIsAProblem) {
  Watch watch(R"({"metric": "valid/acuracy"})");
  const auto problems = problems_of([&] {
    watch.observer->on(Evaluated{1, 1, "valid", {{"valid/loss", 1}, {"valid/accuracy", 1}}});
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("valid/acuracy, which no metric gives"));
  EXPECT_THAT(problems[0].hint, HasSubstr("did you mean 'valid/accuracy'?"));
}

}  // namespace
}  // namespace assay::testing
