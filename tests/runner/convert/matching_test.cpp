#include "runner/convert/matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::convert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Sizes = std::vector<std::int64_t>;

/// A tensor whose numbers count up from `first`.
NamedTensor counting(std::string name, Sizes shape, float first = 0) {
  Array values(Dtype::f32, std::move(shape));
  for (std::int64_t i = 0; i < values.count(); ++i) values.as<float>()[i] = first + static_cast<float>(i);
  return tensor_of(std::move(name), values);
}

std::vector<float> values_of(const NamedTensor& tensor) {
  const Array values = read(tensor);
  return {values.as<float>(), values.as<float>() + values.count()};
}

std::vector<std::string> hows(const Matching& matching) {
  std::vector<std::string> words;
  for (const FirstWeights::Line& line : matching.lines)
    words.push_back(line.name + " <- " + line.from + ": " + line.how);
  return words;
}

/// Two convolutions with their norms and a head, as a model of assay names them.
std::vector<TensorOutline> small_model() {
  return {{"layers.0.weight", {4, 3}}, {"layers.1.weight", {4}}, {"layers.1.bias", {4}},
          {"layers.2.weight", {4, 4}}, {"layers.3.weight", {4}}, {"layers.3.bias", {4}},
          {"layers.4.weight", {2, 4}}};
}

WeightFile same_elsewhere() {
  return {"x.pt",
          {counting("conv1.weight", {4, 3}), counting("bn1.weight", {4}, 1), counting("bn1.bias", {4}, 2),
           counting("conv2.weight", {4, 4}), counting("bn2.weight", {4}, 3), counting("bn2.bias", {4}, 4),
           counting("fc.weight", {2, 4})}};
}

TEST(Matching, EqualNamesMatch) {
  const WeightFile file{"x.pt", {counting("module.a.weight", {2}), counting("module.a.bias", {2})}};

  const Matching matching = match(file, {{"a.weight", {2}}, {"a.bias", {2}}}, {});

  EXPECT_TRUE(matching.is_good(true));
  EXPECT_THAT(hows(matching), ElementsAre("a.weight <- a.weight: by name", "a.bias <- a.bias: by name"));
}

TEST(Matching, OtherNamesMatchByStructure) {
  const Matching matching = match(same_elsewhere(), small_model(), {});

  EXPECT_TRUE(matching.is_good(true)) << summary_of(matching);
  ASSERT_THAT(matching.tensors, SizeIs(7));
  EXPECT_EQ(matching.tensors[4].name, "layers.3.weight");
  EXPECT_EQ(values_of(matching.tensors[4]).front(), 3);
  EXPECT_EQ(matching.n_by_shape, 0);
}

TEST(Matching, TheSameLayersInAnotherOrderAreNotGuessed) {
  WeightFile file = same_elsewhere();
  std::rotate(file.tensors.begin(), file.tensors.begin() + 3, file.tensors.begin() + 4);

  const Matching matching = match(file, small_model(), {});

  EXPECT_FALSE(matching.is_good(true));
  EXPECT_THAT(matching.hint, HasSubstr("in another order"));
}

TEST(Matching, WhereTheFileKeepsNoOrderNamesInTheirOrderAreSaidToBeAGuess) {
  WeightFile file = same_elsewhere();
  std::ranges::sort(file.tensors, {}, &NamedTensor::name);
  file.is_in_order = false;

  const Matching matching = match(file, small_model(), {});

  EXPECT_TRUE(matching.is_good(true)) << summary_of(matching);
  EXPECT_GT(matching.n_by_shape, 0);
  EXPECT_EQ(values_of(matching.tensors[4]).front(), 3);
}

TEST(Matching, ModulesOfWhichOneSideHasMoreAreNotGuessed) {
  WeightFile file = same_elsewhere();
  file.tensors.erase(file.tensors.begin() + 4, file.tensors.begin() + 6);

  const Matching matching = match(file, small_model(), {});

  EXPECT_THAT(matching.missing, SizeIs(4));
  EXPECT_THAT(matching.unused, SizeIs(2));
}

