#include "runner/engine/read_ahead.h"

#include <atomic>
#include <limits>
#include <memory>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/text.h"
#include "runner/engine/batches.h"
#include "tests/runner/engine/tiny.h"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// 1,000 rows that are read one by one: row r is {r, -r}.
class RowByRow final : public Dataset {
 public:
  RowByRow() {
    facts_.rows = 1000;
    facts_.columns = {{"x", Dtype::f32, {2}}};
  }
  const DatasetFacts& facts() const override { return facts_; }
  std::optional<ArrayView> column(std::size_t) const override { return std::nullopt; }
  void gather(std::size_t, std::span<const std::int64_t> rows, std::byte* out) const override {
    ++gathered;
    auto* values = reinterpret_cast<float*>(out);
    for (const std::int64_t row : rows) {
      if (row == broken_row) throw Error(Kind::data, text("x.png, row ", row, ": is cut off"));
      if (row >= first_unwanted) has_gone_too_far = true;
      *values++ = row == odd_row ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(row);
      *values++ = -static_cast<float>(row);
    }
  }

  std::int64_t broken_row = -1;
  std::int64_t odd_row = -1;
  std::atomic<std::int64_t> first_unwanted = 1000;
  mutable std::atomic<int> gathered = 0;  // calls
  mutable std::atomic<bool> has_gone_too_far = false;

 private:
  DatasetFacts facts_;
};

class Reading : public ::testing::Test {
 protected:
  Reading() {
    auto data = std::make_unique<RowByRow>();
    data_ = data.get();
    prepared_.dataset = std::move(data);
    prepared_.facts.inputs = {{"x", {{2}}}};
    prepared_.read_shapes = {{{2}}};
    prepared_.is_streamed = true;
    std::iota(rows_.begin(), rows_.end(), std::int64_t{0});
  }

  /// The first number of every row of a batch.
  static std::vector<float> first_of(const at::Tensor& x) {
    std::vector<float> out;
    for (std::int64_t i = 0; i < x.size(0); ++i) out.push_back(x.const_data_ptr<float>()[2 * i]);
    return out;
  }

  RowByRow* data_ = nullptr;
  Prepared prepared_;
  std::vector<std::int64_t> rows_ = std::vector<std::int64_t>(1000);
};

TEST_F(Reading, GivesEveryBatchInOrderWhateverTheNumberOfThreads) {
  for (const std::int64_t workers : {1, 2, 4, 9}) {
    ReadAhead reader(prepared_, {.batches = 3, .workers = workers}, /*pins=*/false);
    reader.start(rows_, 7);
    std::int64_t next = 0;
    for (int batch = 0; batch < 143; ++batch) {
      for (const float value : first_of(reader.next().at(0))) ASSERT_EQ(value, static_cast<float>(next++));
    }
    EXPECT_EQ(next, 1000) << workers;
  }
}

TEST_F(Reading, LeavesABatchAsItIsUntilTheNextIsAskedFor) {
  ReadAhead reader(prepared_, {.batches = 2, .workers = 4}, /*pins=*/false);
  reader.start(rows_, 2);

  const std::vector<at::Tensor>& first = reader.next();
  while (data_->gathered < 3) std::this_thread::yield();  // all that may be read beside it

  EXPECT_THAT(first_of(first.at(0)), ElementsAre(0, 1));
}

TEST_F(Reading, GoesNoFurtherAheadThanItWasTold) {
  ReadAhead reader(prepared_, {.batches = 2, .workers = 4}, /*pins=*/false);
  data_->first_unwanted = 30;  // asked for batch 0: 0, 1 and 2 may be read
  reader.start(rows_, 10);
  for (std::int64_t batch = 0; batch < 100; ++batch) {
    data_->first_unwanted = (batch + 3) * 10;
    reader.next();
  }
  EXPECT_FALSE(data_->has_gone_too_far);
}

