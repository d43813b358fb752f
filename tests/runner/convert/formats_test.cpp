#include "runner/convert/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/convert/content_digest.h"
#include "tests/support/files.h"

namespace assay::convert {
namespace {

using ::testing::HasSubstr;

TEST(Formats, AreKnownByTheLongestEnding) {
  const Registry registry = builtin_registry();

  EXPECT_EQ(format_name({"a.safetensors", {}}, registry), "safetensors");
  EXPECT_EQ(format_name({"a.pth", {}}, registry), "pt");
  EXPECT_EQ(format_name({"a.h5", {}}, registry), "run");
  EXPECT_EQ(format_name({"a.weights.h5", {}}, registry), "keras_h5");
  EXPECT_EQ(format_name({"anything", "npz"}, registry), "npz");
}

TEST(Formats, AnUnknownEndingSaysWhichThereAre) {
  const Registry registry = builtin_registry();

  const auto problems = testing::problems_of([&] { format_name({"a.onnx", {}}, registry); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].hint, HasSubstr("--from names the format"));
  EXPECT_THAT(problems[0].hint, HasSubstr(".npz (npz)"));
}

TEST(ContentDigest, OfTensorsThatAreOneNeedsOneOfThem) {
  NamedTensor first = tensor_of("a", Array::of<float>({1, 2})), second = first;
  second.name = "b";
  ContentDigest both, one;
  both.watched(first).stream([](std::string_view) {});
  both.watched(second).stream([](std::string_view) {});
  second.same_as = "a";
  one.watched(first).stream([](std::string_view) {});
  one.watched(second);

  EXPECT_EQ(one.finish(), both.finish());
}

TEST(ContentDigest, DoesNotDependOnTheOrderOrThePieces) {
  const auto digest = [](const std::vector<NamedTensor>& tensors) {
    ContentDigest all;
    for (const NamedTensor& tensor : tensors) all.watched(tensor).stream([](std::string_view) {});
    return all.finish();
  };
  const NamedTensor a = tensor_of("a", Array::of<float>({1, 2}));
  const NamedTensor b = tensor_of("b", Array::of<float>({3}));
  NamedTensor in_pieces = a;
  in_pieces.stream = [whole = a.stream](const ByteSink& sink) {
    whole([&](std::string_view bytes) {
      for (const char& byte : bytes) sink({&byte, 1});
    });
  };

  EXPECT_EQ(digest({a, b}), digest({b, in_pieces}));
  EXPECT_NE(digest({a, b}), digest({a}));
  EXPECT_NE(digest({a}), digest({tensor_of("a", Array::of<float>({1, 2}).reshaped({2, 1}))}));
}

}  // namespace
}  // namespace assay::convert
