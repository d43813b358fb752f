#include "runner/prepare/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/text.h"
#include "runner/prepare/host_memory.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using preparing::check_memory;
using preparing::estimate_memory;
using preparing::host_memory;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t mib = std::int64_t{1} << 20U;

/// A model [4] -> linear [1000] -> relu -> linear [3] of 7,003 weights and a running mean of 8 bytes, trained
/// by an optimizer that keeps two numbers for each weight.
class Memory : public ::testing::Test {
 protected:
  Memory() {
    experiment.device = "cpu";
    experiment.dataset = bound<Dataset>(R"({"type": "digits"})");
    experiment.model = bound<Model>(R"({"type": "mlp"})");
    experiment.train.batch_size = 8;
    experiment.evaluate.batch_size = 2;
    prepared.dataset = std::make_unique<FakeDataset>(FakeDataset(
        Array(Dtype::f32, {12, 4}), Array(Dtype::i64, {12}), {Task::Kind::classification, 3, {}}));
    prepared.facts.inputs = {{"x", {{4}}}};
    prepared.inputs.push_back(Array(Dtype::f32, {12, 4}));
    prepared.target = Array(Dtype::i64, {12});
    prepared.rows.train.resize(10);
    prepared.rows.valid.resize(2);
    prepared.tensors = {
        {"a.weight", {1000, 4}}, {"b.weight", {3, 1000}}, {"b.bias", {3}}, {"mean", {2}, Dtype::f32, true}};
    prepared.layers = {{"a", "linear", {{4}}, {{1000}}, 4000},
                       {"act", "relu", {{1000}}, {{1000}}, 0},
                       {"b", "linear", {{1000}}, {{3}}, 3003}};
    prepared.groups.push_back({{{}, Json::map(), 2}, {"a.weight", "b.weight", "b.bias"}, {}, 7003});
  }

  MemoryEstimate estimate() { return prepared.memory = estimate_memory(experiment, prepared); }
  /// What is found with this many bytes, problems and warnings in one list.
  std::vector<Problem> found(std::optional<std::int64_t> available) {
    estimate();
    std::vector<Problem> problems;
    check_memory(experiment, prepared, available, problems, problems);
    return problems;
  }

  Experiment experiment;
  Prepared prepared;
};

TEST_F(Memory, CountsWeightsTheirGradientsAndWhatTheOptimizerKeeps) {
  const MemoryEstimate memory = estimate();

  EXPECT_TRUE(memory.is_known);
  EXPECT_EQ(memory.parameters, 7003 * 4 + 8);
  EXPECT_EQ(memory.gradients, 7003 * 4);
  EXPECT_EQ(memory.optimizer_state, 2 * 7003 * 4);
  EXPECT_EQ(memory.checkpoint, 7003 * 4 + 8 + 2 * 7003 * 4);
}

TEST_F(Memory, TheBestWeightsAreASecondCopy) {
  experiment.checkpoint.keep_best = "valid/loss";
  EXPECT_EQ(estimate().parameters, 2 * (7003 * 4 + 8));
}

TEST_F(Memory, ActivationsAreInputsOutputsAndTheLargestLayersGradients) {
  EXPECT_EQ(estimate().activations, 8 * 4 * (4 + 2003 + 2000));
}

TEST_F(Memory, ABatchIsNoLargerThanItsSplit) {
  experiment.train.batch_size = 1'000'000;
  EXPECT_EQ(estimate().activations, 10 * 4 * (4 + 2003 + 2000));
}

TEST_F(Memory, EvaluationKeepsOneLayerAtATime) {
  experiment.train.batch_size = 1;
  experiment.evaluate.batch_size = 100;
  prepared.rows.test.resize(50);
  EXPECT_EQ(estimate().activations, 50 * 4 * (4 + 2000));
}

TEST_F(Memory, ALayerWithPartsIsCountedByThem) {
  prepared.layers.insert(prepared.layers.begin(), {"block", "block", {{4}}, {{1000}}, 4000, 0});
  prepared.layers[1].depth = 1;
  EXPECT_EQ(estimate().activations, 8 * 4 * (4 + 2003 + 2000));
}

TEST_F(Memory, DataIsHeldAsReadAndAsPrepared) { EXPECT_EQ(estimate().data, 2 * (12 * 4 * 4 + 12 * 8)); }

TEST_F(Memory, AnOptimizerThatDoesNotSayWhatItKeepsLeavesTheEstimateUnknown) {
  prepared.groups.front().outline.state_per_weight.reset();
  EXPECT_FALSE(estimate().is_known);
}

