#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "registry/contracts/builtin.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(List, NamesEveryComponent) {
  const Registry registry = builtin_registry();

  const Finished list = run_assay({"list"});

  EXPECT_EQ(list.exit_code, 0);
  for (const FamilyInfo* family : registry.families()) {
    for (const std::string& name : registry.names(family->name))
      EXPECT_THAT(list.out, HasSubstr("\n  " + name));
  }
}

TEST(List, NamesPresetsWithTheirFamily) {
  EXPECT_THAT(run_assay({"list", "model"}).out,
              HasSubstr("ResNet-20 for small images, as of CIFAR-10 (preset)"));
  EXPECT_THAT(run_assay({"list", "layer"}).out, Not(HasSubstr("(preset)")));
}

TEST(List, OfAFamilyNamesThatAlone) {
  const Finished list = run_assay({"list", "optimizer"});

  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.out, AllOf(HasSubstr("adamw"), Not(HasSubstr("mlp"))));
  EXPECT_EQ(run_assay({"list", "optimizers"}).out, list.out);
}

TEST(List, UnknownFamilySuggestsTheClosestOne) {
  const Finished wrong = run_assay({"list", "optimzer"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'optimizer'?"));
}

TEST(List, AsJsonCanBeRead) {
  const Json json = parse_json(run_assay({"list", "--format", "json"}).out, "list");

  ASSERT_NE(json.find("optimizer"), nullptr);
  EXPECT_FALSE(json.find("optimizer")->items().empty());
}

TEST(Describe, ShowsParametersAndAnExample) {
  const Finished page = run_assay({"describe", "mlp"});

  EXPECT_EQ(page.exit_code, 0);
  EXPECT_THAT(page.out, AllOf(HasSubstr("hidden"), HasSubstr("[128, 128]"), HasSubstr("Example\n  model:")));
}

TEST(Describe, WorksForEveryComponent) {
  const Registry registry = builtin_registry();
  for (const FamilyInfo* family : registry.families()) {
    for (const std::string& name : registry.names(family->name)) {
      const Finished page = run_assay({"describe", family->name + '/' + name});
      EXPECT_EQ(page.exit_code, 0) << family->name << '/' << name << ": " << page.err;
    }
  }
}

TEST(Describe, ShowsAPresetBesideComponentsOfItsName) {
  const Finished preset = run_assay({"describe", "tcn"});
  EXPECT_EQ(preset.exit_code, 0) << preset.err;
  EXPECT_THAT(preset.out, AllOf(HasSubstr("preset of model, a sequential"), HasSubstr("Bai et al. 2018"),
                                HasSubstr("kernel: 7")));

  const Finished both = run_assay({"describe", "linear"});
  EXPECT_THAT(both.out, AllOf(HasSubstr("Source: torch.nn.Linear"), HasSubstr("preset of model")));
}

TEST(Describe, ShowsTheKeysOfItems) {
  const Finished graph = run_assay({"describe", "graph"});

  EXPECT_THAT(graph.out, AllOf(HasSubstr("nodes.N.from"), HasSubstr("blocks.NAME.parameters")));
}

TEST(Describe, UnknownNameSuggestsTheClosestOne) {
  const Finished wrong = run_assay({"describe", "adamv"});

  EXPECT_EQ(wrong.exit_code, 3);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("no component is called 'adamv'"), HasSubstr("did you mean 'adam")));
}

TEST(Describe, AsJsonCanBeRead) {
  const Json json = parse_json(run_assay({"describe", "mlp", "--format", "json"}).out, "describe");

  ASSERT_EQ(json.items().size(), 1U);
  EXPECT_EQ(json.items()[0].find("family")->text(), "model");
}

}  // namespace
}  // namespace assay::testing
