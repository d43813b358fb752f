#include "core/io/tar.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/io/tar_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

std::map<std::string, std::string> entries_of(const std::string& bytes) {
  std::map<std::string, std::string> out;
  for_each_in_tar(bytes, "a.tar",
                  [&](const std::string& name, std::string_view content) { out[name] = content; });
  return out;
}

TEST(Tar, GivesEveryFile) {
  const std::string large(1000, 'x');

  EXPECT_THAT(
      entries_of(tar_entry("d/", "", '5') + tar_entry("d/a", "abc") + tar_entry("b", large) + tar_end()),
      ElementsAre(Pair("b", large), Pair("d/a", "abc")));
}

TEST(Tar, CutAnywhereIsAnError) {
  const std::string whole = tar_entry("a", "abc") + tar_end();
  for (std::size_t size = 0; size < 1024 + 512; ++size)
    EXPECT_THAT(problems_of([&] { entries_of(whole.substr(0, size)); }), SizeIs(1)) << size;
}

TEST(Tar, ChangedInItsHeaderIsAnError) {
  const std::string whole = tar_entry("a", "abc") + tar_end();
  for (std::size_t at = 0; at < 512; ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x15);
    if (at >= 154 && at < 156) continue;  // behind the checksum's digits
    EXPECT_THAT(problems_of([&] { entries_of(changed); }), SizeIs(1)) << at;
  }
}

}  // namespace
}  // namespace assay::testing
