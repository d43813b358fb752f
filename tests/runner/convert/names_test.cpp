#include "runner/convert/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::convert {
namespace {

using ::testing::ElementsAre;

NamedTensor named(std::string name) {
  NamedTensor tensor;
  tensor.name = std::move(name);
  return tensor;
}

TEST(Names, StarsCaptureWhatTheyStandFor) {
  EXPECT_THAT(captures("layer*.*.conv?.weight", "layer1.0.conv2.weight").value(), ElementsAre("1", "0"));
  EXPECT_FALSE(captures("layer*.weight", "fc.bias").has_value());
  EXPECT_EQ(filled("layers.*.sub.*", {"1", "0"}), "layers.1.sub.0");
}

TEST(Names, TheFirstRuleThatMatchesDecides) {
  const NameMap map{{{"fc.*", ""}, {"*.weight", "w.*^T"}, {"*", "other.*"}}};

  EXPECT_EQ(renamed(map, "fc.weight").by, Renamed::By::nothing);
  EXPECT_EQ(renamed(map, "a.weight").target.name, "w.a");
  EXPECT_TRUE(renamed(map, "a.weight").target.is_transposed);
  EXPECT_EQ(renamed(map, "a.bias").target.name, "other.a.bias");
  EXPECT_EQ(renamed({}, "a.bias").by, Renamed::By::itself);
}

TEST(Names, RulesThatDecideNothingAreIdle) {
  const NameMap map{{{"fc.*", ""}, {"fc.bias", "b"}, {"conv.*", "layers.0.*"}, {"norm.*", "layers.1.*"}}};

  EXPECT_THAT(idle_rules(map, {"fc.weight", "fc.bias", "conv.weight"}), ElementsAre("fc.bias", "norm.*"));
}

TEST(Names, TargetsSayPartsAndTurns) {
  const Target part = parse_target("attn.in_proj_weight[1/3]^T").value();

  EXPECT_EQ(part.name, "attn.in_proj_weight");
  EXPECT_EQ(part.part, 1);
  EXPECT_EQ(part.parts, 3);
  EXPECT_EQ(to_string(part), "attn.in_proj_weight[1/3]^T");
  EXPECT_FALSE(parse_target("a[3/3]").has_value());
  EXPECT_FALSE(parse_target("a[x]").has_value());
  EXPECT_FALSE(parse_target("").has_value());
}

TEST(Names, RulesHaveAsManyStarsOnBothSidesAndPartsThatThereAre) {
  EXPECT_FALSE(fault_of({"a.*", "b.*[2/3]^T"}));
  EXPECT_FALSE(fault_of({"a.*", ""}));
  EXPECT_EQ(fault_of({"a.*", "b"})->message, "has 0 stars in its target, where 'a.*' has 1");
  EXPECT_EQ(fault_of({"a", "b[3/3]"})->message, "asks for a part that there is not");
}

TEST(Names, WrappersAreTakenOffWhereAllHaveThem) {
  EXPECT_EQ(wrapper_of({named("module.a"), named("module.b")}), "module.");
  EXPECT_EQ(wrapper_of({named("_orig_mod.module.a")}), "_orig_mod.module.");
  EXPECT_EQ(wrapper_of({named("module.a"), named("b")}), "");
  EXPECT_EQ(wrapper_of({}), "");
}

TEST(Names, NumbersInNamesCountAsNumbers) {
  EXPECT_TRUE(comes_before("layers.9.weight", "layers.10.weight"));
  EXPECT_FALSE(comes_before("layers.10.weight", "layers.9.weight"));
  EXPECT_TRUE(comes_before("layers.2", "layers.2.bias"));
  EXPECT_FALSE(comes_before("a", "a"));
}

}  // namespace
}  // namespace assay::convert
