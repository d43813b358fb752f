#include <cstring>

#include "core/text.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/engine.h"
#include "registry/contracts/launcher.h"
#include "registry/contracts/pruner.h"
#include "registry/contracts/recorder.h"
#include "registry/contracts/sampler.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/split.h"
#include "registry/contracts/transform.h"

namespace assay {

Dataset::~Dataset() = default;
Split::~Split() = default;
Transform::~Transform() = default;
Schedule::~Schedule() = default;
Sampler::~Sampler() = default;
Pruner::~Pruner() = default;
Launcher::~Launcher() = default;
Cluster::~Cluster() = default;
Recorder::~Recorder() = default;
void Recorder::keep(std::string_view /*name*/, const State& /*state*/) {}
Listener::~Listener() = default;
TrialRunner::~TrialRunner() = default;

namespace {

// first: the position in the series at which row 0 begins.
void gather_windows(const Windows& windows, std::int64_t first, std::span<const std::int64_t> rows,
                    std::byte* out) {
  const std::size_t value_bytes = size_of(windows.series.dtype());
  const std::size_t row_bytes = static_cast<std::size_t>(windows.length) * value_bytes;
  for (const std::int64_t row : rows) {
    ASSAY_ASSERT(row >= 0 && row < windows.rows());
    std::memcpy(out, windows.series.data() + static_cast<std::size_t>(row + first) * value_bytes, row_bytes);
    out += row_bytes;
  }
}

}  // namespace

void Dataset::gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const {
  if (const std::optional<Windows>& windows = facts().windows) {
    const bool is_target = facts().columns.at(index).name == facts().target;
    return gather_windows(*windows, is_target ? windows->lead : 0, rows, out);
  }
  const std::optional<ArrayView> view = column(index);
  ASSAY_ASSERT(view && !view->shape.empty());
  const std::int64_t n_rows = view->shape.front();
  const std::size_t row_bytes = n_rows == 0 ? 0 : view->bytes() / static_cast<std::size_t>(n_rows);
  for (const std::int64_t row : rows) {
    ASSAY_ASSERT(row >= 0 && row < n_rows);
    std::memcpy(out, view->data + static_cast<std::size_t>(row) * row_bytes, row_bytes);
    out += row_bytes;
  }
}

std::optional<SplitRows> Dataset::official_split() const { return std::nullopt; }
std::optional<SplitFiles> Dataset::split_files() const { return std::nullopt; }

std::size_t Dataset::index_of(std::string_view name) const {
  const std::vector<ColumnInfo>& columns = facts().columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  throw Error(Kind::internal, text("the data set has no column '", name, "'"));
}

std::vector<DataFile> Split::files(const Dataset& /*dataset*/) const { return {}; }
bool Split::shares_rows() const { return false; }

void TableDataset::add_column(std::string name, Array values, std::vector<std::string> names) {
  ASSAY_ASSERT(!values.shape().empty());
  const std::int64_t rows = values.shape().front();
  if (columns_.empty()) facts_.rows = rows;
  ASSAY_ASSERT(rows == facts_.rows);
  facts_.columns.push_back({std::move(name),
                            values.dtype(),
                            {values.shape().begin() + 1, values.shape().end()},
                            std::move(names)});
  columns_.push_back(std::move(values));
}

void DatasetCommon::describe(Fields<DatasetCommon>& f) {
  f.about("What every data set takes.");
  f("split", &DatasetCommon::split,
    "which rows train, validate and test (default: what the data set declares)");
  f("transforms", &DatasetCommon::transforms,
    "on the inputs: fitted on train, applied to all rows, in this order");
  f("targets", &DatasetCommon::targets,
    "on the target: fitted on train, undone before metrics and predictions, for regression");
  f("augment", &DatasetCommon::augment,
    "on the input, in this order: drawn anew for every sample and epoch of training; in evaluation nothing "
    "is drawn, and crops take the middle");
  f("in_memory", &DatasetCommon::in_memory,
    "whether all rows are held in memory while training: `never` reads them batch by batch, `auto` does so "
    "where they take more than half of what there is, or more than 1 GiB of files that are read row by row. "
    "Changes no number",
    one_of({"auto", "always", "never"}), not_identity);
  f("prefetch", &DatasetCommon::prefetch,
    "batches read ahead, of data that is not in memory. Changes no number", at_least(1) && at_most(1024),
    not_identity);
  f("workers", &DatasetCommon::workers, "threads that read data that is not in memory. Changes no number",
    at_least(1) && at_most(256), not_identity);
  f("root", &DatasetCommon::root,
    "folder to look for the data in first (default: ASSAY_DATA, what ships, the cache)");
}

// Most schedules are pure functions of the step and keep nothing.
void Schedule::observe(double /*valid_loss*/) {}
void Schedule::save(StateWriter& /*out*/) const {}
void Schedule::load(const StateReader& /*in*/) {}

std::optional<std::int64_t> Sampler::count() const { return std::nullopt; }
bool Sampler::learns() const { return false; }

}  // namespace assay
