// `assay export` as a user types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"
#include "tests/runner/export/onnx_reader.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ExportCommand : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const Finished run = run_assay(short_run(*folder_ / "runs", {"--quiet"}));
    ASSERT_EQ(run.exit_code, 0) << run.err;
    run_ = std::string(trim(run.out));
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::string run_;
};

std::unique_ptr<TemporaryFolder> ExportCommand::folder_;
std::string ExportCommand::run_;

TEST_F(ExportCommand, NotesHaveClassesAndWhatTransformsLearned) {
  const std::string path = *folder_ / "digits.onnx";

  const Finished done = run_assay({"export", run_, "-o", path});

  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("takes  x [1, 8, 8]"), HasSubstr("gives  scores [10]"),
                              HasSubstr("behind the transforms of the data set: standardize")));
  const std::string bytes = read_text(path);
  const OnnxModel model = read_onnx(bytes);
  EXPECT_EQ(parse_json(model.notes.at("classes"), "classes").items().size(), 10U);
  const Json transforms = parse_json(model.notes.at("transforms"), "transforms");
  EXPECT_EQ(transforms.items().at(0).find_path("learned.mean")->items().size(), 64U);
}

TEST_F(ExportCommand, TheDataNeedNotBeThere) {
  const std::string runs = *folder_ / "elsewhere";
  const std::string table =
      folder_->write("table.csv", "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n2,2,x\n3,3,y\n");
  const std::string config = folder_->write(
      "c.yaml", text("assay: 1\nname: table\ndataset: {type: csv, file: ", table,
                     ", target: kind, task: classification, split: {train: 70%, valid: 30%}, transforms: "
                     "[standardize]}\nmodel: mlp\noptimizer: sgd\ntrain: {until: 3 steps, batch_size: 2}\n"));
  const Finished run = run_assay({"run", config, "--quiet", "--runs", runs});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  remove_file(table);

  const Finished done =
      run_assay({"export", std::string(trim(run.out)), "-o", *folder_ / "table.pt", "--format", "json"});

  ASSERT_EQ(done.exit_code, 0) << done.err;
  const Json json = parse_json(done.out, "stdout");
  EXPECT_EQ(json.find("format")->text(), "torchscript");
  EXPECT_EQ(to_text(*json.find("classes")), R"(["x","y"])");
  EXPECT_EQ(to_text(*json.find_path("inputs.0.columns")), R"([{"name":"a"},{"name":"b"}])");
}

TEST_F(ExportCommand, AnEndingThatSaysNothingIsAskedFor) {
  const Finished done = run_assay({"export", run_, "-o", *folder_ / "model.bin"});

  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("say it: --to onnx or --to torchscript"));
  EXPECT_FALSE(exists(*folder_ / "model.bin"));
}

TEST_F(ExportCommand, AFileIsAskedFor) {
  const Finished done = run_assay({"export", run_});

  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("-o model.onnx"));
}

}  // namespace
}  // namespace assay::testing
