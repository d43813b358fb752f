// `assay data`. What is fetched here lies on this machine: tests need no network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/fetch.h"
#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/text.h"
#include "runner/cli/published_data.h"
#include "tests/core/io/tar_bytes.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DataFetch : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_fetch()) GTEST_SKIP() << "built without libcurl";
  }

  /// A publication of one file that can be had from `urls`.
  static Publication publication(const std::string& content, const std::vector<std::string>& urls) {
    return {"set",  "The Set", "example.org/set",
            "none", {"set"},   {{"a.txt", content.size(), sha256_hex(content), urls}}};
  }
  std::string source(const std::string& name, const std::string& bytes) const {
    return "file://" + there_.write(name, bytes);
  }
  void fetch(const Publication& one) {
    cli::Output err(cli::Output::Target::messages);
    cli::fetch(one, here_.path(), err);
  }
  std::string complaint_of(const Publication& one) {
    const auto problems = problems_of([&] { fetch(one); });
    return problems.size() == 1 ? to_string(problems[0]) : text(problems.size(), " problems");
  }

  TemporaryFolder there_, here_;
};

TEST_F(DataFetch, KeepsAFileAsItCame) {
  fetch(publication("content", {source("a.txt.gz", gzip("content"))}));

  EXPECT_EQ(gunzip(read_text(here_ / "set/a.txt.gz"), "a"), "content");
  EXPECT_THAT(list_folder(here_ / "set"), ::testing::ElementsAre("a.txt.gz"));
}

TEST_F(DataFetch, TriesOneAddressAfterTheOther) {
  fetch(publication(
      "content", {"file://" + there_ / "missing", source("wrong", "contenX"), source("right", "content")}));

  EXPECT_EQ(read_text(here_ / "set/a.txt"), "content");
}

TEST_F(DataFetch, GivesNoNameToWhatIsNotAsPublished) {
  const std::string complaint = complaint_of(publication("content", {source("a.txt", "contenX")}));

  EXPECT_THAT(complaint,
              AllOf(HasSubstr("The Set's a.txt (7 bytes) could not be fetched"), HasSubstr("wrong checksum"),
                    HasSubstr("get it by hand from example.org/set"), HasSubstr("into " + here_ / "set")));
  EXPECT_THAT(list_folder(here_ / "set"), IsEmpty());
}

TEST_F(DataFetch, ReplacesWhatIsNotAsPublished) {
  here_.write("set/a.txt", "damaged");

  fetch(publication("content", {source("a.txt", "content")}));

  EXPECT_EQ(read_text(here_ / "set/a.txt"), "content");
}

TEST_F(DataFetch, FetchesNothingTwice) {
  here_.write("set/a.txt", "content");

  EXPECT_NO_THROW(fetch(publication("content", {"file://" + there_ / "missing"})));
}

TEST_F(DataFetch, TakesKnownFilesOutOfAnArchive) {
  const std::string archive =
      gzip(tar_entry("set-1.0/a.txt", "content") + tar_entry("set-1.0/../../evil.txt", "x") + tar_end());
  Publication one = publication("content", {});
  one.archive = KnownArchive{source("set.tar.gz", archive), archive.size(), sha256_hex(archive)};

  fetch(one);

  EXPECT_THAT(list_folder(here_ / "set"), ::testing::ElementsAre("a.txt"));
  EXPECT_THAT(list_folder(here_.path()), ::testing::ElementsAre("set"));
}

TEST_F(DataFetch, RefusesAnArchiveThatIsNotAsPublished) {
  Publication one = publication("content", {});
  one.archive = KnownArchive{source("set.tar.gz", "x"), 100, sha256_hex("y")};

  EXPECT_THAT(complaint_of(one), HasSubstr("is not what was published: wrong checksum"));
}

TEST(Data, EveryAddressIsSafeAndEveryFileKnown) {
  const Finished listed = run_assay({"data", "list", "--format", "json"});

  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, AllOf(HasSubstr("\"mnist\""), HasSubstr("\"cifar10\""), HasSubstr("\"uci/yacht\""),
                                HasSubstr("\"iris\""), Not(HasSubstr("http://"))));
}

TEST(Data, ListSaysWhereThingsLie) {
  const TemporaryFolder cache;

  const Finished listed =
      run_assay({"data", "list"}, {.variables = {{"XDG_CACHE_HOME", cache.path()}, {"ASSAY_DATA", ""}}});

  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, AllOf(HasSubstr("licence"), HasSubstr("mnist"), HasSubstr("ships with assay")));
}

TEST(Data, FetchKnowsItsNames) {
  const Finished done = run_assay({"data", "fetch", "mnits"});

  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, AllOf(HasSubstr("no published data set 'mnits'"), HasSubstr("'mnist'")));
}

TEST(Data, FetchOfWhatShipsSaysSo) {
  const Finished done = run_assay({"data", "fetch", "iris"}, {.variables = {{"XDG_CACHE_HOME", "/nowhere"}}});

  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("iris: ships with assay"));
}

TEST(Data, VerifyComparesWhatIsHere) {
  const auto folder = test_data("uci");
  if (!folder) GTEST_SKIP() << "no folder uci in ASSAY_DATA";
  const ProcessOptions options{.variables = {{"ASSAY_DATA", parent_folder(*folder)}}};

  const Finished done = run_assay({"data", "verify", "uci/yacht", "uci/protein-tertiary-structure"}, options);

  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("uci/yacht: 43 files in"),
                              HasSubstr("uci/protein-tertiary-structure: 13 files")));
}

TEST(Data, VerifyNamesWhatIsDamagedAndWhatIsMissing) {
  const TemporaryFolder folder;
  folder.write("mnist/t10k-labels-idx1-ubyte", std::string(10008, 'x'));

  const Finished done = run_assay({"data", "verify", "mnist", "--root", folder.path()},
                                  {.variables = {{"ASSAY_DATA", ""}, {"XDG_CACHE_HOME", folder.path()}}});

  EXPECT_EQ(done.exit_code, 4);
  EXPECT_THAT(done.err, AllOf(HasSubstr("MNIST: 3 of 4 files are missing"), HasSubstr("wrong checksum")));
}

}  // namespace
}  // namespace assay::testing
