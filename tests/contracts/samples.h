// Small files for data sets that need some, so that every data set can be read by its suite.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/image.h"
#include "core/text.h"
#include "tests/datasets/idx_bytes.h"
#include "tests/datasets/npy_bytes.h"
#include "tests/datasets/png_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {

struct DatasetSample {
  std::string config = "{}";            // parameters, as JSON
  std::vector<std::string> roots = {};  // where its data lies
  bool reads_files = true;
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

inline DatasetSample image_folder_sample() {
  auto folder = std::make_shared<TemporaryFolder>();
  for (std::uint8_t i = 0; i < 20; ++i)
    folder->write(text(i % 2 == 0 ? "a/" : "b/", i, ".png"), small_png(i));
  return {.config = text(R"({"folder": ")", folder->path(), "\"}"),
          .is_there = can_decode(ImageFormat::png),
          .folder = folder};
}

inline DatasetSample image_list_sample() {
  auto folder = std::make_shared<TemporaryFolder>();
  std::string table;
  for (std::uint8_t i = 0; i < 20; ++i) {
    folder->write(text(i, ".png"), small_png(i));
    table += text(i, ".png,", i % 3, '\n');
  }
  const std::string file = folder->write("list.csv", table);
  return {.config = text(R"({"file": ")", file, R"(", "task": "classification"})"),
          .is_there = can_decode(ImageFormat::png),
          .folder = folder};
}

/// One of the files that tests/datasets/arrays/record.py wrote.
inline DatasetSample arrays_sample(std::string_view file, std::string_view input) {
  return {.config = text(R"({"file": ")", source_folder(), "/tests/datasets/arrays/", file,
                         R"(", "inputs": [")", input, R"("], "task": "classification"})")};
}

inline DatasetSample npy_sample() {
  auto folder = std::make_shared<TemporaryFolder>();
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (int i = 0; i < 30; ++i) {
    x.insert(x.end(), {static_cast<float>(i), 1});
    y.push_back(i % 3);
  }
  const std::string inputs = folder->write("x.npy", npy_bytes("<f4", "(30, 2)", Array::of(x)));
  const std::string target = folder->write("y.npy", npy_bytes("<i8", "(30,)", Array::of(y)));
  return {.config =
              text(R"({"inputs": ")", inputs, R"(", "target": ")", target, R"(", "task": "classification"})"),
          .folder = folder};
}

inline DatasetSample text_sample() {
  auto folder = std::make_shared<TemporaryFolder>();
  std::string content;
  for (int i = 0; i < 30; ++i) content += text("line ", i, '\n');
  const std::string file = folder->write("lines.txt", content);
  return {.config = text(R"({"file": ")", file, R"(", "context": 4})"), .folder = folder};
}

/// Parameters for a split of 90 rows, as JSON, and what it reads; the data has a column `part` with values 0,
/// 1 and 2.
struct SplitSample {
  std::string config = "{}";
  std::shared_ptr<TemporaryFolder> folder = {};
};

inline SplitSample split_sample(std::string_view name) {
  if (name == "column") return {R"({"column": "part", "valid": ["1"], "test": ["2"]})"};
  if (name != "index_files") return {};
  auto folder = std::make_shared<TemporaryFolder>();
  std::string train, test;
  for (int row = 0; row < 90; ++row) (row % 4 == 0 ? test : train) += text(row, '\n');
  const std::string first = folder->write("train.txt", train), second = folder->write("test.txt", test);
  return {text(R"({"train": ")", first, R"(", "test": ")", second, R"(", "valid": {"last": "20%"}})"),
          folder};
}

/// Parameters for a transform of whole numbers from 0 to 30, as JSON.
inline std::string transform_sample(std::string_view name) {
  return name == "one_hot" ? R"({"classes": 31})" : "{}";
}

/// Throws for a data set without a sample: write one for yours.
inline DatasetSample dataset_sample(std::string_view name) {
  if (name == "cifar10") return published_sample("cifar-10-batches-bin");
  if (name == "csv") return csv_sample();
  if (name == "digits") return {.roots = {source_folder() + "/datasets/data"}};
  if (name == "fashion_mnist") return published_sample("fashion-mnist");
  if (name == "idx") return idx_sample();
  if (name == "image_folder") return image_folder_sample();
  if (name == "image_list") return image_list_sample();
  if (name == "hdf5") return arrays_sample("arrays.h5", "shuffled");
  if (name == "npy") return npy_sample();
  if (name == "npz") return arrays_sample("stored.npz", "x");
  if (name == "mnist") return published_sample("mnist");
  for (const std::string_view made :
       {"adding", "blobs", "circles", "copy_memory", "moons", "regression", "spirals", "xor"}) {
    if (name == made) return {.config = R"({"rows": 60})", .reads_files = false};
  }
  if (name == "text") return text_sample();
  if (name == "tiny_shakespeare") return {.roots = {source_folder() + "/datasets/data"}};
  for (const std::string_view table : {"breast_cancer", "diabetes", "iris", "wine"}) {
    if (name == table) return {.roots = {source_folder() + "/datasets/data"}};
  }
  if (name == "uci") {
    DatasetSample sample = published_sample("uci");
    sample.config = R"({"name": "yacht"})";
    return sample;
  }
  throw std::invalid_argument(text("tests/contracts/samples.h has no sample for data set ", name));
}

}  // namespace assay::testing
