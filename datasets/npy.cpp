#include "datasets/npy.h"

#include <utility>

#include "core/text.h"
#include "datasets/files.h"
#include "datasets/npy_file.h"
#include "datasets/target.h"

namespace assay::datasets {
namespace {

std::int64_t rows_of(const Array& array, const std::string& path) {
  if (!array.shape().empty() && array.shape()[0] > 0) return array.shape()[0];
  throw Error(Kind::data,
              problem_in(path, text("the array has no rows: its shape is ", shape_text(array.shape())),
                         "the first axis is the row"));
}

}  // namespace

DatasetOutline NpyParams::outline() const { return shares_outline(task); }

Npy::Npy(const Params& params, const Needs& needs) {
  if (!needs.input.empty()) {
    read_inputs(needs);
    return;
  }
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
  Target target = read_target(y, params.task, known_classes(params.classes, needs), params.target.text);
  facts_.task = std::move(target.task);
  add_column("y", std::move(target.values));
  for (const ReadFile& file : files) facts_.files.push_back(file.record);
}

void Npy::read_inputs(const Needs& needs) {
  require_unlabelled(needs, "`--data inputs=x.npy --data target=y.npy` names both files");
  const ReadFile file = read_data_file(needs.input);
  Array x = read_npy(file.bytes, file.path);
  rows_of(x, file.path);
  add_column("x", std::move(x));
  facts_.files.push_back(file.record);
}

}  // namespace assay::datasets
