// What a data set that reads a table found in its columns, for `check --summary`. A data set that can say so
// is a HasTableColumns beside a Dataset:
//
//   if (const auto* table = dynamic_cast<const HasTableColumns*>(&dataset)) ... table->table_columns()
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay {

struct TableColumn {
  std::string name;
  std::string use;           // "input", "category", "target", "kept" or "not used"
  std::string type;          // what its cells are: "whole number", "number", "name", or "nothing"
  std::int64_t missing = 0;  // cells
  std::int64_t distinct = 0;
  bool has_more = false;  // more than `distinct` different cells: they were no longer counted
  double least = 0;       // of numbers
  double most = 0;
  std::vector<std::string> names = {};  // of names: the first few, in ascending order of bytes
};

class HasTableColumns {
 public:
  virtual ~HasTableColumns() = default;
  /// In the order of the table. Reads the file again.
  virtual std::vector<TableColumn> table_columns() const = 0;
};

}  // namespace assay
