// What holds for every data set. Those with required parameters, or whose files do not ship, are read with
// the sample that samples.h has for them.
#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/legend.h"
#include "registry/contracts/split.h"
#include "tests/contracts/component.h"
#include "tests/contracts/samples.h"

namespace assay::testing {

/// Of a plugin's data set: its parameters are said by the sample, whose paths are absolute or relative to the
/// working folder; `roots` are folders where its data lies.
inline DatasetSample sample_of(const Component& component) {
  if (component.sample.entries().empty()) return dataset_sample(component.info->name);
  DatasetSample sample;
  if (const Json* roots = component.sample.find("roots")) {
    for (const Json& root : roots->items()) sample.roots.push_back(root.text());
  }
  if (const Json* reads_files = component.sample.find("reads_files"))
    sample.reads_files = reads_files->boolean();
  return sample;
}

class DatasetSuite : public ::testing::TestWithParam<Component> {
 protected:
  /// Reads the sample; nothing if the data is not on this machine.
  std::unique_ptr<Dataset> read() {
    if (!sample_) sample_ = sample_of(GetParam());
    if (!sample_->is_there) return nullptr;
    return GetParam().parts->build(slot(), {sample_->roots});
  }
  Slot<Dataset> slot() {
    if (!sample_) sample_ = sample_of(GetParam());
    return GetParam().bind<Dataset>(sample_->config);
  }
  DatasetOutline outline() {
    const Slot<Dataset> bound = slot();
    return std::any_cast<const DatasetFacet&>(GetParam().info->facet).outline(bound.params());
  }

  std::optional<DatasetSample> sample_;
};

#define ASSAY_READ_SAMPLE(data)   \
  const auto data = this->read(); \
  if (!data) GTEST_SKIP() << "its files are not in ASSAY_DATA"

TEST_P(DatasetSuite, ColumnsAreWhatItsFactsSay) {
  ASSAY_READ_SAMPLE(data);
  const DatasetFacts& facts = data->facts();
  for (std::size_t i = 0; i < facts.columns.size(); ++i) {
    const auto view = data->column(i);
    if (!view) continue;
    std::vector<std::int64_t> shape = {facts.rows};
    shape.insert(shape.end(), facts.columns[i].shape.begin(), facts.columns[i].shape.end());
    EXPECT_EQ(view->shape, shape) << facts.columns[i].name;
    EXPECT_EQ(view->dtype, facts.columns[i].dtype) << facts.columns[i].name;
    EXPECT_EQ(data->index_of(facts.columns[i].name), i);
  }
  EXPECT_FALSE(facts.inputs.empty());
  for (const std::string& name : facts.inputs) EXPECT_NO_THROW(data->index_of(name)) << name;
  EXPECT_NO_THROW(data->index_of(facts.target));
}

TEST_P(DatasetSuite, GatherCopiesRowsInTheOrderAskedFor) {
  ASSAY_READ_SAMPLE(data);
  const std::vector<std::int64_t> rows = {data->facts().rows - 1, 0};
  for (std::size_t i = 0; i < data->facts().columns.size(); ++i) {
    const auto view = data->column(i);
    if (!view) continue;
    const std::size_t row_bytes = view->bytes() / static_cast<std::size_t>(data->facts().rows);
    std::vector<std::byte> out(2 * row_bytes);
    data->gather(i, rows, out.data());
    EXPECT_EQ(std::memcmp(out.data(), view->data + view->bytes() - row_bytes, row_bytes), 0);
    EXPECT_EQ(std::memcmp(out.data() + row_bytes, view->data, row_bytes), 0);
  }
}

TEST_P(DatasetSuite, RowsReadTogetherAreThoseReadOneByOne) {
  ASSAY_READ_SAMPLE(data);
  const std::vector<std::int64_t> rows = {data->facts().rows - 1, 0, 1};
  for (std::size_t i = 0; i < data->facts().columns.size(); ++i) {
    const ColumnInfo& column = data->facts().columns[i];
    const std::size_t row_bytes =
        static_cast<std::size_t>(element_count(column.shape)) * size_of(column.dtype);
    std::vector<std::byte> together(rows.size() * row_bytes), alone(row_bytes);
    data->gather(i, rows, together.data());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      data->gather(i, std::vector{rows[k]}, alone.data());
      EXPECT_EQ(std::memcmp(alone.data(), together.data() + k * row_bytes, row_bytes), 0) << column.name;
    }
  }
}

TEST_P(DatasetSuite, SeveralThreadsReadTheSameRows) {
  ASSAY_READ_SAMPLE(data);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min<std::int64_t>(data->facts().rows, 50)));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  for (std::size_t i = 0; i < data->facts().columns.size(); ++i) {
    const ColumnInfo& column = data->facts().columns[i];
    const std::size_t bytes =
        rows.size() * static_cast<std::size_t>(element_count(column.shape)) * size_of(column.dtype);
    std::vector<std::vector<std::byte>> read(5, std::vector<std::byte>(bytes));
    data->gather(i, rows, read[0].data());
    std::vector<std::thread> threads;
    for (std::size_t k = 1; k < read.size(); ++k) {
      threads.emplace_back([&, k] { data->gather(i, rows, read[k].data()); });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t k = 1; k < read.size(); ++k) EXPECT_EQ(read[k], read[0]) << column.name;
  }
}

