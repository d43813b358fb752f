#include "plugins/splits/groups.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "core/random.h"
#include "core/text.h"

namespace assay::splits {
namespace {

Array values_of(const Dataset& dataset, std::size_t column, const Rows& rows) {
  Array values(dataset.facts().columns[column].dtype, {std::ssize(rows)});
  dataset.gather(column, rows, values.data());
  return values;
}

}  // namespace

std::size_t label_column(const Dataset& dataset, const std::string& name, const std::string& key) {
  const std::vector<ColumnInfo>& columns = dataset.facts().columns;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].shape.empty()) continue;
    if (columns[i].name == name) return i;
    known.push_back(columns[i].name);
  }
  throw Error(Kind::config,
              Problem{{},
                      "dataset.split." + key,
                      text("is '", printable(name),
                           "', but the data has no column of that name with one value a row"),
                      known.empty() ? std::string("a csv has those that are named under dataset.keep")
                                    : suggest(name, known)});
}

std::vector<Rows> rows_by_value(const Dataset& dataset, std::size_t column, const Rows& rows) {
  const Array values = values_of(dataset, column, rows);
  std::map<double, Rows> groups;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    groups[element(values, static_cast<std::int64_t>(i))].push_back(rows[i]);
  }
  std::vector<Rows> out;
  for (auto& [value, members] : groups) out.push_back(std::move(members));
  return out;
}

std::vector<Rows> rows_by_class(const Dataset& dataset, const Rows& rows) {
  const DatasetFacts& facts = dataset.facts();
  const std::size_t column = dataset.index_of(facts.target);
  if (facts.task.kind != Task::Kind::classification || facts.columns[column].dtype != Dtype::i64) {
    throw Error(Kind::config, Problem{{},
                                      "dataset.split.stratify",
                                      text("is true, but the target has no classes: the task is ",
                                           to_string(facts.task.kind)),
                                      "set `stratify: false`"});
  }
  return rows_by_value(dataset, column, rows);
}

Rows shuffled_rows(const Dataset& dataset, std::int64_t seed) {
  Rows all(static_cast<std::size_t>(dataset.facts().rows));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  shuffle(all, Stream(static_cast<std::uint64_t>(seed), "split").at(0, 0));
  return all;
}

}  // namespace assay::splits
