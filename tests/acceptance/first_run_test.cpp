#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>

#include "core/io/h5.h"
#include "tests/acceptance/training.h"

namespace assay::testing {
namespace {

// The limit of ten seconds a run is for a quiet machine; twice that leaves room for whatever else runs on a
// shared one.
TEST(Digits, TenSeedsReachNinetySevenPercent) {
  EXPECT_GE(mean_accuracy("configs/digits.yaml", 10, /*limit_s=*/20, /*timeout_s=*/60), 0.97);
}

void expect_equal_datasets(const h5::Reader& a, const h5::Reader& b, const std::string& group) {
  const std::vector<std::string> paths = a.datasets(group);
  ASSERT_FALSE(paths.empty()) << group;
  ASSERT_EQ(paths, b.datasets(group));
  for (const std::string& path : paths) {
    if (group == "config") {
      EXPECT_EQ(a.text(path), b.text(path)) << path;
      continue;
    }
    const Array left = a.array(path), right = b.array(path);
    ASSERT_EQ(left.shape(), right.shape()) << path;
    ASSERT_EQ(left.dtype(), right.dtype()) << path;
    EXPECT_EQ(std::memcmp(left.data(), right.data(), left.bytes()), 0) << path;
  }
}

TEST(Digits, TheSameConfigAndSeedTwiceGiveTheSameNumbers) {
  const TemporaryFolder runs;
  const Trained first = train("configs/digits.yaml", runs.path(), {}, 60);
  const Trained second = train("configs/digits.yaml", runs.path(), {"--new"}, 60);
  ASSERT_NE(first.folder, second.folder);

  const auto a = h5::Reader::open(first.folder + "/run.h5"), b = h5::Reader::open(second.folder + "/run.h5");

  expect_equal_datasets(a, b, "metrics");
  expect_equal_datasets(a, b, "config");
  const auto weights = [](const std::string& folder, const h5::Reader& run) {
    return h5::Reader::open(folder + "/" + run.external_link("checkpoints/final").first);
  };
  expect_equal_datasets(weights(first.folder, a), weights(second.folder, b), "model");
}

class ShippedConfig : public ::testing::TestWithParam<std::string> {};

// Every config at the top of configs/ runs; data that does not ship is looked for where the other tests look.
TEST_P(ShippedConfig, RunsOneBatchOfEachPhase) {
  const TemporaryFolder runs;
  const std::string config = "configs/" + GetParam();
  const std::string written = read_text(source_folder() + "/" + config);
  if (written.find("\ninit_from:") != std::string::npos)
    GTEST_SKIP() << "begins with the reader's own weights: fine_tuning_test.cpp trains it";
  const bool needs_data = written.find("type: fashion_mnist") != std::string::npos;
  const auto data = test_data("fashion-mnist");
  if (needs_data && !data) GTEST_SKIP() << "fashion-mnist is neither in ASSAY_DATA nor in ../shared/data";
  std::vector<std::string> words{binary(), "run", config, "--fast", "--runs", runs.path()};
  const std::string root = data ? std::filesystem::path(*data).parent_path().string() : std::string();

  const Finished finished =
      run_process(words, {.folder = source_folder(), .variables = {{"ASSAY_DATA", root}}});

  EXPECT_EQ(finished.exit_code, 0) << finished.err;
}

std::vector<std::string> shipped_configs() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source_folder() + "/configs")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, ShippedConfig, ::testing::ValuesIn(shipped_configs()), [](const auto& param) {
  std::string name = param.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

}  // namespace
}  // namespace assay::testing