TEST_P(DatasetSuite, WindowsAreOfItsSeries) {
  ASSAY_READ_SAMPLE(data);
  const DatasetFacts& facts = data->facts();
  if (!facts.windows) return;
  EXPECT_EQ(facts.rows, facts.windows->rows());
  ASSERT_EQ(facts.inputs.size(), 1U);
  const auto row_of = [&](const std::string& column, std::int64_t row) {
    std::vector<std::byte> out(static_cast<std::size_t>(facts.windows->length) *
                               size_of(facts.windows->series.dtype()));
    data->gather(data->index_of(column), std::vector<std::int64_t>{row}, out.data());
    return out;
  };
  EXPECT_EQ(row_of(facts.target, 0), row_of(facts.inputs[0], facts.windows->lead));
  EXPECT_NO_THROW(row_of(facts.target, facts.rows - 1));
}

TEST_P(DatasetSuite, TargetSuitsTheTask) {
  ASSAY_READ_SAMPLE(data);
  const Task& task = data->facts().task;
  EXPECT_EQ(task.kind, outline().task);
  if (task.kind != Task::Kind::classification) return;
  EXPECT_TRUE(task.classes.empty() || std::ssize(task.classes) == task.outputs);
  const auto view = data->column(data->index_of(data->facts().target));
  ASSERT_TRUE(view && view->dtype == Dtype::i64);
  const auto [least, most] =
      std::minmax_element(view->as<std::int64_t>(), view->as<std::int64_t>() + view->count());
  EXPECT_GE(*least, 0);
  EXPECT_LT(*most, task.outputs);
}

TEST_P(DatasetSuite, RecordsTheFilesThatItRead) {
  ASSAY_READ_SAMPLE(data);
  EXPECT_EQ(data->facts().files.empty(), !sample_->reads_files);
  for (const DataFile& file : data->facts().files) {
    EXPECT_EQ(file.sha256.size(), 64U) << file.path;
    if (std::filesystem::is_directory(file.path)) continue;  // one digest of all files in it
    EXPECT_EQ(file.sha256, sha256_of_file(file.path)) << file.path;
    EXPECT_EQ(file.bytes, std::filesystem::file_size(file.path)) << file.path;
  }
}

TEST_P(DatasetSuite, ReadingTwiceGivesTheSame) {
  ASSAY_READ_SAMPLE(first);
  const auto second = read();
  for (std::size_t i = 0; i < first->facts().columns.size(); ++i) {
    const auto a = first->column(i), b = second->column(i);
    if (!a) continue;
    EXPECT_EQ(std::memcmp(a->data, b->data, a->bytes()), 0) << first->facts().columns[i].name;
  }
}

TEST_P(DatasetSuite, ItsFirstFileCanBeReadWithoutATarget) {
  ASSAY_READ_SAMPLE(data);
  const DatasetFacts& facts = data->facts();
  if (!std::any_cast<const DatasetFacet&>(GetParam().info->facet).reads_input) return;
  const DataLegend legend = legend_of(facts, facts.task);

  const auto input = GetParam().parts->build(
      slot(), {sample_->roots, &legend, facts.files.at(0).path, /*is_labelled=*/false});

  std::vector<Problem> problems;
  check_legend(input->facts(), legend, /*is_labelled=*/false, problems);
  EXPECT_THAT(problems, ::testing::IsEmpty());
  ASSERT_GT(input->facts().rows, 0);
  const std::vector<std::int64_t> rows = {0, input->facts().rows - 1};  // of what trains, which comes first
  for (const std::string& name : facts.inputs) {
    const std::size_t here = input->index_of(name), there = data->index_of(name);
    const ColumnInfo& column = facts.columns[there];
    const std::size_t bytes =
        rows.size() * static_cast<std::size_t>(element_count(column.shape)) * size_of(column.dtype);
    std::vector<std::byte> read(bytes), known(bytes);
    input->gather(here, rows, read.data());
    data->gather(there, rows, known.data());
    EXPECT_EQ(read, known) << name;
  }
}

TEST_P(DatasetSuite, ItsOwnSplitWorksOnIt) {
  ASSAY_READ_SAMPLE(data);
  const auto slot =
      GetParam().registry->bind<Split>(to_value(outline().split, Where::implied("the data set")), "split");

  const SplitRows rows = GetParam().parts->build(slot, {})->rows(*data);

  EXPECT_FALSE(rows.train.empty());
  EXPECT_FALSE(rows.valid.empty());
  std::set<std::int64_t> seen;
  for (const auto* part : {&rows.train, &rows.valid, &rows.test}) {
    for (const std::int64_t row : *part)
      EXPECT_TRUE(row >= 0 && row < data->facts().rows && seen.insert(row).second);
  }
}

#undef ASSAY_READ_SAMPLE

}  // namespace assay::testing
