// Data sets made in a test.
#pragma once

#include <algorithm>
#include <optional>
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

}  // namespace assay::testing
