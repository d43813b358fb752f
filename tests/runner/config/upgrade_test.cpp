#include "runner/config/upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The fakes' sgd calls lr what it once called learning_rate.
constexpr const char* head = "assay: 1\ndataset: flowers\nmodel: mlp\ntrain: {until: 20 epochs}\n";

Upgrade upgraded(const ConfigFolder& folder) {
  const Registry registry = fake_registry();
  const LoadedConfig loaded = folder.load();
  return upgrade(loaded.sources.front(), loaded, registry);
}

Upgrade upgraded(const std::string& optimizer) { return upgraded(ConfigFolder(head + optimizer)); }

TEST(Upgrade, RenamesOldKeysAndKeepsEverythingElse) {
  const Upgrade made =
      upgraded("# steps\noptimizer:   # plain\n  type: sgd\n  learning_rate :  0.1  # why\n");

  EXPECT_EQ(made.text,
            std::string(head) + "# steps\noptimizer:   # plain\n  type: sgd\n  lr :  0.1  # why\n");
  ASSERT_THAT(made.renames, SizeIs(1));
  EXPECT_EQ(made.renames[0].path, "optimizer.learning_rate");
  EXPECT_EQ(made.renames[0].new_name, "lr");
}

TEST(Upgrade, LeavesAConfigWithoutOldKeysAsItIs) {
  const std::string now = "optimizer: {type: sgd, lr: 0.1}  # learning_rate\n";

  const Upgrade made = upgraded(now);

  EXPECT_EQ(made.text, head + now);
  EXPECT_THAT(made.renames, IsEmpty());
}

TEST(Upgrade, FindsKeysBehindCharactersOfSeveralBytesAndInQuotes) {
  EXPECT_THAT(upgraded("optimizer: {type: sgd, momentum: 0.5, \"learning_rate\": 0.1}\n").text,
              HasSubstr("momentum: 0.5, \"lr\": 0.1}"));
  EXPECT_THAT(upgraded("tags: [\xC3\xA4\xC3\xB6]\noptimizer: {type: sgd, learning_rate: 0.1}\n").text,
              HasSubstr("sgd, lr: 0.1}"));
}

TEST(Upgrade, KeepsByteOrderMarkAndLineEnds) {
  const ConfigFolder folder(
      "\xEF\xBB\xBF"
      "assay: 1\r\ndataset: flowers\r\nmodel: mlp\r\ntrain: {until: 20 epochs}\r\n"
      "optimizer: {type: sgd, learning_rate: 0.1}\r\n");

  EXPECT_THAT(upgraded(folder).text, HasSubstr("\r\noptimizer: {type: sgd, lr: 0.1}\r\n"));
}

TEST(Upgrade, KnowsTheComponentOfTheFileThatIsExtended) {
  const ConfigFolder folder("extends: base.yaml\noptimizer: {learning_rate: 0.3}\n");
  folder.write("base.yaml", std::string(head) + "optimizer: sgd\n");

  EXPECT_EQ(upgraded(folder).text, "extends: base.yaml\noptimizer: {lr: 0.3}\n");
}

TEST(Upgrade, RenamesInDottedOverrides) {
  const ConfigFolder folder("extends: base.yaml\noverrides: {optimizer.learning_rate: 0.3}\n");
  folder.write("base.yaml", std::string(head) + "optimizer: sgd\n");

  EXPECT_EQ(upgraded(folder).text, "extends: base.yaml\noverrides: {optimizer.lr: 0.3}\n");
}

TEST(Upgrade, SaysWhichExpressionsNameAnOldKey) {
  const Upgrade made =
      upgraded("vars: {a: $(optimizer.learning_rate)}\noptimizer: {type: sgd, learning_rate: 0.1}\n");

  ASSERT_THAT(made.problems, SizeIs(1));
  EXPECT_EQ(made.problems[0].where.line, 5);
  EXPECT_TRUE(made.problems[0].is_warning);
}

TEST(Upgrade, WhatItMakesIsTheSameExperiment) {
  const ConfigFolder before(std::string(head) + "optimizer: {type: sgd, learning_rate: 0.7}\n");
  const ConfigFolder after(upgraded(before).text);

  EXPECT_EQ(after.load().resolved, before.load().resolved);
  EXPECT_THAT(before.load().warnings, SizeIs(1));
  EXPECT_THAT(after.load().warnings, IsEmpty());
}

}  // namespace
}  // namespace assay::testing
