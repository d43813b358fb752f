// Small files for data sets that need some, so that every data set can be read by its suite.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "tests/datasets/idx_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {

struct DatasetSample {
  std::string config = "{}";                     // parameters, as JSON
  std::vector<std::string> roots = {};           // where its data lies
  bool is_there = true;                          // false: published data that this machine does not have
  std::shared_ptr<TemporaryFolder> folder = {};  // keeps made files
};

inline DatasetSample published_sample(std::string_view folder) {
  const auto found = test_data(folder);
  if (!found) return {.is_there = false};
  return {.roots = {found->substr(0, found->size() - folder.size())}};
}

inline DatasetSample csv_sample() {
  auto folder = std::make_shared<TemporaryFolder>();
  std::string content = "a,b,kind\n";
  for (int i = 0; i < 30; ++i) content += text(i, ',', 30 - i, ',', i % 2 == 0 ? "even" : "odd", '\n');
  const std::string file = folder->write("table.csv", content);
  return {.config = text(R"({"file": ")", file, R"(", "target": "kind", "task": "classification"})"),
          .folder = folder};
}

inline DatasetSample idx_sample() {
  auto folder = std::make_shared<TemporaryFolder>();
  std::vector<std::uint8_t> pixels, labels;
  for (std::uint8_t i = 0; i < 20; ++i) {
    pixels.insert(pixels.end(), {i, 0, 255, 7, 9, i});
    labels.push_back(i % 3);
  }
  const std::string images = folder->write("images", idx_u8({20, 2, 3}, pixels));
  const std::string classes = folder->write("labels", idx_u8({20}, labels));
  return {.config = text(R"({"train_images": ")", images, R"(", "train_labels": ")", classes,
                         R"(", "test_images": ")", images, R"(", "test_labels": ")", classes, "\"}"),
          .folder = folder};
}

/// Throws for a data set without a sample: write one for yours.
inline DatasetSample dataset_sample(std::string_view name) {
  if (name == "csv") return csv_sample();
  if (name == "digits") return {.roots = {source_folder() + "/datasets/data"}};
  if (name == "fashion_mnist") return published_sample("fashion-mnist");
  if (name == "idx") return idx_sample();
  if (name == "mnist") return published_sample("mnist");
  throw std::invalid_argument(text("tests/contracts/samples.h has no sample for data set ", name));
}

}  // namespace assay::testing
