#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/registry/fakes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const PlainParams& plain_params(const Slot<Gear>& slot) {
  return *static_cast<const PlainParams*>(slot.params());
}

std::vector<Problem> problems_binding(const Value& value) {
  return problems_of([&] { gear_registry().bind<Gear>(value, "gear"); });
}

TEST(Bind, LeavesDefaultsWhereNothingIsWritten) {
  const Registry registry = gear_registry();

  const auto slot = registry.bind<Gear>(plain("plain"), "gear");

  EXPECT_EQ(plain_params(slot).teeth, (std::vector<std::int64_t>{12, 24}));
  EXPECT_EQ(slot.shared().oil, "thin");
  EXPECT_EQ(slot.path(), "gear");
}

TEST(Bind, FillsParametersAndThoseOfTheFamily) {
  const Registry registry = gear_registry();

  const auto slot = registry.bind<Gear>(map_of({{"type", plain("plain")},
                                                {"teeth", list_of({plain("010"), plain("0x10")})},
                                                {"backlash", plain("1e-3")},
                                                {"oil", plain("thick")},
                                                {"speed", plain(".inf")}}),
                                        "gear");

  EXPECT_EQ(plain_params(slot).teeth, (std::vector<std::int64_t>{10, 16}));
  EXPECT_EQ(plain_params(slot).backlash, 1e-3);
  EXPECT_EQ(slot.shared().oil, "thick");
  EXPECT_TRUE(std::isinf(*plain_params(slot).speed));
}

TEST(Bind, UnknownKeySuggestsTheClosestOne) {
  const auto problems = problems_binding(map_of({{"type", plain("plain")}, {"teth", plain("3", 4, 9)}}));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "gear.teth");
  EXPECT_EQ(problems[0].where.line, 4);
  EXPECT_THAT(problems[0].hint, StartsWith("did you mean 'teeth'?"));
}

TEST(Bind, UnknownComponentNamesTheKnownOnes) {
  const auto problems = problems_binding(plain("fany"));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, ": unknown gear 'fany'");
  EXPECT_EQ(problems[0].hint, "did you mean 'fancy'? known: fancy, plain");
}

TEST(Bind, ReportsEveryProblemAtOnce) {
  const auto problems = problems_binding(map_of({{"teeth", list_of({plain("0"), plain("x")})},
                                                 {"backlash", plain("2")},
                                                 {"is_greased", plain("no")},
                                                 {"nonsense", plain("1")},
                                                 {"oil", plain("thik")},
                                                 {"spring", plain("-3")}}));

  EXPECT_THAT(problems, SizeIs(6));
}

TEST(Bind, ABrokenRuleOfAListPointsToTheItem) {
  const auto problems = problems_binding(map_of({{"teeth", list_of({plain("5"), plain("0", 7, 11)})}}));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "gear.teeth.1");
  EXPECT_EQ(problems[0].where.column, 11);
  EXPECT_EQ(problems[0].message, "is 0, must be at least 1");
}

TEST(Bind, ARuleOverSeveralFieldsIsReportedAtTheirMap) {
  const auto problems =
      problems_binding(map_of({{"range", map_of({{"low", plain("5")}, {"high", plain("4")}})}}));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "gear.range");
  EXPECT_THAT(problems[0].message, HasSubstr("low is at most high"));
}

TEST(Bind, AMissingRequiredFieldSaysWhatToAdd) {
  const auto problems = problems_binding(plain("fancy"));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "gear.motto");
  EXPECT_EQ(problems[0].hint, "add `motto:`, engraved in gold");
}

TEST(Bind, AnOldNameStillWorksAndWarns) {
  const Registry registry = gear_registry();
  std::vector<Problem> problems;
  BindContext context{registry, problems, "gear"};
  Slot<Gear> slot;

  registry.bind_slot(map_of({{"slack", plain("0.5")}}), "gear", slot, context);

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_TRUE(problems[0].is_warning);
  EXPECT_EQ(plain_params(slot).backlash, 0.5);
}

TEST(Bind, ANumberStandsForAComponentWhereTheFamilySaysSo) {
  const Registry registry = gear_registry();

  const auto slot = registry.bind<Spring>(plain("2.5"), "spring");

  EXPECT_EQ(slot.name(), "coil");
  EXPECT_EQ(static_cast<const CoilParams*>(slot.params())->stiffness, 2.5);
}

TEST(Bind, SlotsInsideComponentsAreCheckedWithTheirParent) {
  const auto problems = problems_binding(
      map_of({{"springs",
               list_of({plain("coil"), map_of({{"type", plain("coil")}, {"stiffness", plain("-1")}})})}}));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "gear.springs.1.stiffness");
}

struct ScalarCase {
  const char* field;
  Value written;
  const char* hint;
};

TEST(Bind, TypesAreNotGuessed) {
  const ScalarCase cases[] = {
      {"is_greased", plain("yes"), "write true"},
      {"is_greased", plain("off"), "write false"},
      {"is_greased", quoted("true"), "remove the quotes"},
      {"backlash", quoted("0.5"), "remove the quotes"},
      {"backlash", plain("0,5"), "write a point, not a comma"},
      {"backlash", plain("1_0"), "write it without underscores"},
      {"teeth", plain("3"), "put it in brackets: [3]"},
      // Where there is no better advice, the hint says what the field is.
      {"backlash", plain(".nan"), "play between teeth (default 0.1)"},
      {"backlash", list_of({}), "play between teeth (default 0.1)"},
      {"label", list_of({}), "engraved (default g)"},
      {"weights", plain("3"), "by part"},
      {"range", plain("3"), "where it works; keys: low, high"},
  };
  for (const ScalarCase& c : cases) {
    const auto problems = problems_binding(map_of({{c.field, c.written}}));
    ASSERT_THAT(problems, SizeIs(1)) << c.field << " " << c.written.kind_text();
    EXPECT_EQ(problems[0].hint, c.hint) << c.field << " " << c.written.kind_text();
    EXPECT_THAT(problems[0].message, StartsWith("is ")) << problems[0].message;
  }
}

TEST(Bind, AWholeNumberMayBeWrittenWithAnExponentButNotWithAFraction) {
  EXPECT_THAT(problems_binding(map_of({{"teeth", list_of({plain("1e3")})}})), IsEmpty());
  EXPECT_THAT(problems_binding(map_of({{"teeth", list_of({plain("1.5")})}})), SizeIs(1));
  EXPECT_THAT(problems_binding(map_of({{"teeth", list_of({plain("99999999999999999999")})}})), SizeIs(1));
}

TEST(Bind, EscapesWhatAStrangerWrote) {
  const auto problems = problems_binding(plain("x\x1b[2J"));

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace assay::testing
