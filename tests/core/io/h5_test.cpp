#include "core/io/h5.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "tests/support/files.h"

namespace assay::h5 {
namespace {

using assay::testing::problems_of;
using assay::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class T>
Array roundtrip(Dtype dtype, std::vector<std::int64_t> shape, const std::vector<T>& values) {
  Writer file;
  file.array("x", {dtype, std::move(shape), reinterpret_cast<const std::byte*>(values.data())});
  return Reader::of_bytes(file.finish(), "x.h5").array("x");
}

std::string example() {
  Writer file;
  std::vector<double> series(5000);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] = static_cast<double>(i) / 7;
  const Array weights(Array::of(std::vector<float>(1000, 0.5F)));
  file.attribute("/", "format", "assay.test");
  file.text("config/resolved", "{\"lr\": 0.1}");
  file.packed("metrics/train/loss/value", Array::of(series));
  file.array("model/layers.0.weight", weights);
  file.texts("events/kind", {"a", "", "c"});
  file.external_link("checkpoints/final", "a.1/ckpt/step-0000000010.h5", "/");
  return file.finish();
}

TEST(H5, ArraysOfEveryDtypeComeBack) {
  for (const Dtype dtype : {Dtype::boolean, Dtype::u8, Dtype::i8, Dtype::i16, Dtype::i32, Dtype::i64,
                            Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
    std::vector<std::uint8_t> bytes(6 * size_of(dtype));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(dtype == Dtype::boolean ? i % 2 : i * 37 + 1);
    }

    const Array back = roundtrip(dtype, {2, 3}, bytes);

    EXPECT_EQ(back.dtype(), dtype) << to_string(dtype);
    EXPECT_EQ(back.shape(), (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(std::memcmp(back.data(), bytes.data(), bytes.size()), 0) << to_string(dtype);
  }
}

TEST(H5, ScalarsAndEmptyArraysComeBack) {
  EXPECT_EQ(roundtrip(Dtype::i64, {}, std::vector<std::int64_t>{7}).as<std::int64_t>()[0], 7);
  EXPECT_EQ(roundtrip(Dtype::f32, {0, 4}, std::vector<float>{}).shape(), (std::vector<std::int64_t>{0, 4}));
}

TEST(H5, PackedSeriesComeBackAndAreSmaller) {
  const Array series = Array::of(std::vector<std::int64_t>(100000, 3));
  Writer file;

  file.packed("x", series);
  const std::string bytes = file.finish();

  EXPECT_LT(bytes.size(), series.bytes() / 10);
  EXPECT_EQ(std::memcmp(Reader::of_bytes(bytes, "x.h5").array("x").data(), series.data(), series.bytes()), 0);
}

TEST(H5, DottedNamesAreOneLink) {
  const Reader file = Reader::of_bytes(example(), "x.h5");

  EXPECT_THAT(file.names("model"), ElementsAre("layers.0.weight"));
  EXPECT_THAT(file.datasets("/"), ElementsAre("config/resolved", "events/kind", "metrics/train/loss/value",
                                              "model/layers.0.weight"));
}

TEST(H5, TextsAndAttributesComeBack) {
  Writer file;
  file.text("t", "caf\xc3\xa9\n");
  file.texts("list", {"a", "", "c"});
  file.texts("none", {});
  file.attribute("/", "text", "x");
  file.attribute("t", "whole", std::int64_t{-5});
  file.attribute("t", "real", 0.1);

  const Reader back = Reader::of_bytes(file.finish(), "x.h5");

  EXPECT_EQ(back.text("t"), "caf\xc3\xa9\n");
  EXPECT_THAT(back.texts("list"), ElementsAre("a", "", "c"));
  EXPECT_TRUE(back.texts("none").empty());
  EXPECT_EQ(back.text_attribute("/", "text"), "x");
  EXPECT_EQ(back.integer_attribute("t", "whole"), -5);
  EXPECT_EQ(back.real_attribute("t", "real"), 0.1);
  EXPECT_FALSE(back.has_attribute("t", "other"));
}

TEST(H5, EqualContentsAreEqualBytes) {
  const std::string first = example();
  std::string elsewhere;
  std::thread other([&] { elsewhere = example(); });
  other.join();

  EXPECT_EQ(example(), first);
  EXPECT_EQ(elsewhere, first);
}

TEST(H5, HasTellsWhatIsThere) {
  const Reader file = Reader::of_bytes(example(), "x.h5");

  EXPECT_TRUE(file.has("metrics/train"));
  EXPECT_TRUE(file.is_group("metrics/train"));
  EXPECT_FALSE(file.is_group("config/resolved"));
  EXPECT_FALSE(file.has("metrics/valid/loss"));
}

TEST(H5, LinksToOtherFilesAreReadButNotFollowed) {
  const TemporaryFolder folder;
  Writer target;
  target.text("secret", "not for a file that merely names it");
  publish(folder / "target.h5", target.finish());
  Writer file;
  file.external_link("link", folder / "target.h5", "/");
  publish(folder / "x.h5", file.finish());

  const Reader reader = Reader::open(folder / "x.h5");

  EXPECT_TRUE(reader.has("link"));
  EXPECT_EQ(reader.external_link("link").first, folder / "target.h5");
  EXPECT_EQ(reader.external_link("link").second, "/");
  EXPECT_THROW(reader.text("link/secret"), Error);
}

TEST(H5, ErrorsNameTheFileTheObjectAndTheReason) {
  const Reader file = Reader::of_bytes(example(), "x.h5");

  EXPECT_EQ(to_string(problems_of([&] { file.array("model/other"); }).at(0)),
            "x.h5: error: model/other is not there");
  EXPECT_EQ(problems_of([&] { file.text("model/layers.0.weight"); }).at(0).message,
            "model/layers.0.weight holds no text");
  EXPECT_EQ(problems_of([&] { file.array("config/resolved"); }).at(0).message,
            "config/resolved holds no numbers that assay stores");
}

TEST(H5, AnObjectOfTheSameNameIsRefused) {
  Writer file;
  file.text("a", "x");

  EXPECT_THAT(problems_of([&] { file.text("a", "y"); }).at(0).message, HasSubstr("a: name already exists"));
}

TEST(H5, WhatIsNoHdf5IsRefused) {
  const TemporaryFolder folder;

  EXPECT_EQ(problems_of([&] { Reader::open(folder.write("x.h5", "text")); }).at(0).message,
            "is not an HDF5 file");
  EXPECT_EQ(problems_of([&] { Reader::open(folder / "none.h5"); }).at(0).message, "there is no such file");
}

TEST(H5, ATruncatedFileIsRefused) {
  const std::string bytes = example();
  for (const std::size_t size : {std::size_t{8}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_THROW(Reader::of_bytes(bytes.substr(0, size), "x.h5"), Error) << size;
  }
}

TEST(H5, PlacedArraysAreReadLikeOthersAndAligned) {
  const Array weights = Array::of(std::vector<float>(1000, 0.5F));
  const Array one = Array::of(std::vector<std::int64_t>{7}).reshaped({});
  Writer file;
  file.text("t", "odd");
  file.place("model/a", weights);
  file.place("model/one", one);
  file.place("model/none", Array(Dtype::f32, {0, 4}));

  const Reader back = Reader::of_bytes(file.finish(), "x.h5");

  EXPECT_EQ(std::memcmp(back.array("model/a").data(), weights.data(), weights.bytes()), 0);
  EXPECT_EQ(back.array("model/one").as<std::int64_t>()[0], 7);
  EXPECT_EQ(back.array("model/none").shape(), (std::vector<std::int64_t>{0, 4}));
  EXPECT_EQ(back.place("model/a").offset % 64, 0U);
  EXPECT_EQ(back.place("model/a").bytes, weights.bytes());
}

TEST(H5, TheBytesOfAPlaceAreTheArrays) {
  const Array weights = Array::of(std::vector<float>{1, 2, 3});
  Writer file;
  file.place("a", weights);
  const std::string bytes = file.finish();

  const Place place = Reader::over(bytes, "x.h5").place("a");

  EXPECT_EQ(std::memcmp(bytes.data() + place.offset, weights.data(), place.bytes), 0);
  EXPECT_EQ(place.dtype, Dtype::f32);
  EXPECT_EQ(place.shape, (std::vector<std::int64_t>{3}));
}

TEST(H5, ALayoutsPartsAreTheFileAndDoNotCopyWhatWasPlaced) {
  const Array weights = Array::of(std::vector<float>(1000, 0.5F));
  const auto build = [&] {
    Writer file;
    file.place("a", weights);
    file.texts("index", {"a"});
    return file;
  };

  const Layout layout = build().finish_layout();

  EXPECT_EQ(layout.joined(), build().finish());
  EXPECT_EQ(layout.bytes(), layout.joined().size());
  EXPECT_EQ(std::count_if(layout.parts().begin(), layout.parts().end(),
                          [&](std::string_view part) {
                            return part.data() == reinterpret_cast<const char*>(weights.data());
                          }),
            1);
}

TEST(H5, WhatFillsTheRoomsOfALayoutMakesTheSameFile) {
  const Array weights = Array::of(std::vector<float>(1000, 0.5F)), none(Dtype::f32, {0, 3});
  Writer placed, roomy;
  placed.place("a", weights);
  placed.place("b", none);
  std::map<std::uint64_t, ArrayView> by_offset{{roomy.leave_room("a", Dtype::f32, {1000}), weights}};
  roomy.leave_room("b", Dtype::f32, {0, 3});

  const Layout layout = roomy.finish_layout();

  std::string bytes;
  std::size_t room = 0;
  for (std::size_t part = 0; part <= layout.parts().size(); ++part) {
    for (; room < layout.rooms().size() && layout.rooms()[room].before_part == part; ++room) {
      const ArrayView& view = by_offset.at(layout.rooms()[room].offset);
      bytes.append(reinterpret_cast<const char*>(view.data), view.bytes());
    }
    if (part < layout.parts().size()) bytes += layout.parts()[part];
  }
  EXPECT_EQ(bytes, placed.finish());
}

TEST(H5, WhatIsPackedHasNoPlace) {
  Writer file;
  file.packed("x", Array::of(std::vector<std::int64_t>(5000, 3)));

  const Reader back = Reader::of_bytes(file.finish(), "x.h5");

  EXPECT_EQ(problems_of([&] { back.place("x"); }).at(0).message, "x is not stored in one piece");
}

TEST(H5, AttributesAreListed) {
  Writer file;
  file.attribute("/", "b", "x");
  file.attribute("/", "a", std::int64_t{1});

  EXPECT_THAT(Reader::of_bytes(file.finish(), "x.h5").attributes("/"), ElementsAre("a", "b"));
}

TEST(H5, AFileOfAnotherDigestIsNotOpened) {
  const TemporaryFolder folder;
  const std::string bytes = example();
  const std::string path = folder.write("x.h5", bytes);

  EXPECT_TRUE(Reader::open(path, block_digest(bytes)).has("model"));
  EXPECT_THAT(problems_of([&] { Reader::open(path, block_digest("other")); }).at(0).message,
              HasSubstr("is damaged"));
}

TEST(H5, SeveralFilesCanBeBuiltAtOnce) {
  Writer one;
  Writer two;
  one.text("t", "one");
  two.text("t", "two");

  EXPECT_EQ(Reader::of_bytes(two.finish(), "2").text("t"), "two");
  EXPECT_EQ(Reader::of_bytes(one.finish(), "1").text("t"), "one");
}

}  // namespace
}  // namespace assay::h5
