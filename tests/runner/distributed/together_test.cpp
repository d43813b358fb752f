// A run that several processes train is the run of one, but for the order in which sums are taken: with
// dropout on, uneven batches and metrics put together from parts. Experiments of components that ship.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "registry/contracts/engine.h"
#include "runner/config/load.h"
#include "runner/prepare/prepare.h"
#include "tests/runner/distributed/ranks_in_threads.h"
#include "tests/support/fake_recorder.h"
#include "tests/support/files.h"

extern "C" assay::Engine* assay_engine();

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Status = Outcome::Status;

/// What each rank recorded, and how it ended.
struct Trained {
  std::vector<FakeRecorder> recorders;
  std::vector<Outcome> outcomes;

  const FakeRecorder& first() const { return recorders.front(); }
};

/// Asks for the end of the run once the first step is done.
class StopAfterTheFirst final : public Listener {
 public:
  explicit StopAfterTheFirst(std::atomic<bool>& stop) : stop_(stop) {}
  void on(const Event& event) override {
    if (std::holds_alternative<StepDone>(event)) stop_ = true;
  }

 private:
  std::atomic<bool>& stop_;
};

/// On the digits that ship.
class Shared {
 public:
  explicit Shared(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
    const TemporaryFolder folder;
    ConfigRequest request;
    request.file = folder.write("run.yaml", yaml);
    request.overrides = overrides;
    request.shipped_presets = source_folder() + "/configs";
    config_ = load_config(request, registry_);
    std::vector<Problem> warnings;
    prepared_ = prepare(config_.experiment, parts_,
                        data_roots(config_.experiment, source_folder() + "/datasets/data"), warnings);
    load_tensor_families(parts_);
  }

  /// By so many ranks; 0: by one process alone.
  Trained train(int size, ResumePoint* resume = nullptr) {
    const auto n = static_cast<std::size_t>(std::max(1, size));
    Trained out{std::vector<FakeRecorder>(n), std::vector<Outcome>(n)};
    const auto train_one = [&](const RankPlace& place, const RankPlace* given) {
      const auto i = static_cast<std::size_t>(place.rank);
      FakeListener nobody;
      std::atomic<bool> stop = false;
      StopAfterTheFirst stopping(stop);
      Listener& listener = place.rank == stopped_rank ? static_cast<Listener&>(stopping) : nobody;
      TrainJob job{config_.experiment, prepared_, parts_, out.recorders[i], listener};
      job.stop = &stop;
      job.resume = place.rank == 0 ? resume : nullptr;
      job.place = given;
      job.is_fast = is_fast;
      out.outcomes[i] = std::unique_ptr<Engine>(assay_engine())->train(job);
    };
    if (size == 0) {
      train_one({}, nullptr);
    } else {
      in_each(places(size), [&](const RankPlace& place) { train_one(place, &place); });
    }
    for (const Outcome& outcome : out.outcomes) {
      EXPECT_EQ(outcome.status == Status::failed, fails) << outcome.message;
    }
    return out;
  }

  int stopped_rank = -1;  // of the one that is asked to stop; -1: none
  bool is_fast = false;
  bool fails = false;

 private:
  Registry registry_ = builtin_registry();
  Implementations parts_ = builtin_implementations();
  LoadedConfig config_;
  Prepared prepared_;
};

/// Every number of every row within a relative distance, and exactly where its name ends with one of these.
void expect_rows_near(const FakeRecorder& own, const FakeRecorder& whole, double bound,
                      const std::vector<std::string>& exact) {
  ASSERT_THAT(own.rows, SizeIs(whole.rows.size()));
  for (std::size_t i = 0; i < own.rows.size(); ++i) {
    const Row& a = own.rows[i];
    const Row& b = whole.rows[i];
    ASSERT_EQ(a.step, b.step);
    ASSERT_THAT(a.scalars, SizeIs(b.scalars.size()));
    for (std::size_t k = 0; k < a.scalars.size(); ++k) {
      const std::string& name = a.scalars[k].name;
      EXPECT_EQ(name, b.scalars[k].name);
      const bool is_exact = std::ranges::any_of(exact, [&](const auto& end) { return name.ends_with(end); });
      const double allowed = is_exact ? 0 : bound * std::max(1.0, std::abs(b.scalars[k].value));
      EXPECT_NEAR(a.scalars[k].value, b.scalars[k].value, allowed) << name << " at step " << a.step;
    }
  }
}

