// Data sets made in a test.
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/contracts/dataset.h"

namespace assay::testing {

/// Columns x and y as given.
class FakeDataset final : public TableDataset {
 public:
  FakeDataset(Array x, Array y, Task task, std::optional<SplitRows> official = std::nullopt) {
    facts_.task = std::move(task);
    add_column("x", std::move(x));
    add_column("y", std::move(y));
    official_ = std::move(official);
  }

  /// A column beside x and y.
  void add(std::string name, Array values, std::vector<std::string> names = {}) {
    add_column(std::move(name), std::move(values), std::move(names));
  }

  /// One input per row, counting up, and these labels.
  static FakeDataset labelled(const std::vector<std::int64_t>& labels,
                              std::optional<SplitRows> official = std::nullopt) {
    std::int64_t n_classes = 0;
    std::vector<float> x;
    for (const std::int64_t label : labels) {
      n_classes = std::max(n_classes, label + 1);
      x.push_back(static_cast<float>(x.size()));
    }
    return {Array::of(x).reshaped({std::ssize(x), 1}), Array::of(labels),
            Task{Task::Kind::classification, n_classes, {}}, std::move(official)};
  }

  static FakeDataset regression(std::int64_t rows) {
    std::vector<float> x(static_cast<std::size_t>(rows)), y(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<float>(i);
      y[i] = 2 * x[i];
    }
    return {Array::of(x).reshaped({rows, 1}), Array::of(y).reshaped({rows, 1}),
            Task{Task::Kind::regression, 1, {}}};
  }
};

/// Windows of the series 0, 1, ..., n - 1.
class FakeSeries final : public Dataset {
 public:
  FakeSeries(std::int64_t n, std::int64_t length, std::int64_t stride) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(n));
    std::iota(values.begin(), values.end(), std::int64_t{0});
    facts_.windows = Windows{.series = Array::of(values), .length = length, .stride = stride};
    facts_.rows = facts_.windows->rows();
    facts_.columns = {{"x", Dtype::i64, {length}}, {"y", Dtype::i64, {length}}};
    facts_.task = {Task::Kind::language_model, n, {}};
  }

  const DatasetFacts& facts() const override { return facts_; }
  std::optional<ArrayView> column(std::size_t /*index*/) const override { return std::nullopt; }

 private:
  DatasetFacts facts_;
};

}  // namespace assay::testing
