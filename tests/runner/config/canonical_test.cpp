#include "runner/config/canonical.h"

#include <bit>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.h"

namespace assay {
namespace {

struct NumberVector {
  std::uint64_t bits;
  const char* text;
};

// RFC 8785, appendix B.
constexpr NumberVector rfc_numbers[] = {
    {0x0000000000000000, "0"},
    {0x8000000000000000, "0"},
    {0x0000000000000001, "5e-324"},
    {0x8000000000000001, "-5e-324"},
    {0x7fefffffffffffff, "1.7976931348623157e+308"},
    {0xffefffffffffffff, "-1.7976931348623157e+308"},
    {0x4340000000000000, "9007199254740992"},
    {0xc340000000000000, "-9007199254740992"},
    {0x4430000000000000, "295147905179352830000"},
    {0x44b52d02c7e14af5, "9.999999999999997e+22"},
    {0x44b52d02c7e14af6, "1e+23"},
    {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
    {0x444b1ae4d6e2ef4e, "999999999999999700000"},
    {0x444b1ae4d6e2ef4f, "999999999999999900000"},
    {0x444b1ae4d6e2ef50, "1e+21"},
    {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
    {0x3eb0c6f7a0b5ed8d, "0.000001"},
    {0x41b3de4355555553, "333333333.3333332"},
    {0x41b3de4355555554, "333333333.33333325"},
    {0x41b3de4355555555, "333333333.3333333"},
    {0x41b3de4355555556, "333333333.3333334"},
    {0x41b3de4355555557, "333333333.33333343"},
    {0xbecbf647612f3696, "-0.0000033333333333333333"},
    {0x43143ff3c1cb0959, "1424953923781206.2"},
};

TEST(Canonical, NumbersAreThoseOfTheRfc) {
  for (const NumberVector& vector : rfc_numbers) {
    EXPECT_EQ(canonical_json(std::bit_cast<double>(vector.bits)), vector.text);
  }
}

TEST(Canonical, IntegersAreExact) {
  EXPECT_EQ(canonical_json(std::int64_t{9007199254740993}), "9007199254740993");
  EXPECT_EQ(canonical_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(Canonical, AWholeRealIsTheInteger) { EXPECT_EQ(canonical_json(4.0), canonical_json(4)); }

// RFC 8785, section 3.2.2.
TEST(Canonical, TextsAreThoseOfTheRfc) {
  EXPECT_EQ(canonical_json("\xE2\x82\xAC$\x0F\x0A"
                           "A'B\"\\\\\"/"),
            "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
}

// RFC 8785, section 3.2.3: the order is that of UTF-16 code units, not of code points.
TEST(Canonical, KeysAreSortedAsTheRfcSays) {
  Json map = Json::map();
  for (const char* key :
       {"\xE2\x82\xAC", "\r", "\xEF\xAC\xB3", "1", "\xF0\x9F\x98\x80", "\xC2\x80", "\xC3\xB6"})
    map.set(key, 0);

  EXPECT_EQ(canonical_json(map),
            "{\"\\r\":0,\"1\":0,\"\xC2\x80\":0,\"\xC3\xB6\":0,\"\xE2\x82\xAC\":0,\"\xF0\x9F\x98\x80\":0,"
            "\"\xEF\xAC\xB3\":0}");
}

TEST(Canonical, ListsKeepTheirOrder) {
  EXPECT_EQ(canonical_json(Json::List{3, true, Json(), Json::map(), Json::list()}), "[3,true,null,{},[]]");
}

TEST(Canonical, WhatHasNoFormIsRefused) {
  EXPECT_THROW(canonical_json(std::numeric_limits<double>::infinity()), Error);
  EXPECT_THROW(canonical_json(std::numeric_limits<double>::quiet_NaN()), Error);
  EXPECT_THROW(canonical_json("\xFF"), Error);
  EXPECT_THROW(canonical_json("\xED\xA0\x80"), Error);
}

}  // namespace
}  // namespace assay