constexpr const char* mlp = R"(
assay: 1
dataset: {type: digits, transforms: [standardize]}
model: {type: mlp, hidden: [24, 16], dropout: 0.3}
optimizer: {type: adamw, lr: 3e-3}
schedule: {type: cosine, warmup: 15%}
train: {batch_size: 100, until: 2 epochs, log_every: 3 steps}
metrics: [accuracy, auroc, confusion_matrix, f1, calibration_error]
evaluate: {every: 1 epoch, batch_size: 64, test: best}
checkpoint: {every: 5 steps, keep_best: valid/accuracy}
)";

// Sums of f32 in another order: 26 steps of them.
constexpr double rounding = 2e-5;

TEST(Together, TwoRanksTrainAnMlpWithDropoutAsOneDoes) {
  Shared shared(mlp);
  const Trained alone = shared.train(0), both = shared.train(2);

  expect_rows_near(both.first(), alone.first(), rounding, {"valid/accuracy", "test/accuracy", "/lr"});
}

TEST(Together, ThreeRanksPartBatchesUnevenly) {
  Shared shared(mlp);
  const Trained alone = shared.train(0), all = shared.train(3);

  expect_rows_near(all.first(), alone.first(), rounding, {"valid/accuracy", "test/accuracy", "/lr"});
}

TEST(Together, AConfusionMatrixIsPutTogetherFromParts) {
  Shared shared(mlp);
  const Trained alone = shared.train(0), both = shared.train(2);

  ASSERT_THAT(both.first().arrays, SizeIs(alone.first().arrays.size()));
  for (std::size_t i = 0; i < both.first().arrays.size(); ++i) {
    const Array& own = both.first().arrays[i].values;
    const Array& whole = alone.first().arrays[i].values;
    for (std::int64_t k = 0; k < whole.count(); ++k) EXPECT_EQ(element(own, k), element(whole, k));
  }
}

// 1257 rows, 1256 of them in whole batches: of the last, rank 0 has the one row that is left.
TEST(Together, ABatchOfOneRowLeavesAnotherRankWithNone) {
  Shared shared(mlp, {"train.batch_size=157", "train.log_every=1 step"});
  const Trained alone = shared.train(0), both = shared.train(2);

  expect_rows_near(both.first(), alone.first(), rounding, {"valid/accuracy"});
}

TEST(Together, GradientsAreClippedPenalisedAveragedAndAccumulatedOnce) {
  Shared shared(mlp, {"train.clip={norm: 0.5}", "train.ema={decay: 0.9}", "train.accumulate=3",
                      "penalties=[{type: l2, match: '*weight', weight: 1e-3}]"});
  const Trained alone = shared.train(0), both = shared.train(2);

  expect_rows_near(both.first(), alone.first(), rounding, {"valid/accuracy"});
}

TEST(Together, AConvolutionalNetworkWithAugmentation) {
  Shared shared(R"(
assay: 1
dataset: {type: digits, transforms: [scale], augment: [{type: random_crop, padding: 1}]}
model:
  type: sequential
  layers:
    - {type: conv2d, channels: 4, padding: same}
    - relu
    - max_pool2d
    - flatten
    - {type: dropout, p: 0.2}
    - linear
optimizer: {type: sgd, lr: 0.05, momentum: 0.9}
train: {batch_size: 200, until: 2 epochs, log_every: 2 steps}
metrics: [accuracy]
)");
  const Trained alone = shared.train(0), both = shared.train(2);

  expect_rows_near(both.first(), alone.first(), rounding, {"valid/accuracy"});
}

