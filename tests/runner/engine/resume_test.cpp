// A run that goes on from any of its checkpoints is the run that was never interrupted: every row, every
// later checkpoint and the outcome, bit for bit.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/engine.h"
#include "runner/config/load.h"
#include "runner/prepare/prepare.h"
#include "tests/support/fake_recorder.h"
#include "tests/support/files.h"

extern "C" assay::Engine* assay_engine();

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Status = Outcome::Status;

/// An experiment of components that ship, on the digits that ship: 1257 rows to train on.
class Shipped {
 public:
  explicit Shipped(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
    const TemporaryFolder folder;
    config_ = load_config({.file = folder.write("run.yaml", yaml), .overrides = overrides}, registry_);
    std::vector<Problem> warnings;
    prepared_ = prepare(config_.experiment, parts_,
                        data_roots(config_.experiment, source_folder() + "/datasets/data"), warnings);
    load_tensor_families(parts_);
  }

  Outcome train(Recorder& recorder, ResumePoint* resume = nullptr) {
    TrainJob job{config_.experiment, prepared_, parts_, recorder, listener};
    job.stop = &stop;
    job.resume = resume;
    return std::unique_ptr<Engine>(assay_engine())->train(job);
  }

  FakeListener listener;
  std::atomic<bool> stop = false;

 private:
  Registry registry_ = builtin_registry();
  Implementations parts_ = builtin_implementations();
  LoadedConfig config_;
  Prepared prepared_;
};

/// What a record gives back for a checkpoint.
ResumePoint resume_at(const FakeRecorder& recorder, std::size_t index) {
  ResumePoint point;
  const KeptCheckpoint& from = recorder.checkpoints.at(index);
  point.state = from.state;
  for (std::size_t i = 0; i <= index; ++i) {
    if (recorder.checkpoints[i].info.is_best) point.best = recorder.checkpoints[i].state;
  }
  for (std::size_t i = 0; i < from.rows; ++i) {
    for (const Scalar& scalar : recorder.rows[i].scalars) {
      const auto known = std::find_if(point.latest.begin(), point.latest.end(),
                                      [&](const Scalar& other) { return other.name == scalar.name; });
      if (known == point.latest.end()) {
        point.latest.push_back(scalar);
      } else {
        known->value = scalar.value;
      }
    }
  }
  return point;
}

bool is_same(const Outcome& a, const Outcome& b) {
  return a.status == b.status && a.message == b.message && a.step == b.step && a.epoch == b.epoch &&
         Row{0, 0, a.metrics} == Row{0, 0, b.metrics};
}

/// Names of the arrays that differ, for a failed test to say.
std::vector<std::string> differing(const KeptCheckpoint& a, const KeptCheckpoint& b) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : a.arrays) {
    if (!b.arrays.contains(name) || b.arrays.at(name) != bytes) names.push_back(name);
  }
  for (const auto& [name, bytes] : b.arrays) {
    if (!a.arrays.contains(name)) names.push_back(name);
  }
  return names;
}

void expect_the_rest(const FakeRecorder& rest, const FakeRecorder& whole, std::size_t from) {
  const KeptCheckpoint& checkpoint = whole.checkpoints[from];
  const std::vector<Row> rows(whole.rows.begin() + static_cast<std::ptrdiff_t>(checkpoint.rows),
                              whole.rows.end());
  EXPECT_EQ(rest.rows, rows);
  // A run that was over saves its last checkpoint once more.
  const std::size_t first = std::min(from + 1, whole.checkpoints.size() - 1);
  ASSERT_THAT(rest.checkpoints, SizeIs(whole.checkpoints.size() - first));
  for (std::size_t i = 0; i < rest.checkpoints.size(); ++i) {
    EXPECT_THAT(differing(rest.checkpoints[i], whole.checkpoints[first + i]), ElementsAre())
        << "after step " << rest.checkpoints[i].info.step;
  }
  EXPECT_TRUE(is_same(rest.outcomes.at(0), whole.outcomes.at(0)));
}