TEST_F(Memory, WhereThereIsEnoughNothingIsSaid) {
  EXPECT_THAT(found(10'000 * mib), IsEmpty());
  EXPECT_THAT(found(std::nullopt), IsEmpty());
}

TEST_F(Memory, TooLargeABatchSaysWhichWouldFit) {
  experiment.train.batch_size = 100'000;
  prepared.rows.train.resize(100'000);

  const auto problems = found(1024 * mib);

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_FALSE(problems[0].is_warning);
  EXPECT_EQ(problems[0].path, "train.batch_size");
  EXPECT_THAT(problems[0].message,
              HasSubstr("is 100000, with which training takes about 1.6 GiB of memory, "
                        "more than the 1.0 GiB there are (activations 1.5 GiB, program "));
  EXPECT_EQ(problems[0].hint, "lower it: 32768 would fit");
}

TEST_F(Memory, TooLargeABatchOfEvaluationIsThatOfEvaluation) {
  experiment.evaluate.batch_size = 200'000;
  prepared.rows.test.resize(200'000);

  const auto problems = found(1024 * mib);

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "evaluate.batch_size");
}

TEST_F(Memory, TooLargeAModelSaysSo) {
  prepared.tensors.front().shape = {1000, 100'000};
  prepared.groups.front().weights = 100'003'003;

  const auto problems = found(1024 * mib);

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "model");
  EXPECT_THAT(problems[0].message, HasSubstr("(mlp) is so large that training takes about "));
  EXPECT_THAT(problems[0].hint, HasSubstr("make the model smaller"));
}

TEST_F(Memory, NearlyAllIsAWarning) {
  const auto problems = found(estimate().total() * 10 / 9);

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_TRUE(problems[0].is_warning);
  EXPECT_THAT(problems[0].message, HasSubstr("nearly all of the"));
}

TEST_F(Memory, WhatLiesOnAGpuIsNotComparedWithTheHost) {
  experiment.device = "cuda:1";
  prepared.tensors.front().shape = {1000, 10'000};

  EXPECT_THAT(found(1024 * mib), IsEmpty());
  EXPECT_FALSE(prepared.memory.is_on_host);
}

// ---- What the host has

/// Files as Linux has them below `root`.
class HostMemory : public ::testing::Test {
 protected:
  HostMemory() {
    folder_.write("proc/meminfo", "MemTotal:       24000 kB\nMemFree:  100 kB\nMemAvailable:    20000 kB\n");
    folder_.write("proc/self/statm", "500 10 3 1 0 20 0\n");
  }
  /// Without what the process itself holds.
  std::optional<std::int64_t> left() const {
    const auto all = host_memory(folder_.path());
    return all ? std::optional(*all - 10 * sysconf(_SC_PAGESIZE)) : all;
  }

  TemporaryFolder folder_;
};

TEST_F(HostMemory, IsWhatTheMachineHasAvailable) { EXPECT_EQ(left(), 20'000 * 1024); }

TEST_F(HostMemory, IsUnknownWhereTheSystemSaysNothing) {
  const TemporaryFolder empty;
  EXPECT_EQ(host_memory(empty.path()), std::nullopt);
}

TEST_F(HostMemory, AGroupOfVersion2MayLeaveLess) {
  folder_.write("proc/self/cgroup", "0::/user/job\n");
  folder_.write("sys/fs/cgroup/user/job/memory.max", "max\n");
  folder_.write("sys/fs/cgroup/user/job/memory.current", "700\n");
  folder_.write("sys/fs/cgroup/user/memory.max", "10000\n");
  folder_.write("sys/fs/cgroup/user/memory.current", "7000\n");
  folder_.write("sys/fs/cgroup/user/memory.stat", "anon 5000\ninactive_file 400\n");
  EXPECT_EQ(left(), 10'000 - 7000 + 400);
}

TEST_F(HostMemory, AGroupOfVersion1MayLeaveLess) {
  folder_.write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/slurm/job\n");
  folder_.write("sys/fs/cgroup/memory/slurm/job/memory.limit_in_bytes", "10000\n");
  folder_.write("sys/fs/cgroup/memory/slurm/job/memory.usage_in_bytes", "9000\n");
  EXPECT_EQ(left(), 1000);
}

TEST_F(HostMemory, InAContainerTheGroupIsTheRoot) {
  folder_.write("proc/self/cgroup", "0::/docker/1f2e3d\n");
  folder_.write("sys/fs/cgroup/memory.max", "10000\n");
  folder_.write("sys/fs/cgroup/memory.current", "4000\n");
  EXPECT_EQ(left(), 6000);
}

TEST_F(HostMemory, NoLimitIsTheMachines) {
  folder_.write("proc/self/cgroup", "0::/\n");
  folder_.write("sys/fs/cgroup/memory.max", "max\n");
  EXPECT_EQ(left(), 20'000 * 1024);
}

TEST(HostMemoryHere, IsKnownAndSomeMegabytes) {
  const auto here = host_memory();
  if (!here) GTEST_SKIP() << "the system does not say";
  EXPECT_GT(*here, mib);
}

}  // namespace
}  // namespace assay::testing
