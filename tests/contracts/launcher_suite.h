// What holds for every launcher. No queue is asked.
#pragma once

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/launcher.h"
#include "tests/contracts/component.h"

namespace assay::testing {

class LauncherSuite : public ::testing::TestWithParam<Component> {
 protected:
  static std::unique_ptr<Launcher> launcher() { return GetParam().build<Launcher>(); }

  static LaunchOrder order(std::int64_t n_jobs) {
    LaunchOrder order;
    order.name = "assay-digits-3f2a91c0de-1a2b3c";
    order.folder = "/scratch/my runs/digits";
    order.work = {"/opt/assay", "worker", "/scratch/my runs/it's"};
    order.n_jobs = n_jobs;
    return order;
  }
};

TEST_P(LauncherSuite, HasRoomForATrial) {
  const auto made = launcher();
  if (made->cluster() == nullptr) return;
  for (const LaunchNeeds& needs : {LaunchNeeds{1, false}, LaunchNeeds{1000, false}, LaunchNeeds{4, true}})
    EXPECT_GE(made->cluster()->room(needs), 1);
}

TEST_P(LauncherSuite, TheScriptNamesTheJobsAndRunsTheWork) {
  const auto made = launcher();
  if (made->cluster() == nullptr) return;
  for (const std::int64_t n_jobs : {1, 7}) {
    const std::string script = made->cluster()->script(order(n_jobs));
    EXPECT_THAT(script, ::testing::HasSubstr("assay-digits-3f2a91c0de-1a2b3c"));
    EXPECT_THAT(script, ::testing::HasSubstr("/opt/assay"));
    EXPECT_EQ(script.back(), '\n');
  }
}

TEST_P(LauncherSuite, TheSameOrderGetsTheSameScript) {
  const auto made = launcher();
  if (made->cluster() == nullptr) return;
  EXPECT_EQ(made->cluster()->script(order(3)), launcher()->cluster()->script(order(3)));
}

}  // namespace assay::testing
