#include "registry/secret.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/registry/fakes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

struct DoorParams {
  Secret token;
  std::vector<Secret> spare;
  std::string label;
  double width = 1;
  static void describe(Fields<DoorParams>& f) {
    f("token", &DoorParams::token, "opens the door");
    f("spare", &DoorParams::spare, "open it too");
    f("label", &DoorParams::label, "on the door");
    f("width", &DoorParams::width, "of the door");
  }
};

Value tagged(std::string name) {
  Value value = plain(std::move(name), 3, 8);
  value.set_tag("secret");
  return value;
}

struct Bound {
  DoorParams params;
  std::vector<Problem> problems;
};

Bound bind(const Value& map) {
  static const Registry registry = gear_registry();
  Bound bound;
  BindContext context{registry, bound.problems, "door"};
  bind_fields(map, {{&schema_of<DoorParams>(), &bound.params}}, {}, context);
  return bound;
}

TEST(Secret, IsAReferenceUntilItIsRead) {
  setenv("ASSAY_TEST_TOKEN", "hunter2", 1);
  const Bound bound = bind(map_of({{"token", tagged("ASSAY_TEST_TOKEN")}}));

  ASSERT_THAT(bound.problems, SizeIs(0));
  EXPECT_EQ(schema_of<DoorParams>().write(&bound.params).find("token")->text(), "!secret ASSAY_TEST_TOKEN");
  EXPECT_EQ(bound.params.token.read(), "hunter2");
  EXPECT_FALSE(DoorParams().token.is_set());
}

TEST(Secret, IsReadBackFromWhatWasStored) {
  const Bound bound = bind(map_of({{"token", tagged("A_TOKEN")}, {"spare", list_of({tagged("B_TOKEN")})}}));
  const Json stored = schema_of<DoorParams>().write(&bound.params);

  const Bound again = bind(to_value(stored, {}));

  ASSERT_THAT(again.problems, SizeIs(0));
  EXPECT_EQ(again.params.token, bound.params.token);
  EXPECT_EQ(again.params.spare, bound.params.spare);
}

TEST(Secret, InPlainTextIsRefusedAndNotRepeated) {
  const Bound bound = bind(map_of({{"token", quoted("hunter2")}}));

  ASSERT_THAT(bound.problems, SizeIs(1));
  EXPECT_THAT(to_string(bound.problems[0]), Not(HasSubstr("hunter2")));
  EXPECT_EQ(bound.problems[0].message, "is a secret in plain text");
  EXPECT_EQ(bound.problems[0].hint, "export it as TOKEN and write `!secret TOKEN`");
}

TEST(Secret, NeedsTheNameOfAVariable) {
  for (const char* name : {"", "two words", "2FAST", "a-b", "$(env.X)"}) {
    const Bound bound = bind(map_of({{"token", tagged(name)}}));
    ASSERT_THAT(bound.problems, SizeIs(1)) << name;
    EXPECT_THAT(bound.problems[0].message, HasSubstr("which names no environment variable"));
  }
}

TEST(Secret, IsRefusedWhereNoneIsDeclared) {
  for (const Value& reference : {tagged("A_TOKEN"), quoted("!secret A_TOKEN")}) {
    const Bound bound = bind(map_of({{"label", reference}, {"width", reference}}));

    ASSERT_THAT(bound.problems, SizeIs(2));
    EXPECT_THAT(bound.problems[0].message, HasSubstr("!secret A_TOKEN"));
    EXPECT_THAT(bound.problems[0].message, HasSubstr("must be a text"));
    EXPECT_THAT(bound.problems[1].message, HasSubstr("must be a number"));
    EXPECT_THAT(bound.problems[1].hint, HasSubstr("secrets go where a component declares one"));
  }
}

TEST(Secret, ThatIsNotSetCannotBeRead) {
  setenv("ASSAY_TEST_EMPTY", "", 1);
  for (const char* name : {"ASSAY_TEST_NOWHERE", "ASSAY_TEST_EMPTY"}) {
    const Secret secret{name};
    EXPECT_FALSE(secret.is_readable());
    const auto problems = problems_of([&] { (void)secret.read(); });
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_THAT(problems[0].message, HasSubstr(name));
    EXPECT_THAT(problems[0].hint, HasSubstr("export"));
  }
}

}  // namespace
}  // namespace assay::testing