// Tokens are counted, not rows: the sum is corrected by their number, which each knows of its part only.
TEST(Together, ACharacterTransformerWithDropout) {
  const TemporaryFolder folder;
  std::string letters;
  for (int i = 0; i < 600; ++i) letters += "to be or not to be, that is the question\n"[(i * i + 3 * i) % 41];
  const std::string file = folder.write("text.txt", letters);
  Shared shared(text("assay: 1\ndataset: {type: text, file: ", file, ", context: 12}\n", R"(
model: {type: gpt, with: {depth: 2, heads: 2, width: 16, dropout: 0.2}}
optimizer: {type: adamw, lr: 3e-3}
train: {batch_size: 25, until: 30 steps, log_every: 5 steps}
metrics: [accuracy, perplexity]
evaluate: {every: 10 steps, test: never}
)"));
  const Trained alone = shared.train(0), both = shared.train(2);

  expect_rows_near(both.first(), alone.first(), rounding, {"valid/accuracy"});
}

// Each part is normalised by itself, so numbers are others than one process's; the running means are rank
// 0's.
TEST(Together, BatchNormGoesOnFromItsCheckpointsToo) {
  Shared shared(R"(
assay: 1
dataset: {type: digits, transforms: [standardize]}
model: {type: sequential, layers: [flatten, {type: linear, units: 16}, batch_norm, relu, linear]}
optimizer: {type: sgd, lr: 0.05}
train: {batch_size: 100, until: 2 epochs, drop_last: true, log_every: 5 steps}
metrics: [accuracy]
evaluate: {every: 1 epoch, test: last}
checkpoint: {every: 10 steps}
)");
  const Trained whole = shared.train(2);
  ResumePoint resume;
  resume.state = whole.first().checkpoints.front().state;
  const Trained rest = shared.train(2, &resume);

  EXPECT_EQ(rest.first().checkpoints.back().arrays, whole.first().checkpoints.back().arrays);
  EXPECT_EQ(rest.first().rows.back(), whole.first().rows.back());
}

TEST(Together, TheSameNumberOfRanksGivesTheSameBits) {
  Shared shared(mlp);
  const Trained once = shared.train(2), again = shared.train(2);

  EXPECT_EQ(once.first().rows, again.first().rows);
  ASSERT_THAT(once.first().checkpoints, SizeIs(again.first().checkpoints.size()));
  for (std::size_t i = 0; i < once.first().checkpoints.size(); ++i) {
    EXPECT_EQ(once.first().checkpoints[i].arrays, again.first().checkpoints[i].arrays);
  }
}

TEST(Together, ACheckpointOfTwoGoesOnWithTwoBitForBit) {
  Shared shared(mlp);
  const Trained whole = shared.train(2);
  const std::vector<KeptCheckpoint>& kept = whole.first().checkpoints;
  for (std::size_t i = 0; i + 1 < kept.size(); ++i) {
    SCOPED_TRACE(text("from step ", kept[i].info.step));
    ResumePoint resume;
    resume.state = kept[i].state;
    for (std::size_t k = 0; k <= i; ++k) {
      if (kept[k].info.is_best) resume.best = kept[k].state;
    }
    const Trained rest = shared.train(2, &resume);

    const std::vector<Row> rows(whole.first().rows.begin() + static_cast<std::ptrdiff_t>(kept[i].rows),
                                whole.first().rows.end());
    EXPECT_EQ(rest.first().rows, rows);
    EXPECT_EQ(rest.first().checkpoints.back().arrays, kept.back().arrays);
  }
}

// What was seen since the last row is put together, and the rest is the same for any number.
TEST(Together, ACheckpointOfTwoGoesOnAloneWithinRounding) {
  Shared shared(mlp);
  const Trained whole = shared.train(2);
  const KeptCheckpoint& kept = whole.first().checkpoints.front();
  ResumePoint resume;
  resume.state = kept.state;
  const Trained rest = shared.train(0, &resume);

  FakeRecorder expected;
  expected.rows.assign(whole.first().rows.begin() + static_cast<std::ptrdiff_t>(kept.rows),
                       whole.first().rows.end());
  expect_rows_near(rest.first(), expected, rounding, {"valid/accuracy"});
}

TEST(Together, WhatOneRankIsAskedAllDo) {
  Shared shared(mlp);
  shared.stopped_rank = 1;

  const Trained both = shared.train(2);

  for (const Outcome& outcome : both.outcomes) {
    EXPECT_EQ(outcome.status, Status::stopped);
    EXPECT_EQ(outcome.step, 2);
  }
  EXPECT_THAT(both.first().checkpoints, SizeIs(1));
}

TEST(Together, ALossThatIsNoNumberEndsAllAtOneStep) {
  Shared shared(mlp, {"optimizer={type: sgd, lr: 1e30}"});
  shared.fails = true;

  const Trained both = shared.train(2);

  EXPECT_THAT(both.outcomes[0].message, HasSubstr("diverged: train/loss is"));
  EXPECT_EQ(both.outcomes[0].message, both.outcomes[1].message);
  EXPECT_EQ(both.outcomes[0].step, both.outcomes[1].step);
}

TEST(Together, AFastRunJudgesOneBatch) {
  Shared shared(mlp);
  shared.is_fast = true;
  const Trained alone = shared.train(0), both = shared.train(2);

  expect_rows_near(both.first(), alone.first(), rounding, {"valid/accuracy"});
}

}  // namespace
}  // namespace assay::testing
