// A table of numbers and labels: `dataset: {type: csv, file: iris.csv, target: species, task:
// classification}`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/dataset.h"

namespace assay::datasets {

/// Completes "must be": one character, `tab` or `blanks`.
Rule separator_text();

struct CsvParams {
  Path file;
  std::vector<std::string> inputs;
  std::string target;
  std::string task;
  std::string header = "auto";
  std::string separator = ",";
  std::int64_t skip_lines = 0;

  DatasetOutline outline() const;

  static void describe(Fields<CsvParams>& f) {
    f.about("A table in a text file, packed or not: a row a line. x [inputs] f32; y a class or [1] f32.");
    f("file", &CsvParams::file, "the table", required);
    f("inputs", &CsvParams::inputs,
      "columns a model sees, by name or by number from 0, -1 being the last (default: all but the target)");
    f("target", &CsvParams::target, "column to predict, by name or by number", required);
    f("task", &CsvParams::task,
      "classification: the target is a label, text or whole number; regression: a number", required,
      one_of({"classification", "regression"}));
    f("header", &CsvParams::header,
      "whether the first row holds names; auto: it does if none of its cells is a number",
      one_of({"auto", "yes", "no"}));
    f("separator", &CsvParams::separator,
      "what stands between cells: one character, tab, or blanks for any run of blanks and tabs",
      separator_text);
    f("skip_lines", &CsvParams::skip_lines, "lines to pass over at the start of the file", at_least(0));
  }
};

/// Columns x [inputs] f32, and y: i64 class numbers, or [1] f32. Classes are sorted, numbers by value and
/// texts by bytes, and numbered from 0; their names are kept unless they are 0, 1, ... themselves. Throws
/// Kind::data with up to ten problems, each with its line, if the table is not what the parameters say.
class Csv final : public TableDataset {
 public:
  using Params = CsvParams;
  Csv(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
