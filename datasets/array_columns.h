// Arrays of one file by name, as columns: what npz and hdf5 have in common.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "datasets/target.h"
#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct ArrayOptions {
  std::vector<std::string> inputs{"x"};
  std::string target = "y";
  std::vector<std::string> test_inputs;
  std::string test_target;
  std::string task;
  std::vector<std::string> classes;

  static constexpr bool reads_input = true;
  /// With test arrays: the official split, and a random 10% of train to validate on. Without: shares.
  DatasetOutline outline() const;

  template <class P>
  static void describe_arrays(Fields<P>& f) {
    std::vector<std::string> P::*inputs = &P::inputs;  // members of this struct, as ones of what inherits it
    std::string P::*target = &P::target;
    std::vector<std::string> P::*test_inputs = &P::test_inputs;
    std::string P::*test_target = &P::test_target;
    std::string P::*task = &P::task;
    std::vector<std::string> P::*classes = &P::classes;
    f("inputs", inputs, "names of the arrays that a model sees [rows, ...]; they keep their types",
      non_empty());
    f("target", target,
      "name of the array to predict: whole numbers from 0 [rows], or numbers [rows] or "
      "[rows, targets]");
    f("test_inputs", test_inputs, "arrays with rows to test on, one for each of `inputs`, if there are some");
    f("test_target", test_target, "what is to be predicted of them");
    f("task", task, "classification or regression", required, one_of({"classification", "regression"}));
    f("classes", classes,
      "names of the classes 0, 1, ... (default: as many classes as the largest number says)");
    f.check("classes are written for classification only",
            [](const P& p) { return p.classes.empty() || p.task == "classification"; });
    f.check("test_inputs are as many as inputs, and written together with test_target", [](const P& p) {
      return p.test_inputs.empty() ? p.test_target.empty()
                                   : p.test_inputs.size() == p.inputs.size() && !p.test_target.empty();
    });
  }
};

/// An array of a file.
struct FileArray {
  std::string shown;  // for messages: "digits.npz (x)"
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;  // rows first
  /// Copies a row. Several threads may call it at once.
  std::function<void(std::int64_t row, std::byte* out)> read_row;
};

/// Columns of the names of the inputs, read row by row, and of that of the target, in memory. Rows to test on
/// come last.
class ArrayColumns : public Dataset {
 public:
  const DatasetFacts& facts() const override { return facts_; }
  /// Nothing for the inputs.
  std::optional<ArrayView> column(std::size_t index) const override;
  void gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const override;
  std::optional<SplitRows> official_split() const override { return official_; }

 protected:
  using Open = std::function<FileArray(const std::string& name)>;

  /// open: finds an array, or throws Kind::data. Of an input (Needs), only the arrays that the model takes
  /// are read, and the target if there are labels.
  void fill(const ArrayOptions& options, const Needs& needs, const Open& open);

  /// Options without what an input does not have.
  static ArrayOptions options_for(const ArrayOptions& options, const Needs& needs);

  DatasetFacts facts_;

 private:
  void add_input(FileArray array, const std::optional<FileArray>& test, const std::string& name);
  void add_target(const ArrayOptions& options, const Needs& needs, const Open& open);

  struct Input {
    std::vector<FileArray> parts;  // rows one after the other
    std::size_t row_bytes = 0;
  };
  std::vector<Input> inputs_;
  Array target_;
  std::optional<SplitRows> official_;
};

}  // namespace assay::datasets