TEST(Matching, AMapRenamesTurnsJoinsAndLeavesOut) {
  const WeightFile file{"x.pt",
                        {counting("h.0.query.weight", {1, 2}, 0), counting("h.0.key.weight", {1, 2}, 10),
                         counting("h.0.c_fc.weight", {2, 3}), counting("mask", {9})}};
  const NameMap map{{{"h.*.query.weight", "blocks.*.in_proj_weight[0/2]"},
                     {"h.*.key.weight", "blocks.*.in_proj_weight[1/2]"},
                     {"h.*.c_fc.weight", "blocks.*.linear1.weight^T"},
                     {"mask", ""}}};

  const Matching matching =
      match(file, {{"blocks.0.in_proj_weight", {2, 2}}, {"blocks.0.linear1.weight", {3, 2}}}, {map});

  ASSERT_TRUE(matching.is_good(true)) << summary_of(matching);
  EXPECT_THAT(values_of(matching.tensors[0]), ElementsAre(0, 1, 10, 11));
  EXPECT_THAT(values_of(matching.tensors[1]), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_EQ(matching.lines.back().how, "left out by `map`");
}

TEST(Matching, ARuleThatDoesNothingIsNamed) {
  const WeightFile file{"x.pt", {counting("enc.fc.weight", {2}), counting("fc.bias", {2})}};
  const NameMap map{{{"fc.weight", "a"}, {"fc.bias", "b"}}};

  const Matching matching = match(file, {{"a", {2}}}, {map, "enc."});

  EXPECT_EQ(idle_rules_text(matching),
            "`fc.bias` does nothing: no name in the file matches, or earlier rules take all that do");
}

TEST(Matching, ARuleThatDoesNothingOnTheWayBackIsNamed) {
  const WeightFile file{"x.h5", {counting("a", {2})}}, like{"x.pt", {counting("fc.weight", {2})}};
  const NameMap map{{{"fc.weight", "a"}, {"head.*", ""}}};

  EXPECT_THAT(match_back(file, like, {map}).idle_rules, ElementsAre("head.*"));
}

TEST(Matching, AnotherShapeIsAMisfitAlsoWhereItIsNotStrict) {
  const Matching matching = match({"x.pt", {counting("fc.weight", {1000, 4})}}, {{"fc.weight", {10, 4}}}, {});

  EXPECT_FALSE(matching.is_good(false));
  EXPECT_THAT(matching.misfits, ElementsAre("fc.weight [10, 4] is [1000, 4] in the file (fc.weight)"));
  EXPECT_THAT(matching.hint, HasSubstr("strict: false"));
}

TEST(Matching, FloatsBecomeOtherFloatsButNotIntegers) {
  const WeightFile file{"x.pt",
                        {tensor_of("a", Array(Dtype::bf16, {2})), tensor_of("b", Array(Dtype::f32, {}))}};

  const Matching matching = match(file, {{"a", {2}, Dtype::f32}, {"b", {}, Dtype::i64}}, {});

  EXPECT_THAT(matching.misfits, ElementsAre("b [] is i64, b in the file f32"));
}

TEST(Matching, ACounterOfBatchesMayBeMissing) {
  const Matching matching = match({"x.pt", {counting("bn.weight", {2})}},
                                  {{"bn.weight", {2}}, {"bn.num_batches_tracked", {}, Dtype::i64, true}}, {});

  EXPECT_TRUE(matching.is_good(true));
}

TEST(Matching, WhatIsMissingIsSuggested) {
  const Matching matching = match({"x.pt", {counting("head.weight", {2, 4}), counting("head.scale", {7})}},
                                  {{"layers.4.weight", {2, 4}}, {"layers.4.bias", {2}}}, {});

  EXPECT_THAT(matching.missing, ElementsAre("layers.4.weight [2, 4] is not in the file; is it 'head.weight'?",
                                            HasSubstr("layers.4.bias")));
  EXPECT_EQ(summary_of(matching), "2 tensors of the model not in the file, 2 tensors of the file not used");
}

TEST(Matching, APrefixThatWouldHelpIsTheHint) {
  const Matching matching =
      match({"x.pt", {counting("state_dict.a.weight", {2, 4}), counting("average.a.weight", {2, 4})}},
            {{"a.weight", {2, 4}}}, {});

  EXPECT_THAT(matching.hint, HasSubstr("prefix: state_dict."));
  EXPECT_TRUE(match({"x.pt", {counting("state_dict.a.weight", {2, 4}), counting("average.a.weight", {2, 4})}},
                    {{"a.weight", {2, 4}}}, {{}, "state_dict."})
                  .is_good(true));
}

TEST(Matching, ATensorThatIsAnotherOneIsNotLeftOver) {
  WeightFile file{"x.pt", {counting("wte.weight", {5, 4}), counting("lm_head.weight", {5, 4})}};
  file.tensors[1].same_as = "wte.weight";

  const Matching matching =
      match(file, {{"layers.0.weight", {5, 4}}}, {NameMap{{{"wte.weight", "layers.0.weight"}}}});

  EXPECT_TRUE(matching.is_good(true)) << summary_of(matching);
  EXPECT_THAT(matching.unused, IsEmpty());
}

}  // namespace
}  // namespace assay::convert
