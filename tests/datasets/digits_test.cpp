#include <algorithm>

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

std::string shipped() { return source_folder() + "/datasets/data"; }

TEST(Digits, ShipWithAssay) {
  const auto data = built<Dataset>(R"("digits")", {{shipped()}});

  EXPECT_EQ(data->facts().rows, 1797);
  EXPECT_EQ(data->facts().task.outputs, 10);
  const ArrayView x = *data->column(data->index_of("x"));
  EXPECT_EQ(x.dtype, Dtype::f32);
  EXPECT_THAT(x.shape, ElementsAre(1797, 1, 8, 8));
  EXPECT_EQ(*std::max_element(x.as<float>(), x.as<float>() + x.count()), 16);
  EXPECT_EQ(x.as<float>()[2], 5);
  const ArrayView y = *data->column(data->index_of("y"));
  EXPECT_THAT(std::vector<std::int64_t>(y.as<std::int64_t>(), y.as<std::int64_t>() + 4),
              ElementsAre(0, 1, 2, 3));
}

TEST(Digits, RecordTheFileThatWasRead) {
  const auto data = built<Dataset>(R"("digits")", {{shipped()}});
  ASSERT_THAT(data->facts().files, SizeIs(1));
  EXPECT_EQ(data->facts().files[0].sha256,
            "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22");
  EXPECT_EQ(data->facts().files[0].bytes, 57523U);
}

TEST(Digits, AreTakenFromTheFirstRootThatHasThem) {
  const TemporaryFolder empty, changed;
  changed.write("digits.csv", "1,2,3\n");

  EXPECT_NO_THROW(built<Dataset>(R"("digits")", {{empty.path(), shipped(), changed.path()}}));
  const auto problems = problems_of([&] { built<Dataset>(R"("digits")", {{changed.path(), shipped()}}); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]),
              HasSubstr(text(changed / "digits.csv", ": error: the file is truncated: 6 of")));
}

}  // namespace
}  // namespace assay::testing
