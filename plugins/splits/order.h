// Splits by position: `split: {type: order, valid: 10%}`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "registry/contracts/split.h"

namespace assay::splits {

struct OrderParams {
  std::optional<Share> train;
  Share valid;
  Share test;

  // Shares are decimal fractions: 70% + 20% + 10% may miss 1 by a rounding error.
  static constexpr double slack = 1e-9;
  bool fits() const { return (train ? train->value : 0) + valid.value + test.value <= 1 + slack; }
  /// What train gets: its own share, or what the others leave.
  double train_share() const { return train ? train->value : 1 - valid.value - test.value; }

  static void describe(Fields<OrderParams>& f) {
    f.about(
        "Parts of given shares in the order of the data: the first rows train, the next ones validate, the "
        "last ones test. Parts end at the shares added up, of all rows, rounded down. A series that is read "
        "in windows, as a text, is cut so that no window crosses from one part to the next.");
    f("train", &OrderParams::train, "share of the rows to learn from (default: what valid and test leave)");
    f("valid", &OrderParams::valid, "share of the rows that decisions are made on");
    f("test", &OrderParams::test, "share of the rows that the result is measured on");
    f.check("train, valid and test add up to at most 100%", [](const OrderParams& p) { return p.fits(); });
    f.check("train is above 0%", [](const OrderParams& p) { return !p.fits() || p.train_share() > slack; });
  }
};

class Order final : public Split {
 public:
  using Params = OrderParams;
  Order(const Params& params, const Needs& needs);
  SplitRows rows(const Dataset& dataset) const override;

 private:
  Params params_;
};

}  // namespace assay::splits
