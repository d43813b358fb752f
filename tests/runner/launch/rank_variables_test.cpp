// Which rank a process is, by the variables that it is given.
#include "runner/launch/rank_variables.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace assay::launch {
namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

std::optional<RankPlace> place_with(const Variables& variables) {
  StartedWith started;
  started.variable = [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  started.hosts = [](const std::string& list) {
    return list == "node[3-4]" ? std::vector<std::string>{"node3", "node4"} : std::vector<std::string>();
  };
  return rank_place(started);
}

std::string refusal_of(const Variables& variables) {
  try {
    place_with(variables);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

const Variables torchrun{
    {"RANK", "1"}, {"WORLD_SIZE", "4"}, {"MASTER_ADDR", "node3"}, {"MASTER_PORT", "29500"}};
const Variables step{{"SLURM_JOB_ID", "1234"},
                     {"SLURM_STEP_ID", "0"},
                     {"SLURM_PROCID", "2"},
                     {"SLURM_STEP_NUM_TASKS", "4"},
                     {"SLURM_STEP_NODELIST", "node[3-4]"}};

Variables with(Variables variables, const std::string& name, const std::string& value) {
  variables[name] = value;
  return variables;
}

Variables without(Variables variables, const std::string& name) {
  variables.erase(name);
  return variables;
}

TEST(RankVariables, OfNobodyMeanAProcessOnItsOwn) {
  EXPECT_FALSE(place_with({}));
  EXPECT_FALSE(place_with({{"MASTER_ADDR", "node3"}, {"MASTER_PORT", "29500"}}));
}

TEST(RankVariables, OfTorchrunSayWhoAndWhere) {
  const auto place = place_with(torchrun);

  ASSERT_TRUE(place);
  EXPECT_EQ(place->rank, 1);
  EXPECT_EQ(place->size, 4);
  EXPECT_EQ(place->host, "node3");
  EXPECT_EQ(place->port, 29500);
  EXPECT_FALSE(place->is_served);
}

TEST(RankVariables, OfTorchrunSayWhetherItListensItself) {
  EXPECT_TRUE(place_with(with(torchrun, "TORCHELASTIC_USE_AGENT_STORE", "True"))->is_served);
}

TEST(RankVariables, OfOneProcessMeanNothing) { EXPECT_FALSE(place_with(with(torchrun, "WORLD_SIZE", "1"))); }

TEST(RankVariables, HalfSetAreRefused) {
  EXPECT_THAT(refusal_of(without(torchrun, "WORLD_SIZE")),
              HasSubstr("RANK, MASTER_ADDR, MASTER_PORT are set, but WORLD_SIZE is not"));
}

TEST(RankVariables, ThatAreNoNumbersAreRefused) {
  EXPECT_THAT(refusal_of(with(torchrun, "RANK", "4")), HasSubstr("RANK is 4, not a number from 0 to 3"));
  EXPECT_THAT(refusal_of(with(torchrun, "MASTER_PORT", "x")), HasSubstr("MASTER_PORT is x, not a number"));
}

TEST(RankVariables, OfAStepSayWhoAndMeetOnItsFirstNode) {
  const auto place = place_with(step);

  ASSERT_TRUE(place);
  EXPECT_EQ(place->rank, 2);
  EXPECT_EQ(place->size, 4);
  EXPECT_EQ(place->host, "node3");
  EXPECT_EQ(place->port, 20000 + 7 * 1234);
}

TEST(RankVariables, OfABatchScriptMeanNothing) { EXPECT_FALSE(place_with(without(step, "SLURM_STEP_ID"))); }

TEST(RankVariables, OfAStepOfOneTaskMeanNothing) {
  EXPECT_FALSE(place_with(with(step, "SLURM_STEP_NUM_TASKS", "1")));
}

TEST(RankVariables, APlaceThatIsGivenCountsInAStep) {
  EXPECT_EQ(place_with(with(step, "MASTER_PORT", "30123"))->port, 30123);
  EXPECT_EQ(place_with(with(step, "MASTER_ADDR", "10.0.0.3"))->host, "10.0.0.3");
}

TEST(RankVariables, AListThatNamesNoMachineIsSaid) {
  EXPECT_THAT(refusal_of(with(step, "SLURM_STEP_NODELIST", "gone")),
              HasSubstr("`scontrol show hostnames gone` names no machine"));
}

}  // namespace
}  // namespace assay::launch
