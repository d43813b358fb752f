#include "core/value.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace assay {
namespace {

Value plain(std::string text) { return Value::scalar(std::move(text), false, {}); }

TEST(Value, IsFoundByADottedPathThroughMapsAndLists) {
  Value layer;
  layer.set("units", plain("10"));
  Value config;
  config.set("model", Value()).set("layers", Value::list({plain("flatten"), layer}, {}));

  ASSERT_NE(config.find_path("model.layers.1.units"), nullptr);
  EXPECT_EQ(config.find_path("model.layers.1.units")->text(), "10");
  EXPECT_EQ(config.find_path("model.layers.2"), nullptr);
  EXPECT_EQ(config.find_path("model.layers.-1"), nullptr);
  EXPECT_EQ(config.find_path("model.layers.1.units.x"), nullptr);
}

TEST(Value, SetReplacesInPlaceAndKeepsTheOrder) {
  Value map;
  map.set("a", plain("1"));
  map.set("b", plain("2"));
  map.set("a", plain("3"));

  ASSERT_EQ(map.entries().size(), 2U);
  EXPECT_EQ(map.entries()[0].key, "a");
  EXPECT_EQ(map.entries()[0].value.text(), "3");
}

TEST(Value, EqualsLooksAtContentNotAtPlaces) {
  const Value a = Value::scalar("1", false, Where::path("x"));

  EXPECT_TRUE(a.equals(plain("1")));
  EXPECT_FALSE(a.equals(Value::scalar("1", true, {})));
}

TEST(Json, ComparesMapsWhateverTheirOrder) {
  Json a, b;
  a.set("x", 1);
  a.set("y", 2.5);
  b.set("y", 2.5);
  b.set("x", 1);

  EXPECT_TRUE(a == b);
  EXPECT_FALSE(a == Json(1));
  EXPECT_EQ(b.find_path("y")->real(), 2.5);
}

}  // namespace
}  // namespace assay
