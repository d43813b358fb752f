#include "core/error.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Problem, ReadsLikeACompilersMessage) {
  const auto file = std::make_shared<const std::string>("configs/mlp.yaml");
  const Problem problem{Where::file(file, 3, 7), "optimizer.lr", "is -0.1, must be above 0",
                        "step size (default 0.001)"};

  EXPECT_EQ(to_string(problem),
            "configs/mlp.yaml:3:7: error: optimizer.lr is -0.1, must be above 0\n"
            "  hint: step size (default 0.001)");
}

TEST(Problem, AMessageMayFollowThePathWithAColon) {
  const Problem problem{{}, "optimizer.weigth_decay", ": unknown key", ""};

  EXPECT_EQ(to_string(problem), "error: optimizer.weigth_decay: unknown key");
}

TEST(Problem, PointsToAnOverrideByItsPlaceOnTheCommandLine) {
  const Problem problem{Where::argument(2, "optimizer.lr=-1"), "optimizer.lr", "is -1, must be above 0", ""};

  EXPECT_EQ(to_string(problem), "override 2 (optimizer.lr=-1): error: optimizer.lr is -1, must be above 0");
}

TEST(Error, SaysAllItsProblems) {
  const Error error(Kind::config, {{{}, "a", "is 1", ""}, {{}, "b", "is 2", ""}});

  EXPECT_STREQ(error.what(), "error: a is 1\nerror: b is 2");
  EXPECT_EQ(exit_code(error.kind()), 3);
}

TEST(ThrowIfAny, LetsWarningsPass) {
  Problem warning{{}, "a", "is old", ""};
  warning.is_warning = true;

  EXPECT_NO_THROW(throw_if_any(Kind::config, {warning}));
  EXPECT_THROW(throw_if_any(Kind::config, {warning, {{}, "b", "is bad", ""}}), Error);
}

TEST(ExitCodes, AreTheDocumentedOnes) {
  EXPECT_EQ(exit_code(Kind::run), 1);
  EXPECT_EQ(exit_code(Kind::usage), 2);
  EXPECT_EQ(exit_code(Kind::registry), 3);
  EXPECT_EQ(exit_code(Kind::data), 4);
  EXPECT_EQ(exit_code(Kind::store), 5);
  EXPECT_EQ(exit_code(Kind::device), 6);
  EXPECT_EQ(exit_code(Kind::plugin), 7);
  EXPECT_EQ(exit_code(Kind::verdict), 8);
  EXPECT_EQ(exit_code(Kind::stopped), 10);
  EXPECT_EQ(exit_code(Kind::internal), 70);
  EXPECT_EQ(exit_code(Kind::fenced), 75);
}

}  // namespace
}  // namespace assay
