#include "plugins/weights/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using weights::PickleNode;
using weights::read_pickle;

std::string refusal(const std::string& bytes) {
  const auto problems = problems_of([&] { read_pickle(bytes, "a.pt"); });
  return problems.empty() ? "read" : problems[0].message;
}

TEST(Pickle, ReadsNestedValues) {
  // {"a": (1, 2.5, None, [True])}
  const std::string bytes("\x80\x02}X\x01\0\0\0a(K\x01G\x40\x04\0\0\0\0\0\0N]\x88\x61ts.", 28);

  const weights::Pickle pickle = read_pickle(bytes, "a.pt");

  const PickleNode& root = pickle.nodes[pickle.root];
  ASSERT_TRUE(root.is(PickleNode::Kind::map));
  EXPECT_EQ(pickle.nodes[root.items[0]].text, "a");
  EXPECT_EQ(pickle.nodes[root.items[1]].items.size(), 4U);
  EXPECT_EQ(pickle.end, bytes.size());
}

TEST(Pickle, ReadsLongIntegersWithTheirSign) {
  const auto integer = [](const std::string& bytes) {
    const weights::Pickle pickle = read_pickle(bytes, "a.pt");
    return pickle.nodes[pickle.root].integer;
  };
  EXPECT_EQ(integer("\x8a\x01\xFF."), -1);
  EXPECT_EQ(integer(std::string("\x8a\x02\xFF\0.", 5)), 255);
  EXPECT_EQ(integer("J\xFE\xFF\xFF\xFF."), -2);
}

TEST(Pickle, RefusesCodeByTheNameOfWhatItAsksFor) {
  EXPECT_EQ(refusal("cos\nsystem\n(X\x04\0\0\0lstR."),
            "holds code, which is never run: it asks for os.system");
  EXPECT_EQ(refusal("\x80\x04\x8c\x08"
                    "builtins\x8c\x04"
                    "eval\x93."),
            "holds code, which is never run: it asks for builtins.eval");
  EXPECT_EQ(refusal("(ios\nsystem\n."), "holds code, which is never run: it asks for os.system");
}

TEST(Pickle, RefusesOpcodesThatReachElsewhere) {
  EXPECT_THAT(refusal("\x82\x01."),
              HasSubstr("opcode 130"));  // EXT1: an entry of Python's table of extensions
  EXPECT_THAT(refusal("P1\n."), HasSubstr("opcode 80"));
}

TEST(Pickle, RefusesToCallAType) {
  EXPECT_THAT(refusal("ctorch\nfloat32\n)R."), HasSubstr("it calls torch.float32, which is a type"));
}

TEST(Pickle, RefusesWhatEndsTooEarly) {
  EXPECT_THAT(refusal("}"), HasSubstr("it ends too early"));
  EXPECT_THAT(refusal(std::string("X\xFF\xFF\xFF\xFF", 5)), HasSubstr("it ends too early"));
  EXPECT_THAT(refusal("t."), HasSubstr("it ends a list that it did not begin"));
  EXPECT_THAT(refusal("0."), HasSubstr("it takes a value where there is none"));
  EXPECT_THAT(refusal("h\x05."), HasSubstr("it recalls what it did not keep"));
}

TEST(Pickle, DoesNotRepeatAListUntilTheMemoryIsFull) {
  std::string bytes = "ccollections\nOrderedDict\nq";
  bytes += '\0';
  bytes += "](";
  for (int i = 0; i < 1000; ++i) bytes += "K\1K\2\x86";
  bytes += "eq\1";
  for (int i = 0; i < 1000; ++i) bytes += std::string("h\0h\1\x85R", 6);

  EXPECT_THAT(refusal(bytes + '.'), HasSubstr("it repeats a list too often"));
}

}  // namespace
}  // namespace assay::testing
