#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::unique_ptr<Dataset> shipped(std::string_view name) {
  return built<Dataset>(text('"', name, '"'), {{source_folder() + "/datasets/data"}});
}

std::vector<float> first_row(const Dataset& data) {
  const ArrayView x = *data.column(data.index_of("x"));
  return {x.as<float>(), x.as<float>() + x.shape[1]};
}

TEST(ShippedTables, HaveTheRowsOfTheirReferences) {
  for (const auto& [name, rows, inputs, outputs] : {std::tuple{"iris", 150, 4, 3},
                                                    {"wine", 178, 13, 3},
                                                    {"breast_cancer", 569, 30, 2},
                                                    {"diabetes", 442, 10, 1}}) {
    SCOPED_TRACE(name);
    const auto data = shipped(name);
    EXPECT_THAT(data->column(data->index_of("x"))->shape, ElementsAre(rows, inputs));
    EXPECT_EQ(data->facts().task.outputs, outputs);
  }
}

TEST(ShippedTables, HoldWhatWasPublished) {
  EXPECT_THAT(first_row(*shipped("iris")), ElementsAre(5.1F, 3.5F, 1.4F, 0.2F));
  EXPECT_THAT(shipped("breast_cancer")->facts().task.classes, ElementsAre("benign", "malignant"));
  EXPECT_THAT(first_row(*shipped("diabetes")),
              ElementsAre(59, 2, 32.1F, 101, 157, 93.2F, 38, 4, 4.8598F, 87));
}

TEST(Uci, ReadsTheColumnsThatItsFilesName) {
  const TemporaryFolder folder;
  folder.write("uci/yacht/data.txt", " 1 2 3\t9 \n4 5 6 8\n\n");
  folder.write("uci/yacht/index_features.txt", "0\n2\n");
  folder.write("uci/yacht/index_target.txt", "3\n");
  folder.write("uci/yacht/index_train_1.txt", "1\n");
  folder.write("uci/yacht/index_test_1.txt", "0\n");

  const auto data = built<Dataset>(R"({"type": "uci", "name": "yacht"})", {{folder.path()}});

  EXPECT_THAT(first_row(*data), ElementsAre(1, 3));
  EXPECT_EQ(data->column(data->index_of("y"))->as<float>()[1], 8);
  const SplitRows rows = built<Split>(R"({"type": "index_files", "fold": 1})")->rows(*data);
  EXPECT_THAT(rows.train, ElementsAre(1));
  EXPECT_THAT(rows.test, ElementsAre(0));
}

TEST(Uci, SaysWhereItLooked) {
  const auto problems =
      problems_of([] { built<Dataset>(R"({"type": "uci", "name": "yacht"})", {{"/nowhere"}}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("looked in /nowhere/uci/yacht"));
}

TEST(Uci, HasThePublishedSizes) {
  const auto found = test_data("uci");
  if (!found) GTEST_SKIP() << "the UCI tables are not in ASSAY_DATA";
  const std::string root = found->substr(0, found->size() - 3);
  for (const auto& [name, rows, inputs, train] : {std::tuple{"bostonHousing", 506, 13, 455},
                                                  {"concrete", 1030, 8, 927},
                                                  {"energy", 768, 8, 691},
                                                  {"kin8nm", 8192, 8, 7373},
                                                  {"naval-propulsion-plant", 11934, 16, 10741},
                                                  {"power-plant", 9568, 4, 8611},
                                                  {"wine-quality-red", 1599, 11, 1439},
                                                  {"yacht", 308, 6, 277}}) {
    SCOPED_TRACE(name);
    const auto data = built<Dataset>(text(R"({"type": "uci", "name": ")", name, "\"}"), {{root}});
    EXPECT_THAT(data->column(data->index_of("x"))->shape, ElementsAre(rows, inputs));
    const SplitRows parts = built<Split>(R"({"type": "index_files", "fold": 19})")->rows(*data);
    EXPECT_EQ(std::ssize(parts.train), train);
    EXPECT_EQ(parts.train.size() + parts.test.size(), static_cast<std::size_t>(rows));
  }
}

}  // namespace
}  // namespace assay::testing
