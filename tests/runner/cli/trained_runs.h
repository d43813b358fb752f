// Small runs to judge and to predict with.
#pragma once

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/read_record.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {

/// Trains `config` with its runs in `folder` and returns the run's folder.
inline std::string trained(const TemporaryFolder& folder, const std::string& config,
                           std::vector<std::string> more = {}) {
  const std::string file = folder.write("tiny.yaml", "assay: 1\n" + config);
  more.insert(more.begin(), {"run", file, "--runs", folder / "runs", "--quiet"});
  const Finished run = run_assay(std::move(more));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return std::string(trim(run.out));
}

/// A model of this table in `folder`; the rest of the data set's keys are given.
inline std::string table_config(const std::string& keys, const std::string& more = "") {
  return text("dataset: {type: csv, file: table.csv, ", keys,
              ", transforms: [standardize]}\nmodel: {type: mlp, hidden: [8]}\n"
              "optimizer: {type: adamw, lr: 0.03}\ntrain: {batch_size: 16, until: 8 epochs}\n",
              more);
}

/// Flowers that ship.
inline std::string iris_table() { return read_text(source_folder() + "/datasets/data/iris.csv"); }
inline std::string iris_config(const std::string& more = "") {
  return table_config("target: species, task: classification", more);
}

/// What `assay eval` says, with these words besides.
inline Json judged(const std::string& run, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"eval", run, "--format", "json"});
  const Finished found = run_assay(std::move(more));
  EXPECT_EQ(found.exit_code, 0) << found.err;
  return found.exit_code == 0 ? parse_json(found.out, "eval") : Json::map();
}

inline double metric(const Json& judged, const std::string& name) {
  const Json* value = judged.find("metrics") == nullptr ? nullptr : judged.find("metrics")->find(name);
  EXPECT_NE(value, nullptr) << name;
  return value == nullptr ? 0 : real_of(*value).value_or(0);
}

/// Every metric of a split is what the run recorded at that step, bit for bit.
inline void expect_as_recorded(const Json& judged, const std::string& run, std::int64_t step) {
  const store::Record record = store::read_record(run);
  const Json* metrics = judged.find("metrics");
  ASSERT_NE(metrics, nullptr);
  EXPECT_FALSE(metrics->entries().empty());
  for (const auto& [name, value] : metrics->entries()) {
    const auto series = record.series.find(store::series_key(name));
    ASSERT_NE(series, record.series.end()) << name;
    const std::vector<std::int64_t>& steps = series->second.step;
    const auto at = std::find(steps.begin(), steps.end(), step) - steps.begin();
    ASSERT_LT(at, std::ssize(steps)) << name;
    const double then = series->second.value[static_cast<std::size_t>(at)];
    EXPECT_EQ(std::bit_cast<std::uint64_t>(real_of(value).value()), std::bit_cast<std::uint64_t>(then))
        << name;
  }
}

/// Rows of cells, without the header. No quotes.
inline std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : split(trim(csv), '\n')) rows.push_back(split(line, ','));
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

/// The table with its columns in another order: `order` are their numbers; what is not in it is left out.
inline std::string with_columns(const std::string& csv, const std::vector<std::size_t>& order) {
  std::string out;
  for (const std::string& line : split(trim(csv), '\n')) {
    const std::vector<std::string> cells = split(line, ',');
    std::vector<std::string> chosen;
    for (const std::size_t column : order) chosen.push_back(cells.at(column));
    out += join(chosen, ",") + '\n';
  }
  return out;
}

}  // namespace assay::testing
