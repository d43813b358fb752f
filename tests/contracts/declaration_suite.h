// What holds for the declaration of every component, of whatever family.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/families.h"
#include "tests/contracts/component.h"

namespace assay::testing {

class DeclarationSuite : public ::testing::TestWithParam<Component> {
 protected:
  const ComponentInfo& info() const { return *GetParam().info; }
};

TEST_P(DeclarationSuite, SaysWhatItIsAndWhatEachParameterIs) {
  EXPECT_NE(info().schema->about, "");
  for (const FieldInfo& field : info().schema->fields) EXPECT_NE(field.doc, "") << field.key;
}

/// The paper, or the page of the library whose numbers it gives.
TEST_P(DeclarationSuite, NamesItsSourceWhereThereIsOne) {
  const std::vector<std::string> families = {"init", "layer", "loss", "metric", "optimizer"};
  if (std::find(families.begin(), families.end(), info().family) == families.end()) return;
  EXPECT_NE(info().schema->source, "");
}

TEST_P(DeclarationSuite, KeysAreSnakeCase) {
  for (const FieldInfo& field : info().schema->fields) {
    EXPECT_THAT(field.key, ::testing::MatchesRegex("[a-z][a-z0-9_]*"));
  }
}

TEST_P(DeclarationSuite, DefaultsObeyTheirRules) {
  for (const FieldInfo& field : info().schema->fields) {
    if (field.is_required || field.default_value.is_null()) continue;
    for (const Rule& rule : field.rules) {
      EXPECT_TRUE(rule.holds(field.default_value)) << field.key << " must be " << rule.words;
    }
  }
}

TEST_P(DeclarationSuite, DefaultsObeyTheRulesOverSeveralFields) {
  const auto& fields = info().schema->fields;
  const bool has_all =
      std::none_of(fields.begin(), fields.end(), [](const FieldInfo& field) { return field.is_required; });
  if (!has_all) return;
  const auto params = info().make_params();
  for (const CrossCheck& check : info().schema->checks) EXPECT_TRUE(check.holds(params.get())) << check.words;
}

}  // namespace assay::testing
