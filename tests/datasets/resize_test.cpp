#include "datasets/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/image.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;

std::string recorded(std::string_view name) {
  return read_file(join_path(source_folder() + "/tests/core/io/images", name));
}

// Recorded by tests/core/io/images/record.py: smaller, larger, and along one axis only.
TEST(Resize, IsThatOfPillow) {
  if (!can_decode(ImageFormat::png)) GTEST_SKIP() << "built without libpng";
  const Array image = decode_image(recorded("rgb.png"), 3, "rgb.png");
  const Json expected = parse_json(recorded("expected.json"), "expected.json");
  for (const auto& [size, channels] : expected.find("resized")->entries()) {
    const std::vector<std::string> words = split(size, ' ');
    const Array out = datasets::resized(image, *parse_integer(words[0]), *parse_integer(words[2]));
    const std::uint8_t* next = out.as<std::uint8_t>();
    for (const Json& channel : channels.items()) {
      for (const Json& row : channel.items()) {
        for (const Json& value : row.items()) ASSERT_EQ(*next++, value.integer()) << size;
      }
    }
    EXPECT_EQ(next, out.as<std::uint8_t>() + out.count());
  }
}

TEST(Resize, CropsTheMiddleOfWhatCovers) {
  const Array image = Array::of<std::uint8_t>({1, 2, 3, 4, 5, 6, 7, 8}).reshaped({1, 2, 4});

  const Array out = datasets::fitted(image, 2, 2, "crop");

  EXPECT_THAT(std::vector(out.as<std::uint8_t>(), out.as<std::uint8_t>() + 4), ElementsAre(2, 3, 6, 7));
  EXPECT_THAT(datasets::fitted(image, 3, 3, "crop").shape(), ElementsAre(1, 3, 3));
  EXPECT_THAT(datasets::fitted(image, 5, 2, "stretch").shape(), ElementsAre(1, 5, 2));
}

}  // namespace
}  // namespace assay::testing
