#include "runner/engine/captured_passes.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::engine {
namespace {

using ::testing::IsEmpty;

/// On the CPU: recording does the work once to find its tensors; a replay does it again and writes into them.
class FakeGraph final : public DeviceGraph {
 public:
  FakeGraph(int& n_replays, bool fails) : n_replays_(n_replays), fails_(fails) {}
  void record(const std::function<void()>& work) override {
    work();
    if (fails_) throw std::runtime_error("operation not permitted when stream is capturing\nand more");
  }
  void replay() override { ++n_replays_; }

 private:
  int& n_replays_;
  bool fails_;
};

Batch batch_of(std::int64_t rows) {
  Batch batch;
  batch.inputs.set("x", at::zeros({rows, 2}));
  batch.ids.resize(static_cast<std::size_t>(rows));
  return batch;
}

struct Fixture {
  explicit Fixture(bool fails = false)
      : captured(std::make_unique<FakeGraph>(n_replays, fails), {weight},
                 [this](const std::string& why) { reasons.push_back(why); }) {}

  /// A step, with the gradients gone afterwards as the engine has it. Returns the gradient.
  at::Tensor step(const Batch& batch) {
    captured.run(batch, [&] {
      ++n_passes;
      weight.mutable_grad() = at::full({2}, 1.0 * n_passes);
      return Passed{};
    });
    at::Tensor gradient = weight.grad();
    weight.mutable_grad().reset();
    return gradient;
  }

  at::Tensor weight = at::zeros({2}).requires_grad_();
  int n_replays = 0;
  int n_passes = 0;
  std::vector<std::string> reasons;
  CapturedPasses captured;
};

TEST(CapturedPasses, AreRecordedAfterThreeAndReplayedFromThereOn) {
  Fixture made;
  const Batch batch = batch_of(4);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(made.step(batch).defined()) << i;
  EXPECT_EQ(made.n_passes, 4);  // three to warm up, one that was recorded
  EXPECT_EQ(made.n_replays, 3);
  EXPECT_THAT(made.reasons, IsEmpty());
}

TEST(CapturedPasses, GiveBackTheGradientsThatWereRecorded) {
  Fixture made;
  const Batch batch = batch_of(4);
  for (int i = 0; i < 4; ++i) made.step(batch);
  const at::Tensor first = made.step(batch), second = made.step(batch);
  EXPECT_TRUE(first.is_same(second));
  EXPECT_EQ(first[0].item<float>(), 4);
}

TEST(CapturedPasses, GoWithoutWhereABatchLiesElsewhereOrIsSmaller) {
  Fixture made;
  const Batch batch = batch_of(4);
  for (int i = 0; i < 4; ++i) made.step(batch);
  made.step(batch_of(4));
  made.step(batch_of(3));
  EXPECT_EQ(made.n_passes, 6);
  EXPECT_EQ(made.n_replays, 1);
}

TEST(CapturedPasses, ThatCannotBeRecordedSayWhyOnceAndGoOnWithout) {
  Fixture made(/*fails=*/true);
  const Batch batch = batch_of(4);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(made.step(batch).defined()) << i;
  ASSERT_EQ(made.reasons.size(), 1U);
  EXPECT_EQ(made.reasons.front(),
            "LibTorch could not record it: operation not permitted when stream is capturing");
  EXPECT_EQ(made.n_replays, 0);
}

}  // namespace
}  // namespace assay::engine
