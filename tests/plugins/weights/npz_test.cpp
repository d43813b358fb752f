#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/zip_writer.h"
#include "tests/plugins/weights/support.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

TEST(Npz, WhatIsWrittenIsReadBackInItsOrder) {
  const TemporaryFolder folder;
  weights_format("npz")->write(folder / "a.npz", example_weights());

  const WeightFile file = weights_format("npz")->read(folder / "a.npz");

  expect_same(file, example_weights());
  EXPECT_EQ(names_of(file), names_of(example_weights()));
  EXPECT_EQ(file.notes, example_weights().notes);
}

TEST(Npz, ReadsPackedArraysInBothOrders) {
  const WeightFile file = weights_format("npz")->read(recorded_weights("packed.npz"));

  const Array fortran = read(tensor_named(file, "fortran"));
  EXPECT_EQ(fortran.shape(), (std::vector<std::int64_t>{2, 3}));
  for (std::int64_t i = 0; i < 6; ++i) EXPECT_EQ(fortran.as<float>()[i], static_cast<float>(i));
  const Array plain = read(tensor_named(file, "plain"));
  EXPECT_EQ(plain.as<std::int32_t>()[999], 999);
}

TEST(Npz, RefusesAnArrayThatIsNotAsLongAsItsHeaderSays) {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  const std::string header = "\x93NUMPY\x01" + std::string(1, '\0') + "\x46" + std::string(1, '\0') +
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }   \n";
  ZipWriter zip(path, {{"a.npy", header.size()}});
  zip.begin();
  zip.write(header);
  zip.put();

  const auto problems = problems_of([&] { weights_format("npz")->read(path); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("not those of [1000000000000] f32"));
}

}  // namespace
}  // namespace assay::testing
