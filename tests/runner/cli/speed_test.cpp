#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

TEST_P(Looking, TakesUnderFiftyMilliseconds) {
  double best_s = 1;  // of its own time: the machine may be busy with other tests
  for (int i = 0; i < 5; ++i) best_s = std::min(best_s, run_assay(GetParam()).cpu_seconds);

  EXPECT_LT(best_s, 0.05);
}

INSTANTIATE_TEST_SUITE_P(
    Commands, Looking,
    ::testing::Values(std::vector<std::string>{"--help"}, std::vector<std::string>{"--version"},
                      std::vector<std::string>{"list"}, std::vector<std::string>{"describe", "mlp"},
                      std::vector<std::string>{"show", "configs/digits.yaml"},
                      std::vector<std::string>{"explain", "configs/digits.yaml", "seed=1"},
                      std::vector<std::string>{"schema"},
                      std::vector<std::string>{"complete", "--", "run", "configs/digits.yaml",
                                               "optimizer."}));

TEST(Check, OpensNoLibTorch) {
  ProcessOptions options;
  options.variables = {{"LD_DEBUG", "files"}};

  const Finished check = run_assay({"check", "configs/digits.yaml"}, options);

  ASSERT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.err, Not(HasSubstr("libtorch")));
}

}  // namespace
}  // namespace assay::testing
