#include "datasets/cifar10.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// An image of one class, with the same red, green and blue everywhere.
std::string image_of(int label, int red, int green, int blue) {
  constexpr std::size_t pixels = 32 * 32;
  return std::string(1, static_cast<char>(label)) + std::string(pixels, static_cast<char>(red)) +
         std::string(pixels, static_cast<char>(green)) + std::string(pixels, static_cast<char>(blue));
}

TEST(CifarBatch, HoldsClassesAndPlanesOfColour) {
  const auto batch = datasets::read_cifar(image_of(3, 1, 2, 3) + image_of(9, 250, 251, 252), "a.bin");

  EXPECT_THAT(batch.images.shape(), ElementsAre(2, 3, 32, 32));
  EXPECT_THAT(std::vector(batch.labels.as<std::int64_t>(), batch.labels.as<std::int64_t>() + 2),
              ElementsAre(3, 9));
  EXPECT_EQ(batch.images.as<std::uint8_t>()[1024], 2);
  EXPECT_EQ(batch.images.as<std::uint8_t>()[3072 + 2 * 1024], 252);
}

TEST(CifarBatch, NamesTheRowOfAClassThatIsNone) {
  const auto problems =
      problems_of([] { datasets::read_cifar(image_of(0, 1, 1, 1) + image_of(10, 1, 1, 1), "a.bin"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(to_string(problems[0]),
              HasSubstr("a.bin: error: row 1 (from 0) is of class 10, must be from 0 to 9"));
}

TEST(CifarBatch, IsWholeImages) {
  for (const std::string& bytes : {std::string(), image_of(0, 1, 1, 1).substr(1)})
    EXPECT_EQ(problems_of([&] { datasets::read_cifar(bytes, "a.bin"); }).size(), 1U);
}

TEST(Cifar10, SaysWhatIsMissingAndHowToGetIt) {
  const TemporaryFolder folder;

  const auto problems = problems_of([&] { built<Dataset>(R"("cifar10")", {{folder.path()}}); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(to_string(problems[0]),
              AllOf(HasSubstr("missing data of CIFAR-10"), HasSubstr("`assay data fetch cifar10`"),
                    HasSubstr("looked in " + folder / "cifar-10-batches-bin")));
}

}  // namespace
}  // namespace assay::testing
