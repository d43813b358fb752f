#include "runner/cli/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json machine() {
  Json json = Json::map();
  json.set("host", "one");
  json.set("cpu", "EPYC 7B13");
  json.set("threads", 1);
  json.set("libraries", Json(Json::Map{{"hdf5", "1.10.8"}, {"libtorch", "2.13.0"}}));
  return json;
}

TEST(Changes, AreNoneOnTheSameMachineUnderAnotherName) {
  Json now = machine();
  now.set("host", "two");

  EXPECT_THAT(changes(machine(), now), IsEmpty());
}

TEST(Changes, NameEachDifferenceWithBothValues) {
  Json now = machine();
  now.set("cpu", "EPYC 9654");
  now.set("threads", 2);
  now.set("libraries", Json(Json::Map{{"hdf5", "1.10.8"}, {"libtorch", "2.14.0"}}));

  EXPECT_THAT(changes(machine(), now), ElementsAre("libraries.libtorch was 2.13.0, is 2.14.0",
                                                   "cpu was EPYC 7B13, is EPYC 9654", "threads was 1, is 2"));
}

TEST(Changes, DoNotCountWhatOneSideDoesNotKnow) {
  Json now = machine();
  now.set("gpu", "H100");

  EXPECT_THAT(changes(machine(), now), IsEmpty());
}

}  // namespace
}  // namespace assay::cli
