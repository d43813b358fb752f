// What `check` estimates against what real runs hold at their peak.
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {
namespace {

/// How far the estimate may be from the peak, either way: layers may work in place, kernels need scratch
/// space.
constexpr double allowed_factor = 1.4;

struct Shape {
  const char* name;
  std::vector<std::string> overrides;  // of configs/digits.yaml
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class EstimateOfMemory : public ::testing::TestWithParam<Shape> {
 protected:
  static Finished assay(const char* command, std::vector<std::string> more) {
    std::vector<std::string> words{binary(), command, "configs/digits.yaml", "device=cpu",
                                   "train.until=3 steps"};
    words.insert(words.end(), GetParam().overrides.begin(), GetParam().overrides.end());
    words.insert(words.end(), more.begin(), more.end());
    Finished finished = run_process(words, {.folder = source_folder(), .timeout_s = 300});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished;
  }
};

TEST_P(EstimateOfMemory, IsNearThePeakOfARun) {
  const TemporaryFolder runs;

  const Json checked = parse_json(assay("check", {"--format", "json"}).out, "check");
  const double estimate = checked.find("memory_bytes")->find("total")->real();
  const auto peak = static_cast<double>(assay("run", {"--runs", runs.path(), "--quiet"}).peak_bytes);

  std::printf("%s: estimate %.0f MiB, peak %.0f MiB, factor %.2f\n", GetParam().name, estimate / 1048576,
              peak / 1048576, estimate / peak);
  EXPECT_GT(estimate, peak / allowed_factor);
  EXPECT_LT(estimate, peak * allowed_factor);
}

INSTANTIATE_TEST_SUITE_P(
    Digits, EstimateOfMemory,
    ::testing::Values(
        Shape{"small", {}}, Shape{"weights of mlp with adamw", {"model.hidden=[4000, 4000]"}},
        Shape{"weights of mlp with sgd", {"model.hidden=[4000, 4000]", "optimizer=sgd"}},
        Shape{"activations of mlp",
              {"model.hidden=[20000, 200, 20000]", "model.dropout=0", "train.batch_size=1200"}},
        Shape{"activations of lenet",
              {"model={type: lenet, channels: [256, 256], kernel: 3}", "train.batch_size=1200"}},
        Shape{"evaluation", {"model.hidden=[40000]", "train.batch_size=8", "evaluate.batch_size=270"}}));

}  // namespace
}  // namespace assay::testing