/// yaml saves at every step.
void expect_it_goes_on_from_every_step(const std::string& yaml) {
  Shipped shipped(yaml);
  FakeRecorder whole;
  const Outcome outcome = shipped.train(whole);
  ASSERT_EQ(outcome.status, Status::finished) << outcome.message;
  ASSERT_THAT(whole.checkpoints, SizeIs(outcome.step));

  for (std::size_t i = 0; i < whole.checkpoints.size(); ++i) {
    SCOPED_TRACE(text("from step ", whole.checkpoints[i].info.step));
    ResumePoint resume = resume_at(whole, i);
    FakeRecorder rest;

    shipped.train(rest, &resume);

    expect_the_rest(rest, whole, i);
    if (::testing::Test::HasFailure()) return;
  }
}

constexpr const char* mlp = R"(
assay: 1
dataset: {type: digits, transforms: [standardize]}
model: {type: mlp, hidden: [24, 16], dropout: 0.3}
optimizer: {type: adamw, lr: 3e-3}
schedule: {type: cosine, warmup: 15%}
train: {batch_size: 300, until: 4 epochs, log_every: 3 steps}
metrics: [accuracy]
evaluate: {every: 4 steps, test: best}
checkpoint: {every: 1 step, keep_best: valid/accuracy}
)";

TEST(Resume, OfAnMlpWithDropoutAndTheBestWeightsTested) { expect_it_goes_on_from_every_step(mlp); }

TEST(Resume, OfANetworkWithBatchNormThatDropsLastBatches) {
  expect_it_goes_on_from_every_step(R"(
assay: 1
seed: 3
dataset: {type: digits, transforms: [standardize]}
model:
  type: sequential
  layers:
    - {type: conv2d, channels: 4, padding: same}
    - batch_norm2d
    - relu
    - max_pool2d
    - flatten
    - {type: linear, units: 16}
    - batch_norm2d
    - {type: dropout, p: 0.2}
    - linear
optimizer: {type: sgd, lr: 0.05, momentum: 0.9, nesterov: true}
train: {batch_size: 250, until: 3 epochs, drop_last: true, log_every: 1 epoch}
metrics: [accuracy]
checkpoint: {every: 1 step}
)");
}

TEST(Resume, OfAConvolutionalNetworkThatIsEvaluatedAtTheEnd) {
  expect_it_goes_on_from_every_step(R"(
assay: 1
dataset: {type: digits, transforms: [scale, standardize]}
model: {type: sequential, layers: [{type: conv2d, channels: 6}, relu, flatten, linear]}
optimizer: {type: adam, lr: 1e-3}
train: {batch_size: 500, until: 9 steps, shuffle: false, log_every: 2500 samples}
evaluate: {every: end, test: last}
checkpoint: {every: 1 step}
)");
}

TEST(Resume, OfARecurrentNetworkWithDropoutBetweenItsLayers) {
  expect_it_goes_on_from_every_step(R"(
assay: 1
seed: 5
dataset: {type: digits, transforms: [standardize]}
model:
  type: sequential
  layers: [{type: reshape, shape: [8, 8]}, {type: lstm, units: 12, layers: 2, dropout: 0.2, output: last}, linear]
optimizer: {type: adam, lr: 3e-3}
schedule: {type: cosine, warmup: 4 steps}
train: {batch_size: 400, until: 3 epochs, log_every: 5 steps}
metrics: [accuracy]
checkpoint: {every: 1 step, keep_best: valid/loss}
)");
}

// 13 batches an epoch, of which at most 4 are read or in use.
constexpr const char* augmented = R"(
assay: 1
dataset:
  type: digits
  transforms: [scale]
  augment: [{type: random_crop, padding: 1}, horizontal_flip, {type: cutout, size: 2}]
  in_memory: never
  prefetch: 3
  workers: 2
model:
  type: sequential
  layers: [{type: conv2d, channels: 4, padding: same}, batch_norm2d, relu, max_pool2d, flatten, linear]
optimizer: {type: adam, lr: 3e-3}
train: {batch_size: 100, until: 2 epochs, log_every: 4 steps}
metrics: [accuracy]
evaluate: {every: 5 steps, batch_size: 60, test: best}
checkpoint: {every: 1 step, keep_best: valid/accuracy}
)";

