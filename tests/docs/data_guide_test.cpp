// Every example of docs/data.md reads data and passes all checks; every reader has one.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/load.h"
#include "runner/prepare/prepare.h"
#include "tests/contracts/component.h"
#include "tests/contracts/samples.h"
#include "tests/datasets/idx_bytes.h"
#include "tests/datasets/npy_bytes.h"
#include "tests/datasets/png_bytes.h"
#include "tests/docs/blocks.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int n_rows = 30;

std::string page() { return read_text(source_folder() + "/docs/data.md"); }

/// The files that the examples name, beside them.
void write_data(const TemporaryFolder& folder) {
  std::string labels, table, book;
  std::vector<float> x;
  std::vector<std::int64_t> y;
  std::vector<std::uint8_t> pixels, classes;
  for (int i = 0; i < n_rows; ++i) {
    const std::string png = small_png(static_cast<std::uint8_t>(i));
    folder.write(text("docs/flowers/", i % 2 == 0 ? "daisy" : "rose", '/', i, ".png"), png);
    folder.write(text("docs/pictures/", i, ".png"), png);
    labels += text(i, ".png,", i % 2 == 0 ? "daisy" : "rose", '\n');
    table += text("  ", i, "\t", n_rows - i, "   ", 0.5 * i, '\n');
    book += text("This is sentence ", i, " of a book.\n");
    x.insert(x.end(), {static_cast<float>(i), 1});
    y.push_back(i % 3);
    pixels.insert(pixels.end(), {static_cast<std::uint8_t>(i), 2, 3, 4});
    classes.push_back(static_cast<std::uint8_t>(i % 3));
  }
  folder.write("docs/pictures/labels.csv", labels);
  folder.write("docs/housing.txt", table);
  folder.write("docs/book.txt", book);
  folder.write("docs/x.npy", npy_bytes("<f4", "(30, 2)", Array::of(x)));
  folder.write("docs/y.npy", npy_bytes("<i8", "(30,)", Array::of(y)));
  folder.write("docs/images-idx3-ubyte", idx_u8({n_rows, 2, 2}, pixels));
  folder.write("docs/labels-idx1-ubyte", idx_u8({n_rows}, classes));
  const std::string recorded = source_folder() + "/tests/datasets/arrays/";
  folder.write("docs/digits.npz", read_text(recorded + "packed.npz"));
  folder.write("docs/cells.h5", read_text(recorded + "arrays.h5"));
}

TEST(DataGuide, ItsExamplesPassEveryCheck) {
  const fs::path source = source_folder();
  const TemporaryFolder folder;
  for (const char* name : {"configs", "datasets"}) fs::create_directory_symlink(source / name, folder / name);
  write_data(folder);
  const Registry registry = builtin_registry();
  const Implementations parts = builtin_implementations();

  for (const Block& block : blocks_of("yaml", page())) {
    const std::string file = folder.write(text("docs/line-", block.line, ".yaml"), block.text);
    const auto problems = problems_of([&] {
      const LoadedConfig config = load_config({.file = file}, registry);
      std::vector<Problem> warnings;
      prepare(config.experiment, parts, data_roots(config.experiment, (source / "datasets/data").string()),
              warnings);
    });
    for (const Problem& problem : problems)
      ADD_FAILURE() << "docs/data.md:" << block.line << ": " << to_string(problem);
  }
}

TEST(DataGuide, HasAnExampleOfEveryReader) {
  const std::string words = page();
  const Registry registry = builtin_registry();
  for (const ComponentInfo* info : registry.list("dataset")) {
    const auto& facet = std::any_cast<const DatasetFacet&>(info->facet);
    if (facet.publications || !dataset_sample(info->name).reads_files) continue;
    EXPECT_THAT(words, HasSubstr("type: " + info->name));
  }
}

}  // namespace
}  // namespace assay::testing
