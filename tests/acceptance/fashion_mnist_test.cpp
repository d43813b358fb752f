#include <cstdlib>
#include <filesystem>

#include "tests/acceptance/training.h"

namespace assay::testing {
namespace {

TEST(FashionMnist, ThreeSeedsOfFiveEpochsReachEightyNinePointFivePercent) {
  const auto data = test_data("fashion-mnist");
  if (!data) GTEST_SKIP() << "fashion-mnist is neither in ASSAY_DATA nor in ../shared/data";
  setenv("ASSAY_DATA", std::filesystem::path(*data).parent_path().c_str(), 1);

  EXPECT_GE(mean_accuracy("configs/fashion_mnist.yaml", 3, /*limit_s=*/1200, /*timeout_s=*/1200), 0.895);
}

}  // namespace
}  // namespace assay::testing
