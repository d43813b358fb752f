#include "core/io/pickle_writer.h"

#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

std::string pickled(std::int64_t value) {
  PickleWriter pickle;
  pickle.integer(value);
  return pickle.finish();
}

TEST(PickleWriter, AnIntegerTakesFourBytesIfItCan) {
  EXPECT_EQ(pickled(1), "\x80\x02J\x01\0\0\0."s);
  EXPECT_EQ(pickled(-2), "\x80\x02J\xFE\xFF\xFF\xFF."s);
  EXPECT_EQ(pickled(INT32_MAX), "\x80\x02J\xFF\xFF\xFF\x7F."s);
}

TEST(PickleWriter, ALargerIntegerTakesEight) {
  EXPECT_EQ(pickled(std::int64_t{1} << 31U), "\x80\x02\x8A\x08\0\0\0\x80\0\0\0\0."s);
  EXPECT_EQ(pickled(std::int64_t{INT32_MIN} - 1), "\x80\x02\x8A\x08\xFF\xFF\xFF\x7F\xFF\xFF\xFF\xFF."s);
}

TEST(PickleWriter, ATupleHoldsWhatComesBeforeItsEnd) {
  PickleWriter pickle;
  pickle.begin_tuple();
  pickle.boolean(true);
  pickle.boolean(false);
  pickle.text("\xC3\xA9");
  pickle.end_tuple();

  EXPECT_EQ(pickle.finish(), "\x80\x02(\x88\x89X\x02\0\0\0\xC3\xA9t."s);
}

TEST(PickleWriter, AnOrderedDictIsMadeEmptyAndFilled) {
  PickleWriter pickle;
  pickle.begin_ordered_dict();
  pickle.text("a");
  pickle.integer(1);
  pickle.end_ordered_dict();

  EXPECT_EQ(pickle.finish(),
            "\x80\x02"
            "ccollections\nOrderedDict\n)R(X\x01\0\0\0aJ\x01\0\0\0u."s);
}

TEST(PickleWriter, AnObjectIsMadeOfItsClassAndGivenItsAttributes) {
  PickleWriter pickle;
  pickle.begin_object("__torch__", "Model");
  pickle.text("training");
  pickle.boolean(false);
  pickle.end_object();

  EXPECT_EQ(pickle.finish(),
            "\x80\x02"
            "c__torch__\nModel\n)\x81}(X\x08\0\0\0training\x89ub."s);
}

TEST(PickleWriter, ATensorIsRebuiltFromItsStorage) {
  PickleWriter pickle;
  pickle.tensor({.storage = 3, .dtype = Dtype::bf16, .shape = {2, 5}, .requires_grad = true});

  EXPECT_EQ(pickle.finish(),
            "\x80\x02"
            "ctorch._utils\n_rebuild_tensor_v2\n(("
            "X\x07\0\0\0storagectorch\nBFloat16Storage\nX\x01\0\0\0"
            "3X\x03\0\0\0cpuJ\x0A\0\0\0tQ"  // ten elements
            "J\0\0\0\0"                     // from the first on
            "(J\x02\0\0\0J\x05\0\0\0t"      // their shape
            "(J\x05\0\0\0J\x01\0\0\0t"      // and strides
            "\x88"
            "ccollections\nOrderedDict\n)RtR."s);
}

TEST(PickleWriter, AnAxisWithoutElementsCountsAsOneInStrides) {
  PickleWriter pickle;
  pickle.tensor({.shape = {3, 0, 4}});

  EXPECT_THAT(pickle.finish(), HasSubstr("(J\x04\0\0\0J\x04\0\0\0J\x01\0\0\0t"s));
}

TEST(PickleWriter, AScalarHasNoAxes) {
  PickleWriter pickle;
  pickle.tensor({});

  EXPECT_THAT(pickle.finish(), HasSubstr("cpuJ\x01\0\0\0tQJ\0\0\0\0(t(t"s));
}

TEST(PickleWriter, StartsAnewOnceItIsFinished) {
  PickleWriter pickle;
  pickle.boolean(true);
  pickle.finish();
  pickle.boolean(false);

  EXPECT_EQ(pickle.finish(), "\x80\x02\x89.");
}

}  // namespace
}  // namespace assay
