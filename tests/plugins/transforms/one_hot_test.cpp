#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/transforms/fitted.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(OneHot, MarksThePlaceOfEachNumber) {
  const auto transform = fitted(R"({"type": "one_hot", "classes": 3})", {});

  const Array out = transform->apply(Array::of<std::int64_t>({2, 0}).reshaped({1, 2}));

  EXPECT_THAT(out.shape(), ElementsAre(1, 2, 3));
  EXPECT_THAT(floats(out), ElementsAre(0, 0, 1, 1, 0, 0));
  EXPECT_THAT(floats(transform->invert(out)), ElementsAre(2, 0));
}

TEST(OneHot, RefusesWhatIsNoClass) {
  const auto transform = fitted(R"({"type": "one_hot", "classes": 3})", {});

  for (const float bad : {3.0F, -1.0F, 0.5F}) {
    const auto problems = problems_of([&] { transform->apply(Array::of<float>({bad}).reshaped({1, 1})); });
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_THAT(problems[0].message, HasSubstr("which is no whole number from 0 to 2"));
  }
}

}  // namespace
}  // namespace assay::testing
