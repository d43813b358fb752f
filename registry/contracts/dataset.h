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

struct ColumnInfo {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;  // of one row; empty for a scalar
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
};

class Dataset {
 public:
  using Contract = Dataset;
  struct Needs {
    /// Where data lies, first match wins: `dataset.root`, ASSAY_DATA, what ships, the user's cache.
    std::vector<std::string> roots;
  };

  virtual ~Dataset();
  virtual const DatasetFacts& facts() const = 0;
  /// A whole column [rows, ...] where it is in memory; nothing for data that is read row by row.
  virtual std::optional<ArrayView> column(std::size_t index) const = 0;
  /// Copies rows of a column, one after the other, to `out`. The default gathers from column().
  virtual void gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const;
  /// The split that the publisher of the data made. `valid` is empty unless they made that too.
  virtual std::optional<SplitRows> official_split() const;

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
  void add_column(std::string name, Array values);

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
  Path root;

  static void describe(Fields<DatasetCommon>& f);
};

}  // namespace assay
