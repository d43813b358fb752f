#include "registry/units.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Duration, ReadsEveryUnitSingularAndPlural) {
  EXPECT_EQ(parse_duration("20 epochs"), (Duration{20, Duration::Unit::epochs}));
  EXPECT_EQ(parse_duration("1 epoch"), (Duration{1, Duration::Unit::epochs}));
  EXPECT_EQ(parse_duration("1e6 samples"), (Duration{1e6, Duration::Unit::samples}));
  EXPECT_EQ(parse_duration("2 h"), (Duration{7200, Duration::Unit::seconds}));
  EXPECT_EQ(parse_duration("30min"), (Duration{1800, Duration::Unit::seconds}));
  EXPECT_EQ(parse_duration("90s"), (Duration{90, Duration::Unit::seconds}));
  EXPECT_EQ(parse_duration("5%"), (Duration{5, Duration::Unit::percent}));
  EXPECT_EQ(parse_duration("end")->unit, Duration::Unit::end);
}

TEST(Duration, NeedsItsUnit) {
  for (const char* text :
       {"20", "", "epochs", "-1 epochs", "20 eons", "1e epochs", "nan s", "1 2 s", "inf s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const char* text : {"20 epochs", "1 epoch", "500 steps", "90 s", "5%", "end", "2.5 epochs"}) {
    EXPECT_EQ(to_string(*parse_duration(text)), text);
  }
}

TEST(Share, ReadsPercentAndFraction) {
  EXPECT_EQ(parse_share("15%")->value, 0.15);
  EXPECT_EQ(parse_share("0.15")->value, 0.15);
  EXPECT_EQ(parse_share("none")->value, 0);
  EXPECT_EQ(to_string(*parse_share("70%")), "70%");
  EXPECT_FALSE(parse_share("15"));
  EXPECT_FALSE(parse_share("120%"));
  EXPECT_FALSE(parse_share("-1%"));
}

}  // namespace
}  // namespace assay
