// Declarations and implementations are two tables, compiled apart: they must name the same components.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"

namespace assay::testing {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

Names declared(const Registry& registry) {
  Names out;
  for (const FamilyInfo* family : registry.families()) {
    for (const std::string& name : registry.names(family->name)) out.emplace_back(family->name, name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Tables, EveryDeclaredComponentIsImplementedAndTheOtherWayRound) {
  Implementations parts = builtin_implementations();
  load_tensor_families(parts);

  EXPECT_EQ(declared(builtin_registry()), parts.list());
}

TEST(Tables, FamiliesWithoutTensorsAreImplementedWithoutLibTorch) {
  const Implementations parts = builtin_implementations();

  EXPECT_TRUE(parts.has("dataset", "digits"));
  EXPECT_TRUE(parts.has("schedule", "cosine"));
  EXPECT_FALSE(parts.has("model", "mlp"));
}

TEST(Tables, EveryComponentAndEveryParameterIsDocumented) {
  const Registry registry = builtin_registry();
  for (const FamilyInfo* family : registry.families()) {
    EXPECT_FALSE(registry.list(family->name).empty()) << family->name << " has no component";
    for (const ComponentInfo* component : registry.list(family->name)) {
      EXPECT_GT(component->schema->about.size(), 8U) << family->name << '/' << component->name;
      for (const FieldInfo& field : component->schema->fields) {
        EXPECT_GT(field.doc.size(), 3U) << family->name << '/' << component->name << '.' << field.key;
        for (const Rule& rule : field.rules) {
          const bool is_set = !field.default_value.is_null();
          EXPECT_TRUE(!is_set || rule.holds(field.default_value))
              << family->name << '/' << component->name << '.' << field.key
              << " breaks its own rule: " << rule.words;
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay::testing