TEST(Resume, OfAConvolutionalNetworkOnAugmentedDataThatAreReadAhead) {
  expect_it_goes_on_from_every_step(augmented);
}

TEST(ReadAheadRun, IsTheSameWithAnyNumberOfWorkersAndInMemory) {
  FakeRecorder in_memory;
  Shipped(augmented, {"dataset.in_memory=always"}).train(in_memory);
  for (const char* workers : {"1", "2", "4"}) {
    SCOPED_TRACE(workers);
    FakeRecorder streamed;
    Shipped(augmented, {text("dataset.workers=", workers)}).train(streamed);

    EXPECT_EQ(streamed.rows, in_memory.rows);
    ASSERT_THAT(streamed.checkpoints, SizeIs(in_memory.checkpoints.size()));
    EXPECT_THAT(differing(streamed.checkpoints.back(), in_memory.checkpoints.back()), ElementsAre());
  }
}

TEST(ReadAheadRun, DiffersFromOneThatIsNotAugmented) {
  FakeRecorder with, without;
  Shipped(augmented).train(with);
  Shipped(augmented, {"dataset.augment=[]"}).train(without);

  EXPECT_NE(with.rows, without.rows);
}

TEST(ReadAheadRun, LeavesNoThreadBehind) {
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task"), end;
    return std::distance(tasks, end);
  };
  Shipped shipped(augmented, {"dataset.workers=4"});
  FakeRecorder stopped;
  shipped.train(stopped);  // LibTorch may start threads of its own, once
  const auto before = threads();

  shipped.stop = true;
  EXPECT_EQ(shipped.train(stopped).status, Status::stopped);

  EXPECT_EQ(threads(), before);
}

TEST(Resume, OfASmallTransformerWithParameterGroups) {
  expect_it_goes_on_from_every_step(R"(
assay: 1
dataset: {type: digits, transforms: [standardize]}
model:
  type: sequential
  layers:
    - {type: reshape, shape: [8, 8]}
    - learned_positions
    - {type: transformer_block, heads: 2, causal: true, dropout: 0.1}
    - mean
    - linear
optimizer:
  type: adamw
  lr: 2e-3
  groups: [{match: ["*bias", "*norm*"], weight_decay: 0}]
train: {batch_size: 400, until: 2500 samples, log_every: 2 steps}
evaluate: {every: 3 steps, test: best}
checkpoint: {every: 1 step, keep_best: valid/accuracy}
metrics: [accuracy]
)");
}

TEST(Resume, OfEverythingThatAStepCanBeAskedFor) {
  expect_it_goes_on_from_every_step(R"(
assay: 1
dataset: {type: digits, transforms: [standardize]}
model: {type: mlp, hidden: [24, 16], dropout: 0.3}
optimizer: {type: adamw, lr: 3e-3}
schedule: {type: cosine, warmup: 15%}
penalties: [{type: l2, match: "*weight", weight: 1e-3, divide_by: batch}]
train:
  batch_size: 300
  until: 4 epochs
  log_every: 3 steps
  accumulate: 3
  precision: bf16
  clip: {norm: 0.5}
  ema: {decay: 0.9, every: 2, warmup: true}
  freeze: [{match: "layers.0.*", until: 1.4 epochs}]
metrics: [accuracy]
evaluate: {every: 4 steps, test: best}
checkpoint: {every: 1 step, keep_best: valid/accuracy}
)");
}

TEST(Resume, OfARunThatStopsEarly) {
  expect_it_goes_on_from_every_step(R"(
assay: 1
dataset: {type: digits, transforms: [standardize]}
model: {type: mlp, hidden: [8]}
optimizer: {type: sgd, lr: 2}
train: {batch_size: 200, until: 50 epochs, log_every: 2 steps}
evaluate: {every: 2 steps}
checkpoint: {every: 1 step, keep_best: valid/loss}
observers: [{type: early_stop, metric: valid/loss, patience: 3}]
)");
}

