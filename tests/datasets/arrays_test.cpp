// Arrays by name in one file: npz and hdf5. The files are those of NumPy and h5py (arrays/record.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::int64_t rows = 30;

std::string recorded(std::string_view name) {
  return join_path(source_folder() + "/tests/datasets/arrays", name);
}

std::unique_ptr<Dataset> read(std::string_view type, const std::string& path, std::string_view more) {
  return built<Dataset>(
      text(R"({"type": ")", type, R"(", "file": ")", path, R"(", "task": "classification")", more, '}'));
}

std::string complaint_of(std::string_view type, const std::string& path, std::string_view more) {
  const auto problems = problems_of([&] { read(type, path, more); });
  return problems.size() == 1 ? to_string(problems[0]) : text(problems.size(), " problems");
}

/// Every value of input `index` is its place in the array, modulo 251.
void expect_counting(const Dataset& data, std::size_t index) {
  const ColumnInfo& column = data.facts().columns[index];
  const std::int64_t width = element_count(column.shape);
  Array row(column.dtype, {width});
  for (const std::int64_t at : {0, 29, 7, 8, 15}) {
    data.gather(index, std::vector{at}, row.data());
    for (std::int64_t i = 0; i < width; ++i)
      ASSERT_EQ(element(row, i), static_cast<double>((at * width + i) % 251)) << column.name << " row " << at;
  }
}

TEST(Npz, ReadsWhatSavezWrites) {
  const auto data = read("npz", recorded("stored.npz"), "");

  EXPECT_EQ(data->facts().rows, rows);
  EXPECT_THAT(data->facts().columns[0].shape, ElementsAre(2, 3));
  EXPECT_EQ(data->facts().task.outputs, 3);
  expect_counting(*data, 0);
}

TEST(Npz, TakesPackedArraysWithRowsToTestOn) {
  const auto data = read("npz", recorded("packed.npz"),
                         R"(, "inputs": ["x_train"], "target": "y_train", "test_inputs": ["x_test"], )"
                         R"("test_target": "y_test")");

  EXPECT_EQ(data->facts().rows, rows);
  EXPECT_THAT(data->official_split()->test, SizeIs(10));
  EXPECT_THAT(data->official_split()->train, SizeIs(20));
  expect_counting(*data, 0);
}

TEST(Npz, NamesTheArraysThatThereAre) {
  EXPECT_THAT(complaint_of("npz", recorded("packed.npz"), ""),
              AllOf(HasSubstr("packed.npz: error: holds no array 'x'"), HasSubstr("x_train, y_train")));
}

TEST(Npz, NeverLoadsObjects) {
  EXPECT_THAT(complaint_of("npz", recorded("stored.npz"), R"(, "inputs": ["other"])"),
              HasSubstr("stored.npz (other): error: the file holds Python objects, which are never"));
}

TEST(Npz, WithAnyByteChangedIsReadOrRefused) {
  const TemporaryFolder folder;
  const std::string whole = read_text(recorded("packed.npz"));
  const char* const inputs = R"(, "inputs": ["x_train"], "target": "y_train")";
  for (std::size_t at = 0; at < whole.size(); at += 13) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const std::string path = folder.write("a.npz", changed);
    problems_of([&] { read("npz", path, inputs); });
    EXPECT_THAT(problems_of([&] { read("npz", folder.write("b.npz", whole.substr(0, at)), inputs); }),
                SizeIs(1));
  }
}

TEST(Hdf5, ReadsEveryLayoutByRows) {
  for (const char* name : {"plain", "group/inner", "chunked", "gzip", "shuffled", "compact"}) {
    const auto data = read("hdf5", recorded("arrays.h5"), text(R"(, "inputs": [")", name, "\"]"));
    EXPECT_EQ(data->facts().rows, rows) << name;
    EXPECT_EQ(data->column(0), std::nullopt) << name;
    expect_counting(*data, 0);
  }
}

TEST(Hdf5, GathersRowsInTheOrderAskedFor) {
  const auto data = read("hdf5", recorded("arrays.h5"), R"(, "inputs": ["shuffled"])");

  std::vector<float> out(3 * 35);
  data->gather(0, std::vector<std::int64_t>{29, 0, 29}, reinterpret_cast<std::byte*>(out.data()));

  EXPECT_EQ(out[0], static_cast<float>(29 * 35 % 251));
  EXPECT_EQ(out[35], 0);
  EXPECT_EQ(out[70], out[0]);
}

