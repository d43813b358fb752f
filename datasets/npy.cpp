#include "datasets/npy.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/text.h"
#include "datasets/files.h"
#include "datasets/npy_file.h"

namespace assay::datasets {
namespace {

std::int64_t rows_of(const Array& array, const std::string& path) {
  if (!array.shape().empty() && array.shape()[0] > 0) return array.shape()[0];
  throw Error(Kind::data,
              problem_in(path, text("the array has no rows: its shape is ", shape_text(array.shape())),
                         "the first axis is the row"));
}

Array classes_of(const Array& values, const Npy::Params& params) {
  if (values.shape().size() != 1) {
    throw Error(Kind::data,
                problem_in(params.target.text,
                           text("classes are ", shape_text(values.shape()), ", must be one a row"),
                           "are inputs and target swapped?"));
  }
  Array out(Dtype::i64, values.shape());
  for (std::int64_t row = 0; row < values.count(); ++row) {
    const double value = element(values, row);
    const bool is_class = value >= 0 && value == std::floor(value) &&
                          (params.classes.empty() || value < static_cast<double>(params.classes.size()));
    if (!is_class) {
      throw Error(
          Kind::data,
          problem_in(params.target.text, text("row ", row, " (from 0) is ", value, ", which is no class"),
                     params.classes.empty() ? std::string("classes are whole numbers from 0")
                                            : text("the names under dataset.classes are those of 0 to ",
                                                   params.classes.size() - 1)));
    }
    out.as<std::int64_t>()[row] = static_cast<std::int64_t>(value);
  }
  return out;
}

Array values_of(const Array& values) {
  const std::int64_t rows = values.shape()[0];
  Array out(Dtype::f32, {rows, values.count() / rows});
  for (std::int64_t i = 0; i < out.count(); ++i) out.as<float>()[i] = static_cast<float>(element(values, i));
  return out;
}

}  // namespace

DatasetOutline NpyParams::outline() const {
  const bool has_classes = task == "classification";
  return {has_classes ? Task::Kind::classification : Task::Kind::regression,
          Json(Json::Map{{"type", "fractions"},
                         {"train", "70%"},
                         {"valid", "15%"},
                         {"test", "15%"},
                         {"stratify", has_classes}})};
}

Npy::Npy(const Params& params, const Needs& /*needs*/) {
  const std::vector<ReadFile> files = read_data_files({params.inputs.text, params.target.text});
  Array x = read_npy(files[0].bytes, files[0].path);
  const Array y = read_npy(files[1].bytes, files[1].path);
  if (rows_of(x, files[0].path) != rows_of(y, files[1].path)) {
    throw Error(Kind::data, problem_in(files[1].path,
                                       text("has ", count_text(y.shape()[0], "row"), ", but ", files[0].path,
                                            " has ", x.shape()[0]),
                                       "the two files must belong together"));
  }
  add_column("x", std::move(x));
  if (params.task == "classification") {
    Array classes = classes_of(y, params);
    const auto* first = classes.as<std::int64_t>();
    const std::int64_t largest = *std::max_element(first, first + classes.count());
    facts_.task = {Task::Kind::classification,
                   params.classes.empty() ? largest + 1 : std::ssize(params.classes), params.classes};
    add_column("y", std::move(classes));
  } else {
    Array values = values_of(y);
    facts_.task = {Task::Kind::regression, values.shape()[1], {}};
    add_column("y", std::move(values));
  }
  for (const ReadFile& file : files) facts_.files.push_back(file.record);
}

}  // namespace assay::datasets
