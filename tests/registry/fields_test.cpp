#include "registry/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/registry/fakes.h"

namespace assay::testing {
namespace {

TEST(Fields, ReadsDefaultsFromTheMembers) {
  const Schema& schema = schema_of<PlainParams>();

  EXPECT_EQ(schema.find("backlash")->default_value, Json(0.1));
  EXPECT_TRUE(schema.find("speed")->default_value.is_null());
  EXPECT_EQ(schema.find("spring")->default_value, Json("coil"));
  EXPECT_EQ(schema.find("range")->default_value.find("high")->integer(), 2);
}

TEST(Fields, KeepsAttributes) {
  EXPECT_TRUE(schema_of<CoilParams>().find("stiffness")->is_log_scale);
  EXPECT_TRUE(schema_of<PlainParams>().find("label")->is_not_identity);
  EXPECT_EQ(schema_of<PlainParams>().find("speed")->unit, "1/s");
  EXPECT_TRUE(schema_of<PlainParams>().find("speed")->type.is_optional);
  EXPECT_TRUE(schema_of<FancyParams>().find("motto")->is_required);
}

TEST(Fields, SayWhatAValueMustBe) {
  EXPECT_EQ(schema_of<PlainParams>().find("teeth")->type.words(), "a list of whole numbers");
  EXPECT_EQ(schema_of<PlainParams>().find("weights")->type.words(), "a map of numbers");
  EXPECT_EQ(schema_of<PlainParams>().find("spring")->type.words(),
            "a spring component: a name or a map with `type`");
}

TEST(Rules, OwnTheirWordsAndTheirSchema) {
  const Rule rule = at_least(1) && below(10);

  EXPECT_EQ(rule.words, "at least 1 and below 10");
  EXPECT_TRUE(rule.holds(Json(1)));
  EXPECT_FALSE(rule.holds(Json(10.0)));
  EXPECT_EQ(rule.schema.find("exclusiveMaximum")->real(), 10);
}

TEST(ToValue, IsUndoneByToJson) {
  Json json;
  json.set("a", 1);
  json.set("b", 0.5);
  json.set("c", "010");
  json.set("d", Json::List{true, Json(), Json(INFINITY)});

  EXPECT_TRUE(to_json(to_value(json, {})) == json);
}

}  // namespace
}  // namespace assay::testing