TEST(Hdf5, TakesSeveralInputs) {
  const auto data = read("hdf5", recorded("arrays.h5"), R"(, "inputs": ["plain", "gzip"])");

  EXPECT_THAT(data->facts().inputs, ElementsAre("plain", "gzip"));
  EXPECT_EQ(data->facts().columns[1].dtype, Dtype::f64);
  EXPECT_EQ(data->facts().target, "y");
  expect_counting(*data, 1);
}

TEST(Hdf5, TakesRowsToTestOn) {
  const auto data = read("hdf5", recorded("arrays.h5"),
                         R"(, "inputs": ["plain"], "test_inputs": ["test"], "test_target": "test_y")");

  EXPECT_EQ(data->facts().rows, rows + 5);
  std::vector<float> row(6);
  data->gather(0, std::vector<std::int64_t>{rows + 1}, reinterpret_cast<std::byte*>(row.data()));
  EXPECT_THAT(row, ElementsAre(6, 7, 8, 9, 10, 11));
}

TEST(Hdf5, SaysWhatItCannotRead) {
  const auto complaint = [](std::string_view name) {
    return complaint_of("hdf5", recorded("arrays.h5"), text(R"(, "inputs": [")", name, "\"]"));
  };
  EXPECT_THAT(complaint("plane"), AllOf(HasSubstr("holds no array 'plane'"), HasSubstr("'plain'")));
  EXPECT_THAT(complaint("lzf"), HasSubstr("lzf is packed with filter 32000, which assay does not use"));
  EXPECT_THAT(complaint("big_endian"), HasSubstr("big_endian holds no numbers that assay stores"));
  EXPECT_THAT(complaint("empty_part"), HasSubstr("empty_part has parts that were never written"));
  EXPECT_THAT(complaint("words"), HasSubstr("words holds no numbers that assay stores"));
  EXPECT_THAT(complaint("scalar"), HasSubstr("(scalar): error: the array has no rows"));
  EXPECT_THAT(complaint("test"), HasSubstr("(y): error: has 30 rows, but"));
  EXPECT_THAT(complaint_of("hdf5", recorded("stored.npz"), ""), HasSubstr("is not an HDF5 file"));
}

TEST(Hdf5, NamesTheRowsOfAChunkThatIsDamaged) {
  const TemporaryFolder folder;
  std::string bytes = read_text(recorded("arrays.h5"));
  // zlib's header of level 4, that h5py uses, before the data of the first chunk of each packed array.
  for (std::size_t at = bytes.find("\x78\x5e"); at != std::string::npos; at = bytes.find("\x78\x5e", at + 2))
    bytes[at + 10] = static_cast<char>(bytes[at + 10] ^ 0xFF);
  const auto data = read("hdf5", folder.write("a.h5", bytes), R"(, "inputs": ["gzip"])");

  const auto problems = problems_of([&] {
    std::vector<double> row(7);
    data->gather(0, std::vector<std::int64_t>{8}, reinterpret_cast<std::byte*>(row.data()));
  });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("a.h5 (gzip): error: rows 7 to 13 (from 0) are damaged"));
}

// Some of these files crash HDF5: in a process apart.
TEST(Hdf5, DamagedAnywhereNeverEndsTheProcess) {
  const TemporaryFolder folder;
  const std::string whole = read_text(recorded("arrays.h5"));
  for (std::size_t at = 0; at < whole.size(); at += 1511) {
    std::string changed = whole;
    for (std::size_t i = at; i < std::min(at + 4, whole.size()); ++i)
      changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    const std::string path = folder.write("a.h5", changed);
    problems_of([&] {
      const auto data = read("hdf5", path, R"(, "inputs": ["shuffled"])");
      Array row(data->facts().columns[0].dtype, data->facts().columns[0].shape);
      data->gather(0, std::vector<std::int64_t>{0}, row.data());
    });
  }
}

TEST(Hdf5, CutAnywhereIsAnError) {
  const TemporaryFolder folder;
  const std::string whole = read_text(recorded("arrays.h5"));
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 20) {
    const std::string path = folder.write("a.h5", whole.substr(0, size));
    EXPECT_THAT(problems_of([&] { read("hdf5", path, R"(, "inputs": ["plain"])"); }), SizeIs(1)) << size;
  }
}

}  // namespace
}  // namespace assay::testing
