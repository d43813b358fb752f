#include "runner/prepare/streaming.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"

namespace assay::testing {
namespace {

using preparing::is_streamed;
using preparing::read_ahead_bytes;

constexpr std::int64_t mib = std::int64_t{1} << 20U;

/// Says that it has a million rows, in memory or not.
class Large final : public Dataset {
 public:
  explicit Large(bool lies_in_memory) : lies_in_memory_(lies_in_memory) {
    facts_.rows = 1'000'000;
    facts_.columns = {{"x", Dtype::u8, {1000}}};
  }
  const DatasetFacts& facts() const override { return facts_; }
  std::optional<ArrayView> column(std::size_t) const override {
    return lies_in_memory_ ? std::optional(ArrayView{}) : std::nullopt;
  }

 private:
  bool lies_in_memory_;
  DatasetFacts facts_;
};

/// A million rows of so many bytes.
std::vector<Shape> rows_of(std::int64_t bytes) { return {{{bytes / 4}}}; }

TEST(Streaming, IsWhatTheConfigSays) {
  EXPECT_TRUE(is_streamed("never", Large(true), rows_of(4), 1000 * mib));
  EXPECT_FALSE(is_streamed("always", Large(false), rows_of(4000), 1000 * mib));
}

TEST(Streaming, IsForWhatTakesMoreThanHalfOfTheMemory) {
  EXPECT_FALSE(is_streamed("auto", Large(true), rows_of(400), 1000 * mib));
  EXPECT_TRUE(is_streamed("auto", Large(true), rows_of(600), 1000 * mib));
}

TEST(Streaming, IsForManyRowsOfFilesThatWouldBeReadBeforeTheStart) {
  EXPECT_FALSE(is_streamed("auto", Large(false), rows_of(1000), 100'000 * mib));
  EXPECT_TRUE(is_streamed("auto", Large(false), rows_of(1100), 100'000 * mib));
  EXPECT_FALSE(is_streamed("auto", Large(true), rows_of(1100), 100'000 * mib));
}

TEST(Streaming, LeavesDataInMemoryWhereNobodySaysHowMuchThereIs) {
  EXPECT_FALSE(is_streamed("auto", Large(true), rows_of(4000), std::nullopt));
}

TEST(Streaming, TakesTheBatchesThatAreReadAhead) {
  Experiment experiment;
  experiment.dataset = bound<Dataset>(R"({"type": "digits", "prefetch": 3, "workers": 2})");
  experiment.train.batch_size = 10;
  experiment.evaluate.batch_size = 100;
  Prepared prepared;
  prepared.dataset = std::make_unique<Large>(false);
  prepared.facts.inputs = {{"x", {{1000}}}};
  prepared.read_shapes = rows_of(4000);
  prepared.rows.train.resize(50);
  prepared.rows.valid.resize(5);

  // Four places of 4,000 bytes a row, and two threads that hold a row of 1,000 and one of 4,000.
  EXPECT_EQ(read_ahead_bytes(experiment, prepared), (10 + 5) * (4 * 4000 + 2 * 5000));
}

}  // namespace
}  // namespace assay::testing
