#include "runner/store/run_id.h"

#include <gtest/gtest.h>

#include "core/io/digest.h"

namespace assay::store {
namespace {

const std::string one(64, '1');
const std::string two(64, '2');

TEST(RunId, IsTheBeginningOfTheDocumentedDigest) {
  EXPECT_EQ(run_id("{}", {two, one}), sha256_hex("{}\n" + one + "\n" + two + "\n").substr(0, 10));
  EXPECT_EQ(run_id("{}", {}), sha256_hex("{}\n").substr(0, 10));
}

TEST(RunId, DoesNotDependOnTheOrderOfFiles) { EXPECT_EQ(run_id("{}", {one, two}), run_id("{}", {two, one})); }

TEST(RunId, DependsOnConfigAndFiles) {
  EXPECT_NE(run_id("{\"seed\":1}", {}), run_id("{\"seed\":2}", {}));
  EXPECT_NE(run_id("{}", {one}), run_id("{}", {two}));
}

}  // namespace
}  // namespace assay::store
