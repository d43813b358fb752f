#include "core/io/fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

class Fetch : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_fetch()) GTEST_SKIP() << "built without libcurl";
  }

  std::string complaint_of(const std::string& url, std::uint64_t most = 1000) const {
    const auto problems = problems_of([&] { fetch_to(url, folder_ / "part", {most, {}}); });
    return problems.size() == 1 ? to_string(problems[0]) : text(problems.size(), " problems");
  }

  TemporaryFolder folder_;
};

TEST_F(Fetch, CopiesWhatIsAtTheAddress) {
  const std::string source = folder_.write("source", std::string(100, 'a') + "end");
  std::uint64_t told = 0;

  fetch_to("file://" + source, folder_ / "part",
           {1000, [&](std::uint64_t done, std::uint64_t) { told = done; }});

  EXPECT_EQ(read_text(folder_ / "part"), read_text(source));
  EXPECT_EQ(told, 103U);
}

TEST_F(Fetch, GoesOnBehindWhatIsHere) {
  const std::string source = folder_.write("source", "0123456789");
  folder_.write("part", "abc");

  fetch_to("file://" + source, folder_ / "part", {1000, {}});

  EXPECT_EQ(read_text(folder_ / "part"), "abc3456789");
}

TEST_F(Fetch, BeginsAnewWhereMoreIsHereThanThere) {
  const std::string source = folder_.write("source", "0123");
  folder_.write("part", "abcdefgh");

  fetch_to("file://" + source, folder_ / "part", {1000, {}});

  EXPECT_EQ(read_text(folder_ / "part"), "0123");
}

TEST_F(Fetch, RefusesWhatIsTooLong) {
  const std::string source = folder_.write("source", std::string(2000, 'a'));

  EXPECT_THAT(complaint_of("file://" + source), HasSubstr("cannot be fetched: it is longer than 1000 bytes"));
  EXPECT_EQ(read_text(folder_ / "part"), "");
}

TEST_F(Fetch, SaysWhatIsNotThere) {
  EXPECT_THAT(complaint_of("file://" + folder_ / "nothing"), HasSubstr("cannot be fetched: "));
}

// Of the name service and the network, nothing is asked: the address is refused before.
TEST_F(Fetch, UsesNoOtherProtocol) {
  for (const char* url : {"http://example.org/x", "ftp://example.org/x", "scp://example.org/x"})
    EXPECT_THAT(complaint_of(url), HasSubstr("rotocol")) << url;
}

}  // namespace
}  // namespace assay::testing
