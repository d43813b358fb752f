#include "datasets/array_columns.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "datasets/files.h"
#include "datasets/row_range.h"

namespace assay::datasets {
namespace {

std::int64_t rows_of(const FileArray& array) {
  if (!array.shape.empty() && array.shape[0] > 0) return array.shape[0];
  throw Error(Kind::data,
              problem_in(array.shown, text("the array has no rows: its shape is ", shape_text(array.shape)),
                         "the first axis is the row"));
}

void require_rows(const FileArray& array, std::int64_t rows, const std::string& of) {
  if (rows_of(array) == rows) return;
  throw Error(
      Kind::data,
      problem_in(array.shown, text("has ", count_text(array.shape[0], "row"), ", but ", of, " has ", rows),
                 "the arrays must belong together"));
}

std::vector<std::int64_t> row_shape(const FileArray& array) {
  return {array.shape.begin() + 1, array.shape.end()};
}

std::size_t row_bytes_of(const FileArray& array) {
  return static_cast<std::size_t>(element_count(row_shape(array))) * size_of(array.dtype);
}

void require_same_kind(const FileArray& train, const FileArray& test) {
  if (row_shape(train) == row_shape(test) && train.dtype == test.dtype) return;
  const auto words = [](const FileArray& array) {
    return text(shape_text(row_shape(array)), ' ', to_string(array.dtype));
  };
  throw Error(
      Kind::data,
      problem_in(test.shown, text("has rows of ", words(test), ", but ", train.shown, " of ", words(train)),
                 "train and test must be of one shape and type"));
}

// Whole arrays, one after the other.
Array joined(const std::vector<FileArray>& parts) {
  std::vector<std::int64_t> shape = parts[0].shape;
  for (std::size_t i = 1; i < parts.size(); ++i) shape[0] += parts[i].shape[0];
  Array out(parts[0].dtype, std::move(shape));
  std::byte* next = out.data();
  for (const FileArray& part : parts) {
    for (std::int64_t row = 0; row < part.shape[0]; ++row, next += row_bytes_of(part))
      part.read_row(row, next);
  }
  return out;
}

}  // namespace

DatasetOutline ArrayOptions::outline() const {
  DatasetOutline out = shares_outline(task);
  if (!test_target.empty())
    out.split = Json(Json::Map{{"type", "official"}, {"valid", Json(Json::Map{{"random", "10%"}})}});
  return out;
}

std::optional<ArrayView> ArrayColumns::column(std::size_t index) const {
  if (index < inputs_.size()) return std::nullopt;
  ASSAY_ASSERT(index == inputs_.size());
  return target_.view();
}

void ArrayColumns::gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const {
  if (index >= inputs_.size()) return Dataset::gather(index, rows, out);
  const Input& input = inputs_[index];
  for (std::int64_t row : rows) {
    auto part = input.parts.begin();
    while (row >= part->shape[0]) row -= (part++)->shape[0];
    part->read_row(row, out);
    out += input.row_bytes;
  }
}

ArrayOptions ArrayColumns::options_for(const ArrayOptions& options, const Needs& needs) {
  ArrayOptions out = options;
  if (needs.input.empty()) return out;
  out.test_inputs.clear();
  out.test_target.clear();
  return out;
}

void ArrayColumns::fill(const ArrayOptions& options, const Needs& needs, const Open& open) {
  facts_.inputs = options.inputs;
  facts_.target = options.target;
  if (std::find(options.inputs.begin(), options.inputs.end(), options.target) != options.inputs.end()) {
    throw Error(Kind::data, Problem{{},
                                    "dataset.target",
                                    text("'", options.target, "' is among the inputs too"),
                                    "name each array once"});
  }
  for (std::size_t i = 0; i < options.inputs.size(); ++i) {
    std::optional<FileArray> test;
    if (!options.test_inputs.empty()) test = open(options.test_inputs[i]);
    add_input(open(options.inputs[i]), test, options.inputs[i]);
  }
  if (needs.is_labelled) add_target(options, needs, open);
}

void ArrayColumns::add_input(FileArray array, const std::optional<FileArray>& test, const std::string& name) {
  const std::int64_t n_train = rows_of(array);
  if (!inputs_.empty()) require_rows(array, inputs_[0].parts[0].shape[0], inputs_[0].parts[0].shown);
  facts_.rows = n_train + (test ? rows_of(*test) : 0);
  facts_.columns.push_back({name, array.dtype, row_shape(array)});
  if (test) {
    require_same_kind(array, *test);
    official_ = SplitRows{rows_between(0, n_train), {}, rows_between(n_train, facts_.rows)};
  }
  Input input{{}, row_bytes_of(array)};
  input.parts.push_back(std::move(array));
  if (test) input.parts.push_back(*test);
  inputs_.push_back(std::move(input));
}

void ArrayColumns::add_target(const ArrayOptions& options, const Needs& needs, const Open& open) {
  std::vector<FileArray> parts = {open(options.target)};
  if (!options.test_target.empty()) parts.push_back(open(options.test_target));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    require_rows(parts[i], inputs_[0].parts[i].shape[0], inputs_[0].parts[i].shown);
    require_same_kind(parts[0], parts[i]);
  }
  Target target =
      read_target(joined(parts), options.task, known_classes(options.classes, needs), parts[0].shown);
  facts_.task = std::move(target.task);
  target_ = std::move(target.values);
  facts_.columns.push_back(
      {options.target, target_.dtype(), {target_.shape().begin() + 1, target_.shape().end()}});
}

}  // namespace assay::datasets
