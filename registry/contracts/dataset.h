// Data: a table of columns. A data set reads files into columns and says what they mean; it knows nothing of
// LibTorch, batches or training. The first axis of every column is the row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "registry/contracts/families.h"
#include "registry/contracts/task.h"

namespace assay {

/// Rows per split, in the order in which they are used where nothing shuffles them.
struct SplitRows {
  std::vector<std::int64_t> train, valid, test;
};

/// A column of a table, as one value of a row, or as one for each category: 1 for that of the row, else 0.
struct Feature {
  std::string name;  // as in the header, else its number from 0
  bool is_category = false;
  std::vector<std::string> categories = {};  // in the order of their values
};

struct ColumnInfo {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;  // of one row; empty for a scalar
  /// What the numbers 0, 1, ... of a column stand for; empty: themselves.
  std::vector<std::string> names = {};
  /// Of an input whose values are columns of a table, in their order.
  std::vector<Feature> features = {};
};

/// Columns of a table without a header: told apart by where they stand.
struct NumberedColumns {
  std::int64_t count = 0;
  std::int64_t target = 0;  // from 0
};

/// Rows that overlap: windows of one series, of which nothing is copied. Row r of the input is the `length`
/// values of the series from position r on, row r of the target those from r + lead on.
struct Windows {
  Array series;  // [n]
  std::int64_t length = 0;
  std::int64_t lead = 1;
  /// Places from one window to train on to the next. Windows to judge on lie end to end.
  std::int64_t stride = 1;

  /// Windows that have a whole target.
  std::int64_t rows() const { return series.count() - length - lead + 1; }
};

/// A file that was read: recorded with the run, and part of its identity.
struct DataFile {
  std::string path;
  std::string sha256;  // hex, of the bytes on disk
  std::uint64_t bytes = 0;
};

struct DatasetFacts {
  std::int64_t rows = 0;
  std::vector<ColumnInfo> columns;
  std::vector<std::string> inputs = {"x"};  // names of the columns a model sees
  std::string target = "y";                 // i64 class numbers, or f32 values of shape [targets]
  Task task;
  std::vector<DataFile> files;
  /// Set where rows are windows: of the one input, and of the target.
  std::optional<Windows> windows = std::nullopt;
  /// What reading passed over because the config says so, for warnings: "leaves out 3 of 150 rows".
  std::vector<std::string> omissions = {};
  /// Set where the inputs are columns of a table without a header.
  std::optional<NumberedColumns> numbered = std::nullopt;
  /// Of rows to predict: what each is called, where it has a name, that of an image's file.
  std::vector<std::string> row_names = {};
};

struct DataLegend;  // registry/contracts/legend.h

/// Files that name the rows of published splits, one row number from 0 a line. `*` in their names stands for
/// the number of the fold.
struct SplitFiles {
  std::string train, test;
};

class Dataset {
 public:
  using Contract = Dataset;
  struct Needs {
    /// Where data lies, first match wins: `dataset.root`, ASSAY_DATA, what ships, the user's cache.
    std::vector<std::string> roots;
    /// Of the data that a model learned from, where these are to be read for it: classes, categories and
    /// tokens have the numbers that they have there, columns of tables are those of that name. What it does
    /// not know is Kind::data, with its place. Null: data to learn from.
    const DataLegend* legend = nullptr;
    /// The file or folder to read instead of the data set's own, with a legend; empty: its own. Only data
    /// sets that declare `reads_input` are given one.
    std::string input = {};
    /// False, with a legend and an input: rows to predict. The target is not looked at and may be missing;
    /// every row becomes one, whatever `on_error` says, and there is no column for the target.
    bool is_labelled = true;
  };

  virtual ~Dataset();
  virtual const DatasetFacts& facts() const = 0;
  /// A whole column [rows, ...] where it is in memory; nothing for data that is read row by row, or whose
  /// rows are windows.
  virtual std::optional<ArrayView> column(std::size_t index) const = 0;
  /// Copies rows of a column, one after the other, to `out`. Several threads may call it at once. What is
  /// wrong with a file is Kind::data and names file and row. The default gathers from column() or
  /// facts().windows.
  virtual void gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const;
  /// The split that the publisher of the data made. `valid` is empty unless they made that too.
  virtual std::optional<SplitRows> official_split() const;
  /// Where the publisher made several splits, in files.
  virtual std::optional<SplitFiles> split_files() const;

  std::size_t index_of(std::string_view column) const;  // throws Kind::internal if there is none
};

/// Columns in memory: what most readers return.
class TableDataset : public Dataset {
 public:
  const DatasetFacts& facts() const override { return facts_; }
  std::optional<ArrayView> column(std::size_t index) const override { return columns_.at(index).view(); }
  std::optional<SplitRows> official_split() const override { return official_; }

 protected:
  /// Adds a column [rows, ...]; the first one decides the number of rows.
  void add_column(std::string name, Array values, std::vector<std::string> names = {});

  DatasetFacts facts_;
  std::optional<SplitRows> official_;

 private:
  std::vector<Array> columns_;
};

/// What every data set takes beside its own parameters.
struct DatasetCommon {
  Slot<Split> split;
  std::vector<Slot<Transform>> transforms;
  std::vector<Slot<Transform>> targets;
  std::vector<Slot<Augmentation>> augment;
  std::string in_memory = "auto";  // auto, always, never
  std::int64_t prefetch = 4;       // batches read ahead, of data that does not lie in memory
  std::int64_t workers = 2;        // threads that read them
  Path root;

  static void describe(Fields<DatasetCommon>& f);
};

}  // namespace assay
