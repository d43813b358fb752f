// What holds for every observer.
#pragma once

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/observer.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/fake_recorder.h"

namespace assay::testing {

class ObserverSuite : public ::testing::TestWithParam<Component> {
 protected:
  std::unique_ptr<Observer> build() {
    return GetParam().parts->build(
        bind_filled<Observer>(GetParam()),
        Observer::Needs{model_, recorder_, [](std::string_view) { return false; }});
  }
  /// The events of a run whose loss gets better, then worse.
  static std::vector<Event> epoch(std::int64_t number) {
    const double loss = number < 4 ? 1.0 / static_cast<double>(number + 1) : 1.0;
    const std::int64_t step = (number + 1) * 10;
    return {EpochStarted{number},
            GradientsReady{step, false},
            StepDone{step, number, nullptr},
            Evaluated{step, number + 1, "valid", {{"valid/loss", loss}, {"valid/accuracy", 1 - loss}}},
            CheckpointSaved{step, "ckpt/step-0000000010.h5", false},
            EpochDone{number, step}};
  }
  static std::vector<Request> requests(Observer& observer, std::int64_t first, std::int64_t last) {
    std::vector<Request> out;
    for (std::int64_t number = first; number < last; ++number) {
      for (const Event& event : epoch(number)) out.push_back(observer.on(event));
    }
    return out;
  }

 private:
  struct Nothing : Module {};
  Nothing model_;
  FakeRecorder recorder_;
};

TEST_P(ObserverSuite, TakesEveryEvent) {
  const auto observer = build();
  observer->on(RunStarted{100, 10, 0, 42, "cpu", 1});
  requests(*observer, 0, 2);
  observer->on(RunDone{20, "2 epochs"});
  observer->on(RunFailed{20, "it failed"});
}

TEST_P(ObserverSuite, SavedAndLoadedItGoesOnAsStraightOn) {
  const auto straight = build(), resumed = build();
  requests(*straight, 0, 6);
  const State state = saved(*straight);
  resumed->load(StateReader(state));

  const auto a = requests(*straight, 6, 14), b = requests(*resumed, 6, 14);

  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].kind, b[i].kind) << i;
    EXPECT_EQ(a[i].why, b[i].why) << i;
  }
}

}  // namespace assay::testing
