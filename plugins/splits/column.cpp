#include "plugins/splits/column.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/text.h"
#include "plugins/splits/groups.h"

namespace assay::splits {
namespace {

std::string value_text(const ColumnInfo& column, double value) {
  const auto number = static_cast<std::size_t>(value);
  return number < column.names.size() ? column.names[number] : number_text(value);
}

std::map<std::string, Rows> rows_by_text(const Dataset& dataset, std::size_t column) {
  Rows all(static_cast<std::size_t>(dataset.facts().rows));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Array values(dataset.facts().columns[column].dtype, {std::ssize(all)});
  dataset.gather(column, all, values.data());
  std::map<std::string, Rows> out;
  for (const std::int64_t row : all) {
    out[value_text(dataset.facts().columns[column], element(values, row))].push_back(row);
  }
  return out;
}

}  // namespace

Column::Column(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitRows Column::rows(const Dataset& dataset) const {
  std::map<std::string, Rows> left = rows_by_text(dataset, label_column(dataset, params_.column, "column"));
  std::vector<std::string> known;
  for (const auto& [value, rows] : left) known.push_back(value);

  SplitRows out;
  const auto take = [&](const std::vector<std::string>& values, const char* key, Rows& part) {
    for (const std::string& value : values) {
      const auto found = left.find(value);
      if (found == left.end()) {
        const bool is_known = std::find(known.begin(), known.end(), value) != known.end();
        throw Error(Kind::config,
                    Problem{{},
                            text("dataset.split.", key),
                            text("names '", printable(value), "', ",
                                 is_known ? "which is in a part already" : "which no row has"),
                            is_known ? std::string("name each value once") : suggest(value, known)});
      }
      part.insert(part.end(), found->second.begin(), found->second.end());
      left.erase(found);
    }
  };
  take(params_.valid, "valid", out.valid);
  take(params_.test, "test", out.test);
  take(params_.train, "train", out.train);
  if (params_.train.empty()) {
    for (const auto& [value, rows] : left) out.train.insert(out.train.end(), rows.begin(), rows.end());
  }
  for (Rows* part : {&out.train, &out.valid, &out.test}) std::sort(part->begin(), part->end());
  return out;
}

}  // namespace assay::splits
