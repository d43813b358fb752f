#include <gtest/gtest.h>

#include "tests/registry/fakes.h"

namespace assay::testing {
namespace {

struct Machine {
  Slot<Gear> gear;
  Slot<Spring> spring = "coil";
  static void describe(Fields<Machine>& f) {
    f("gear", &Machine::gear, "turns", required);
    f("spring", &Machine::spring, "pushes");
  }
};

TEST(FillDefaults, ReachesNestedSlotsSectionsAndLists) {
  const Registry registry = gear_registry();
  Value config =
      map_of({{"gear", map_of({{"type", plain("plain")}, {"springs", list_of({plain("coil")})}})}});

  fill_defaults(config, schema_of<Machine>(), registry, "experiment");

  EXPECT_EQ(config.find_path("gear.spring.stiffness")->text(), "1.5");
  EXPECT_EQ(config.find_path("gear.springs.0.stiffness")->text(), "1.5");
  EXPECT_EQ(config.find_path("gear.range.high")->text(), "2");
  EXPECT_EQ(config.find_path("gear.oil")->text(), "thin");
  EXPECT_EQ(config.find_path("spring.type")->text(), "coil");
  EXPECT_EQ(to_string(config.find_path("gear.range.high")->where()), "default of gear/plain");
}

TEST(FillDefaults, LeavesWhatWasWritten) {
  const Registry registry = gear_registry();
  Value config = map_of({{"gear", map_of({{"type", plain("plain")}, {"slack", plain("0.3", 5, 6)}})}});

  fill_defaults(config, schema_of<Machine>(), registry, "experiment");

  EXPECT_EQ(config.find_path("gear.slack")->where().line, 5);
  EXPECT_EQ(config.find_path("gear.backlash"), nullptr) << "its old name was written";
}

TEST(FillDefaults, WhatItFillsInBindsToTheSameAsNothing) {
  const Registry registry = gear_registry();
  Value filled = map_of({{"gear", plain("plain")}});
  fill_defaults(filled, schema_of<Machine>(), registry, "experiment");

  const auto from_defaults = registry.bind<Gear>(*filled.find("gear"), "gear");
  const auto from_nothing = registry.bind<Gear>(plain("plain"), "gear");

  // The default slot of the latter has a name only; all else must agree.
  Json expected = from_nothing.to_json();
  expected.set("spring",
               from_defaults.to_json().find("spring") ? *from_defaults.to_json().find("spring") : Json());
  EXPECT_TRUE(from_defaults.to_json() == expected);
}

}  // namespace
}  // namespace assay::testing
