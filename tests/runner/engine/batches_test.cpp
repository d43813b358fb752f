#include "runner/engine/batches.h"

#include <optional>

#include <gmock/gmock.h>

#include "tests/runner/engine/tiny.h"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;

// Rows 0 to 6, x = 10 times the row.
class Rows : public ::testing::Test {
 protected:
  Rows() {
    tiny_.use_values({0, 10, 20, 30, 40, 50, 60}, 7);
    data_.emplace(tiny_.prepared, at::Device(at::kCPU));
  }
  static std::vector<float> values(const Batch& batch) {
    const at::Tensor& x = batch.inputs.get("x");
    return {x.const_data_ptr<float>(), x.const_data_ptr<float>() + x.numel()};
  }

  testing::Tiny tiny_;
  std::optional<DeviceData> data_;
};

TEST_F(Rows, ComeInTheGivenOrderAndKeepTheirGlobalNumbers) {
  Batches batches(*data_, 2);
  batches.start({5, 1, 3});

  const Batch* first = batches.next();
  EXPECT_THAT(first->ids, ElementsAre(5, 1));
  EXPECT_THAT(values(*first), ElementsAre(50, 10));
  const Batch* second = batches.next();
  EXPECT_THAT(second->ids, ElementsAre(3));
  EXPECT_EQ(second->inputs.get("x").sizes(), (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(second->target.size(0), 1);
  EXPECT_EQ(batches.next(), nullptr);
}

TEST_F(Rows, OfAPartialBatchMayBeLeftOut) {
  Batches batches(*data_, 2, /*drops_last=*/true);
  batches.start({5, 1, 3});

  EXPECT_NE(batches.next(), nullptr);
  EXPECT_EQ(batches.next(), nullptr);
}

TEST_F(Rows, GoOnAtAnyBatch) {
  Batches batches(*data_, 2);
  batches.start({6, 5, 4, 3, 2}, 2);

  EXPECT_THAT(batches.next()->ids, ElementsAre(2));
}

TEST_F(Rows, AreGatheredIntoTheSameMemoryAgain) {
  Batches batches(*data_, 3);
  batches.start({0, 1, 2, 3, 4});

  const void* first = batches.next()->inputs.get("x").const_data_ptr();
  EXPECT_EQ(batches.next()->inputs.get("x").const_data_ptr(), first);
}

TEST_F(Rows, TakeNoMoreMemoryThanThereAre) {
  Batches batches(*data_, std::int64_t{1} << 50);
  batches.start({0, 1, 2});

  EXPECT_EQ(batches.next()->size(), 3);
  batches.restart();
  EXPECT_THAT(values(*batches.next()), ElementsAre(0, 10, 20));
}

TEST(WindowRows, AreGatheredFromTheSeriesWithoutACopyOfAll) {
  testing::Tiny tiny;
  tiny.prepared.facts.inputs = {{"x", {{3}, Dtype::i64}}};
  tiny.prepared.windows =
      Windows{.series = Array::of<std::int64_t>({0, 10, 20, 30, 40, 50, 60}), .length = 3};
  const DeviceData data(tiny.prepared, at::Device(at::kCPU));
  Batches batches(data, 2);
  batches.start({3, 0});

  const Batch* batch = batches.next();

  const auto numbers = [](const at::Tensor& t) {
    return std::vector<std::int64_t>(t.const_data_ptr<std::int64_t>(),
                                     t.const_data_ptr<std::int64_t>() + t.numel());
  };
  EXPECT_THAT(numbers(batch->inputs.get("x")), ElementsAre(30, 40, 50, 0, 10, 20));
  EXPECT_THAT(numbers(batch->target), ElementsAre(40, 50, 60, 10, 20, 30));
  EXPECT_EQ(data.target.storage().data(), data.inputs.front().second.storage().data());
}

}  // namespace
}  // namespace assay::engine
