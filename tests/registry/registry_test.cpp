#include "registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/plugin.h"
#include "tests/registry/fakes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(Registry, ListsComponentsByName) {
  const Registry registry = gear_registry();

  EXPECT_THAT(registry.names("gear"), ElementsAre("fancy", "plain"));
  EXPECT_EQ(registry.find("gear", "plain")->plugin, "clockwork");
  EXPECT_EQ(std::any_cast<std::string>(registry.find("gear", "plain")->facet), "a facet");
  EXPECT_EQ(registry.find_family("gears")->name, "gear");
}

TEST(Registry, RefusesASecondComponentOfTheSameName) {
  Registry registry = gear_registry();
  registry.set_plugin("other", "2");

  const auto problems = problems_of([&] { registry.declare<PlainParams>(GearFamily{}, "plain"); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "plugin other declares gear plain, which plugin clockwork declared before");
}

TEST(Registry, RefusesNamesThatAreNotSnakeCase) {
  Registry registry = gear_registry();

  EXPECT_THAT(problems_of([&] { registry.declare<PlainParams>(GearFamily{}, "Plain Gear"); }), SizeIs(1));
}

TEST(Registry, WhatIsBoundCanBeWrittenAndBoundAgain) {
  const Registry registry = gear_registry();
  const auto slot = registry.bind<Gear>(
      map_of({{"springs", list_of({plain("2")})}, {"weights", map_of({{"a", plain("1")}})}}), "gear");

  const auto again = registry.bind<Gear>(to_value(slot.to_json(), {}), "gear");

  EXPECT_TRUE(again.to_json().find_path("springs.0.stiffness")->real() == 2);
  EXPECT_EQ(again.to_json().find("type")->text(), "plain");
}

TEST(Implementations, BuildWhatASlotHolds) {
  const Registry registry = gear_registry();
  Implementations parts;
  parts.add<Coil>("coil");

  const auto spring = parts.build(registry.bind<Spring>(plain("4"), "spring"), {});

  EXPECT_EQ(spring->force(), 4);
  EXPECT_TRUE(parts.has("spring", "coil"));
}

TEST(Implementations, SayWhichComponentFailedToBuildAndWhere) {
  const Registry registry = gear_registry();
  Implementations parts;
  parts.add<Coil>("coil");

  const auto problems =
      problems_of([&] { parts.build(registry.bind<Spring>(plain("2000", 3, 4), "spring"), {}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]), "g.yaml:3:4: error: spring: building coil failed: too stiff");
}

TEST(Implementations, AComponentThatIsOnlyDeclaredIsAClearError) {
  const Registry registry = gear_registry();

  const auto problems =
      problems_of([&] { Implementations().build(registry.bind<Spring>(plain("coil"), "spring"), {}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("nothing that implements it"));
}

TEST(Plugin, OfAnotherBuildIsRefusedBeforeItIsCalled) {
  const PluginDescriptor foreign{plugin_abi, "gears", "1", "assay 0.0.1, LibTorch 1.0.0, GNU 4.8",
                                 [](Registry&) { FAIL() << "called"; }};
  Registry registry = gear_registry();

  const auto problems = problems_of([&] { load_declarations(foreign, registry); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("assay 0.0.1, LibTorch 1.0.0, GNU 4.8"));
  EXPECT_THAT(problems[0].message, HasSubstr(build_id()));
  EXPECT_THAT(problems[0].hint, HasSubstr("build it again"));
}

TEST(OpenSymbol, SaysWhichLibraryIsMissing) {
  const auto problems = problems_of([] { open_symbol("/nowhere/libx.so", "f"); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("/nowhere/libx.so"));
}

}  // namespace
}  // namespace assay::testing
