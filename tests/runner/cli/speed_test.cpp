#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The least processor time of a few runs, in seconds: the machine may be busy with other tests.
double least_cpu_s(const std::vector<std::string>& words) {
  double best_s = 100;
  for (int i = 0; i < 5; ++i) best_s = std::min(best_s, run_assay(words).cpu_seconds);
  return best_s;
}

/// Commands that only look: they must feel immediate, and a login node must not pay for LibTorch.
class Looking : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(Looking, OpensNoLibTorch) {
  ProcessOptions options;
  options.variables = {{"LD_DEBUG", "files"}};  // the loader names every library that it opens, on stderr

  const Finished looked = run_assay(GetParam(), options);

  ASSERT_EQ(looked.exit_code, 0) << looked.err;
  EXPECT_THAT(looked.err, HasSubstr("libassay"));
  EXPECT_THAT(looked.err, Not(HasSubstr("libtorch")));
  EXPECT_THAT(looked.err, Not(HasSubstr("libc10")));
}

TEST_P(Looking, TakesUnderFiftyMilliseconds) { EXPECT_LT(least_cpu_s(GetParam()), 0.05); }

INSTANTIATE_TEST_SUITE_P(
    Commands, Looking,
    ::testing::Values(std::vector<std::string>{"--help"}, std::vector<std::string>{"--version"},
                      std::vector<std::string>{"list"}, std::vector<std::string>{"describe", "mlp"},
                      std::vector<std::string>{"show", "configs/digits.yaml"},
                      std::vector<std::string>{"explain", "configs/digits.yaml", "seed=1"},
                      std::vector<std::string>{"schema"},
                      std::vector<std::string>{"complete", "--", "run", "configs/digits.yaml",
                                               "optimizer."}));

TEST(Show, OfAConfigOfThreeFilesTakesUnderFiftyMilliseconds) {
  const TemporaryFolder folder;
  folder.write("configs/model/small.yaml", "type: mlp\nhidden: [32, 32]\ndropout: 0.1\n");
  folder.write("base.yaml",
               "assay: 1\ndataset: {type: digits, transforms: [standardize]}\nmodel: small\n"
               "optimizer: {type: adamw, lr: 1e-3}\nschedule: {type: cosine, warmup: 5%}\n"
               "train: {until: 20 epochs}\n");
  const std::string config =
      folder.write("c.yaml", "extends: base.yaml\nmodel: {dropout: 0.2}\nmetrics: [accuracy]\nseed: 3\n");
  ASSERT_EQ(run_assay({"show", config}).exit_code, 0);

  EXPECT_LT(least_cpu_s({"show", config}), 0.05);
}

TEST(Check, FindsWhatConfigAndShapesShowInATenthOfASecond) {
  const std::vector<std::string> check = {"check", "configs/digits.yaml"};
  for (const char* mistake :
       {"optimizer.lr=-1", "model.hiden=[3]",
        "model={type: sequential, layers: [{type: conv2d, channels: 4, kernel: 99}]}"}) {
    std::vector<std::string> words = check;
    words.emplace_back(mistake);
    EXPECT_EQ(run_assay(words).exit_code, 3) << mistake;
    EXPECT_LT(least_cpu_s(words), 0.1) << mistake;
  }
}

TEST(Check, FindsABrokenRowInASecond) {
  const TemporaryFolder folder;
  std::string rows = "a,b,y\n";
  for (int i = 0; i < 10'000; ++i) rows += "1.25,2.5,3\n";
  folder.write("t.csv", rows + "1,x,3\n");
  const std::string config =
      folder.write("c.yaml",
                   "assay: 1\ndataset: {type: csv, file: t.csv, target: y, task: regression}\nmodel: mlp\n"
                   "optimizer: adam\ntrain: {until: 1 epoch}\n");
  EXPECT_EQ(run_assay({"check", config}).exit_code, 4);

  EXPECT_LT(least_cpu_s({"check", config}), 1);
}

TEST(Check, OpensNoLibTorch) {
  ProcessOptions options;
  options.variables = {{"LD_DEBUG", "files"}};

  const Finished check = run_assay({"check", "configs/digits.yaml"}, options);

  ASSERT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.err, Not(HasSubstr("libtorch")));
}

}  // namespace
}  // namespace assay::testing
