#include "core/io/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string image_folder() { return source_folder() + "/tests/core/io/images"; }
std::string image(std::string_view name) { return read_file(join_path(image_folder(), name)); }

const Json& expected() {
  static const Json json = parse_json(image("expected.json"), "expected.json");
  return *json.find("pixels");
}

void append_numbers(const Json& value, std::vector<int>& out) {
  if (!value.is_list()) return out.push_back(static_cast<int>(value.integer()));
  for (const Json& item : value.items()) append_numbers(item, out);
}

std::vector<int> numbers_of(const Json& value) {
  std::vector<int> out;
  append_numbers(value, out);
  return out;
}

std::vector<int> values_of(const Array& pixels) {
  const auto* first = pixels.as<std::uint8_t>();
  return {first, first + pixels.count()};
}

std::string complaint_of(const std::string& bytes) {
  const auto problems = problems_of([&] { decode_image(bytes, 3, "a.png"); });
  return problems.size() == 1 ? to_string(problems[0]) : text(problems.size(), " problems");
}

class Image : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_decode(ImageFormat::png) || !can_decode(ImageFormat::jpeg))
      GTEST_SKIP() << "built without libpng or libjpeg";
  }
};

// Of every kind of PNG and JPEG, what Pillow reads.
TEST_F(Image, HasThePixelsThatPillowReads) {
  for (const auto& [name, pixels] : expected().entries()) {
    const std::string bytes = image(name);
    const ImageHeader header = read_image_header(bytes, name);
    EXPECT_EQ(header.height, pixels.find("height")->integer()) << name;
    EXPECT_EQ(header.width, pixels.find("width")->integer()) << name;
    const Array rgb = decode_image(bytes, 3, name);
    EXPECT_THAT(rgb.shape(), ElementsAre(3, header.height, header.width)) << name;
    EXPECT_EQ(values_of(rgb), numbers_of(*pixels.find("rgb"))) << name;
    EXPECT_EQ(values_of(decode_image(bytes, 1, name)), numbers_of(*pixels.find("grey"))) << name;
  }
}

TEST_F(Image, KnowsGreyFromColour) {
  EXPECT_TRUE(read_image_header(image("grey.png"), "a").is_grey);
  EXPECT_TRUE(read_image_header(image("grey16.png"), "a").is_grey);
  EXPECT_TRUE(read_image_header(image("grey.jpg"), "a").is_grey);
  EXPECT_FALSE(read_image_header(image("palette.png"), "a").is_grey);
  EXPECT_FALSE(read_image_header(image("rgb.jpg"), "a").is_grey);
}

TEST_F(Image, IsKnownByItsBytes) {
  EXPECT_EQ(image_format(image("rgb.jpg")), ImageFormat::jpeg);
  EXPECT_EQ(image_format(image("rgb.png")), ImageFormat::png);
  EXPECT_EQ(image_format("GIF89a"), std::nullopt);
  EXPECT_THAT(complaint_of("GIF89a"), HasSubstr("a.png: error: is neither a PNG nor a JPEG image"));
  EXPECT_THAT(complaint_of(""), HasSubstr("is empty"));
}

TEST_F(Image, OfFourInksIsRefused) {
  EXPECT_THAT(complaint_of(image("cmyk.jpg")), HasSubstr("a JPEG of 4 colour components"));
}

// A file is found to be cut whether or not it is decoded.
TEST_F(Image, CutAnywhereIsAnErrorAndNothingElse) {
  for (const char* name : {"rgb.png", "grey.jpg", "progressive.jpg", "interlaced.png"}) {
    const std::string whole = image(name);
    EXPECT_NO_THROW(check_image(whole, name)) << name;
    for (std::size_t size = 0; size < whole.size() - 2; ++size) {
      const std::string part = whole.substr(0, size);
      EXPECT_THAT(problems_of([&] { check_image(part, name); }), SizeIs(1)) << name << ' ' << size;
      EXPECT_THAT(problems_of([&] { decode_image(part, 3, name); }), SizeIs(1)) << name << ' ' << size;
    }
  }
}

TEST_F(Image, OfPngWithOneByteChangedIsFoundWithoutDecoding) {
  const std::string whole = image("rgb.png");
  for (std::size_t at = 8; at < whole.size() - 4; ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    EXPECT_THAT(problems_of([&] { check_image(changed, "a.png"); }), SizeIs(1)) << at;
  }
}

// Whatever the bytes are, there is an image or an error.
TEST_F(Image, ChangedAnywhereNeverCrashes) {
  for (const char* name : {"rgb.png", "palette.png", "rgb.jpg", "progressive.jpg"}) {
    const std::string whole = image(name);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int change : {0x01, 0x80, 0xFF}) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ change);
        problems_of([&] { decode_image(changed, 1, name); });
      }
    }
  }
}

// 20 bytes are width and height; a file of some hundred bytes cannot hold a billion pixels.
TEST_F(Image, SaysNoMorePixelsThanItsBytesCanHold) {
  std::string jpeg = image("rgb.jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\x27\x10\x27\x10");  // 10000 x 10000
  EXPECT_THAT(complaint_of(jpeg), HasSubstr("says it is 10000 x 10000 pixels large, which cannot be in"));
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  EXPECT_THAT(complaint_of(jpeg), HasSubstr("pixels large, more than 134217728"));
}

}  // namespace
}  // namespace assay::testing