TEST(Resume, AfterASignalAtAnyStepIsTheUninterruptedRun) {
  const std::string yaml = std::string(mlp);
  FakeRecorder whole;
  Shipped(yaml, {"checkpoint.every=end"}).train(whole);

  for (std::int64_t at = 1; at < whole.outcomes.at(0).step; ++at) {
    Shipped shipped(yaml, {"checkpoint.every=end"});
    FakeRecorder first, rest;
    shipped.listener.then = [&](const Event& event) {
      const auto* done = std::get_if<StepDone>(&event);
      if (done != nullptr && done->step == at) shipped.stop = true;
    };
    ASSERT_EQ(shipped.train(first).status, Status::stopped);
    shipped.stop = false;
    ResumePoint resume = resume_at(first, first.checkpoints.size() - 1);

    shipped.train(rest, &resume);

    std::vector<Row> rows = first.rows;
    rows.insert(rows.end(), rest.rows.begin(), rest.rows.end());
    EXPECT_EQ(rows, whole.rows) << "stopped after step " << at;
    EXPECT_THAT(differing(rest.checkpoints.back(), whole.checkpoints.back()), ElementsAre());
  }
}

TEST(Resume, CountsTheTimeBefore) {
  Shipped shipped(mlp, {"train.until=1000 s", "schedule=constant"});
  FakeRecorder first, rest;
  shipped.listener.then = [&](const Event& event) {
    if (std::holds_alternative<StepDone>(event)) shipped.stop = true;
  };
  shipped.train(first);
  shipped.stop = false;
  shipped.listener.then = nullptr;
  ResumePoint resume = resume_at(first, 0);
  resume.seconds = 1000;

  const Outcome outcome = shipped.train(rest, &resume);

  EXPECT_EQ(outcome.status, Status::finished);
  EXPECT_EQ(outcome.step, 1);
  EXPECT_GE(outcome.seconds, 1000);
}

/// The problems of going on from a checkpoint of `mlp` that was changed.
template <class Change>
std::string problem_after(Change change) {
  Shipped shipped(mlp);
  FakeRecorder whole, rest;
  shipped.train(whole);
  ResumePoint resume = resume_at(whole, 5);  // of step 6; the best is of step 4
  change(resume);
  try {
    shipped.train(rest, &resume);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::store);
    return error.what();
  }
  return "no error";
}

StateEntry& entry(State& state, std::string_view name) {
  return *std::find_if(state.begin(), state.end(), [&](const StateEntry& one) { return one.name == name; });
}

TEST(Resume, RefusesAStateThatLacksSomething) {
  const std::string problem = problem_after([](ResumePoint& point) {
    std::erase_if(point.state, [](const StateEntry& one) { return one.name == "model/layers.0.bias"; });
  });

  EXPECT_THAT(problem, HasSubstr("layers.0.bias"));
}

TEST(Resume, RefusesAStateThatHoldsMore) {
  const std::string problem =
      problem_after([](ResumePoint& point) { StateWriter(point.state).integer("scaler/steps", 1); });

  EXPECT_THAT(problem, HasSubstr("the checkpoint has scaler/steps, which this run does not know"));
}

TEST(Resume, RefusesAnotherShape) {
  const std::string problem = problem_after([](ResumePoint& point) {
    ArrayView& view = entry(point.state, "model/layers.0.bias").view;
    view.shape = {view.shape.front() / 2};
  });

  EXPECT_THAT(problem, HasSubstr("layers.0.bias"));
}

TEST(Resume, RefusesDataThatAreTransformedDifferently) {
  const std::string problem = problem_after([](ResumePoint& point) {
    for (StateEntry& one : point.state) {
      if (!one.name.starts_with("transforms/0/")) continue;
      Array other = Array::copy_of(one.view);
      other.data()[0] ^= std::byte{1};
      State changed;
      StateWriter(changed).array(one.name, other);
      one = changed.front();
      return;
    }
  });

  EXPECT_THAT(problem, HasSubstr("the checkpoint's transforms/0/"));
  EXPECT_THAT(problem, HasSubstr("has other values than this run has after loading it"));
}

TEST(Resume, NeedsTheBestWeightsThatItMayHaveToTest) {
  const std::string problem = problem_after([](ResumePoint& point) { point.best.clear(); });

  EXPECT_THAT(problem, HasSubstr("the checkpoint with the best weights, of step 4, is missing"));
}

}  // namespace
}  // namespace assay::testing
