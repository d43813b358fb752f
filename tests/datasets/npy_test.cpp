#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "datasets/npy_file.h"
#include "tests/contracts/bound.h"
#include "tests/datasets/npy_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using datasets::read_npy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Array six() { return Array::of<float>({0, 1, 2, 3, 4, 5}); }

std::string complaint_of(const std::string& bytes) {
  const auto problems = problems_of([&] { read_npy(bytes, "a.npy"); });
  return problems.size() == 1 ? to_string(problems[0]) : text(problems.size(), " problems");
}

TEST(NpyFile, ReadsTypeShapeAndValues) {
  const Array array = read_npy(npy_bytes("<f4", "(2, 3)", six()), "a.npy");

  EXPECT_EQ(array.dtype(), Dtype::f32);
  EXPECT_THAT(array.shape(), ElementsAre(2, 3));
  EXPECT_EQ(array.as<float>()[5], 5);
  EXPECT_THAT(read_npy(npy_bytes("<f4", "(6,)", six()), "a.npy").shape(), ElementsAre(6));
}

TEST(NpyFile, NeverLoadsObjects) {
  EXPECT_THAT(complaint_of(npy_bytes("|O", "(6,)", six())),
              HasSubstr("holds Python objects, which are never"));
}

TEST(NpyFile, RefusesWhatItCannotRead) {
  EXPECT_THAT(complaint_of("PK\3\4 something else"), HasSubstr("holds no NumPy array"));
  EXPECT_THAT(complaint_of(npy_bytes(">f4", "(6,)", six())), HasSubstr("values of type '>f4'"));
  EXPECT_THAT(complaint_of(npy_bytes("<f4", "(2, 3)", six(), "True")), HasSubstr("Fortran order"));
  EXPECT_THAT(complaint_of(npy_bytes("<f4", "(2, 4)", six())), HasSubstr("truncated"));
  EXPECT_THAT(complaint_of(npy_bytes("<f4", "(5,)", six())), HasSubstr("longer than its header says"));
  EXPECT_THAT(complaint_of(npy_bytes("<f4", "(9223372036854775807, 4)", six())), HasSubstr("truncated"));
  EXPECT_THAT(complaint_of(npy_bytes("<f4", "(-6,)", six())), HasSubstr("no NumPy header"));
}

TEST(NpyFile, CutAnywhereIsAnErrorAndNothingElse) {
  const std::string whole = npy_bytes("<f4", "(6,)", six());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(problems_of([&] { read_npy(whole.substr(0, size), "a.npy"); }), SizeIs(1)) << size;
  }
}

std::unique_ptr<Dataset> read(const TemporaryFolder& folder, std::string_view task) {
  return built<Dataset>(text(R"({"type": "npy", "inputs": ")", folder / "x.npy", R"(", "target": ")",
                             folder / "y.npy", R"(", "task": ")", task, "\"}"));
}

TEST(Npy, KeepsTheTypeOfItsInputs) {
  const TemporaryFolder folder;
  folder.write("x.npy", npy_bytes("|u1", "(2, 1, 2)", Array::of<std::uint8_t>({1, 2, 3, 255})));
  folder.write("y.npy", npy_bytes("<i8", "(2,)", Array::of<std::int64_t>({2, 0})));

  const auto data = read(folder, "classification");

  EXPECT_EQ(data->facts().columns[0].dtype, Dtype::u8);
  EXPECT_THAT(data->facts().columns[0].shape, ElementsAre(1, 2));
  EXPECT_EQ(data->facts().task.outputs, 3);
}

TEST(Npy, TakesSeveralTargets) {
  const TemporaryFolder folder;
  folder.write("x.npy", npy_bytes("<f4", "(2, 3)", six()));
  folder.write("y.npy", npy_bytes("<f8", "(2, 2)", Array::of<double>({1, 2, 3, 4})));

  EXPECT_EQ(read(folder, "regression")->facts().task.outputs, 2);
}

TEST(Npy, NamesTheRowThatIsNoClass) {
  const TemporaryFolder folder;
  folder.write("x.npy", npy_bytes("<f4", "(2, 3)", six()));
  folder.write("y.npy", npy_bytes("<f8", "(2,)", Array::of<double>({1, 0.5})));

  const auto problems = problems_of([&] { read(folder, "classification"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("row 1 (from 0) is 0.5, which is no class"));
}

TEST(Npy, NeedsATargetForEveryRow) {
  const TemporaryFolder folder;
  folder.write("x.npy", npy_bytes("<f4", "(2, 3)", six()));
  folder.write("y.npy", npy_bytes("<f8", "(3,)", Array::of<double>({1, 2, 3})));

  const auto problems = problems_of([&] { read(folder, "regression"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has 3 rows, but"));
}

}  // namespace
}  // namespace assay::testing