TEST_F(Reading, FailsAtTheBatchThatCannotBeReadAndNotBefore) {
  data_->broken_row = 25;
  ReadAhead reader(prepared_, {.batches = 4, .workers = 4}, /*pins=*/false);
  reader.start(rows_, 10);

  EXPECT_THAT(first_of(reader.next().at(0)).front(), 0);
  EXPECT_THAT(first_of(reader.next().at(0)).front(), 10);
  try {
    reader.next();
    FAIL() << "batch 2 was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::data);
    EXPECT_THAT(error.what(), HasSubstr("x.png, row 25: is cut off"));
  }
}

TEST_F(Reading, NamesTheRowThatHoldsNoNumber) {
  data_->odd_row = 12;
  ReadAhead reader(prepared_, {}, /*pins=*/false);
  reader.start(rows_, 100);

  try {
    reader.next();
    FAIL() << "nan was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::data);
    EXPECT_THAT(error.what(), HasSubstr("holds nan in row 12 (from 0), column 'x', value 0"));
  }
}

TEST_F(Reading, EndsInTheMiddleOfAPassAndBeginsAgain) {
  ReadAhead reader(prepared_, {.batches = 2, .workers = 3}, /*pins=*/false);
  reader.start(rows_, 10);
  reader.next();
  reader.stop();
  EXPECT_FALSE(reader.is_running());

  reader.start(std::span(rows_).subspan(500), 10);

  EXPECT_EQ(first_of(reader.next().at(0)).front(), 500);
}

TEST_F(Reading, WorksForBatchesInAnyOrderOfRows) {
  const DeviceData data(prepared_, at::Device(at::kCPU));
  Batches batches(data, 2);
  batches.start({5, 1, 3});

  const Batch* first = batches.next();
  EXPECT_THAT(first->ids, ElementsAre(5, 1));
  EXPECT_THAT(first_of(first->inputs.get("x")), ElementsAre(5, 1));
  EXPECT_THAT(first_of(batches.next()->inputs.get("x")), ElementsAre(3));
  EXPECT_EQ(batches.next(), nullptr);
  batches.restart();
  EXPECT_THAT(first_of(batches.next()->inputs.get("x")), ElementsAre(5, 1));
}

TEST_F(Reading, GoesOnAtAnyBatch) {
  const DeviceData data(prepared_, at::Device(at::kCPU));
  Batches batches(data, 2);
  batches.start({6, 5, 4, 3, 2}, 2);

  EXPECT_THAT(first_of(batches.next()->inputs.get("x")), ElementsAre(2));
}

TEST_F(Reading, ReadsNoPartialBatchThatIsLeftOut) {
  const DeviceData data(prepared_, at::Device(at::kCPU));
  data_->first_unwanted = 4;
  Batches batches(data, 2, /*drops_last=*/true);
  batches.start({0, 1, 2, 3, 999});

  EXPECT_NE(batches.next(), nullptr);
  EXPECT_NE(batches.next(), nullptr);
  EXPECT_EQ(batches.next(), nullptr);
  batches.restart();
  EXPECT_FALSE(data_->has_gone_too_far);
}

// Rows 0 to 199 train; what is wrong with one of them is no fault of the run.
TEST(StreamedRun, EndsInTheWordsOfTheReaderAndTellsTheRecord) {
  testing::Tiny tiny;
  auto data = std::make_unique<RowByRow>();
  data->broken_row = 150;
  tiny.prepared.dataset = std::move(data);
  tiny.prepared.read_shapes = {{{2}}};
  tiny.prepared.inputs.clear();
  tiny.prepared.is_streamed = true;
  tiny.experiment.train.until = testing::until(1, Duration::Unit::epochs);

  try {
    tiny.train();
    FAIL() << "it was trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::data);
    EXPECT_THAT(error.what(), HasSubstr("x.png, row 150: is cut off"));
  }
  ASSERT_EQ(tiny.recorder.outcomes.size(), 1U);
  EXPECT_EQ(tiny.recorder.outcomes[0].status, Outcome::Status::failed);
  EXPECT_THAT(tiny.recorder.outcomes[0].message, HasSubstr("row 150"));
}

}  // namespace
}  // namespace assay::engine
