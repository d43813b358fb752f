#include "runner/config/json_schema.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/config/presets.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

void visit(const Json& node, const std::function<void(const std::string&, const Json&)>& see) {
  if (node.is_list()) {
    for (const Json& item : node.items()) visit(item, see);
  } else if (node.is_map()) {
    for (const auto& [key, value] : node.entries()) {
      see(key, value);
      visit(value, see);
    }
  }
}

TEST(JsonSchema, EveryReferenceIsDefined) {
  const Json schema = json_schema(builtin_registry());
  std::vector<std::string> missing;

  visit(schema, [&](const std::string& key, const Json& value) {
    if (key != "$ref") return;
    const std::string name = value.text().substr(std::string("#/$defs/").size());
    if (!schema.find("$defs")->find(name)) missing.push_back(name);
  });

  EXPECT_THAT(missing, IsEmpty());
}

TEST(JsonSchema, EveryKeyOfAnExperimentHasADescription) {
  const Json schema = json_schema(builtin_registry());

  for (const FieldInfo& field : schema_of<Experiment>().fields) {
    const Json* property = schema.find("properties")->find(field.key);
    ASSERT_NE(property, nullptr) << field.key;
    EXPECT_FALSE(property->find("description")->text().empty()) << field.key;
  }
}

TEST(JsonSchema, OffersPresetsBesideComponents) {
  const TemporaryFolder folder;
  folder.write("model/small.yaml", "type: mlp\n");
  folder.write("model/notes.txt", "no preset\n");
  const Registry registry = fake_registry();

  const PresetNames presets = find_presets({folder.path(), folder / "nowhere"}, registry);

  EXPECT_EQ(presets, (PresetNames{{"model", {"small"}}}));
  const Json schema = json_schema(registry, presets);
  const Json* names = schema.find("$defs")->find("model")->find_path("anyOf.0.enum");
  ASSERT_NE(names, nullptr);
  EXPECT_THAT(names->items(), Contains(Json("small")));
  EXPECT_THAT(names->items(), Contains(Json("mlp")));
}

}  // namespace
}  // namespace assay::testing
