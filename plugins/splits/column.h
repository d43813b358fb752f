// A column of the data says which part a row is in: `split: {type: column, column: part, valid: [dev]}`.
#pragma once

#include <string>
#include <vector>

#include "plugins/splits/carve.h"
#include "registry/contracts/split.h"

namespace assay::splits {

struct ColumnParams {
  std::string column;
  std::vector<std::string> train;
  std::vector<std::string> valid;
  std::vector<std::string> test;

  static void describe(Fields<ColumnParams>& f) {
    f.about("Parts by the values of a column: all rows with a value are in one part.");
    f("column", &ColumnParams::column, "name of the column, with one value a row", required);
    f("train", &ColumnParams::train, "values to learn from (default: those that valid and test leave)");
    f("valid", &ColumnParams::valid, "values that decisions are made on");
    f("test", &ColumnParams::test, "values that the result is measured on");
  }
};

/// Throws Kind::config if there is no such column, or a value is named that no row has or that two parts
/// name.
class Column final : public Split {
 public:
  using Params = ColumnParams;
  Column(const Params& params, const Needs& needs);
  SplitRows rows(const Dataset& dataset) const override;

 private:
  Params params_;
};

}  // namespace assay::splits
