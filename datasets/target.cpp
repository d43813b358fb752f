#include "datasets/target.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/text.h"
#include "datasets/files.h"
#include "registry/contracts/legend.h"

namespace assay::datasets {
namespace {

constexpr double most_classes = 1U << 31U;

Array classes_of(const Array& values, const std::vector<std::string>& classes, const std::string& path) {
  if (values.shape().size() != 1) {
    throw Error(Kind::data,
                problem_in(path, text("classes are ", shape_text(values.shape()), ", must be one a row"),
                           "are inputs and target swapped?"));
  }
  Array out(Dtype::i64, values.shape());
  for (std::int64_t row = 0; row < values.count(); ++row) {
    const double value = element(values, row);
    const bool is_class = value >= 0 && value < most_classes && value == std::floor(value) &&
                          (classes.empty() || value < static_cast<double>(classes.size()));
    if (!is_class) {
      throw Error(Kind::data,
                  problem_in(path, text("row ", row, " (from 0) is ", value, ", which is no class"),
                             classes.empty() ? std::string("classes are whole numbers from 0")
                                             : text("the names under dataset.classes are those of 0 to ",
                                                    classes.size() - 1)));
    }
    out.as<std::int64_t>()[row] = static_cast<std::int64_t>(value);
  }
  return out;
}

Array values_of(const Array& values, const std::string& path) {
  const std::int64_t rows = values.shape()[0];
  Array out(Dtype::f32, {rows, values.count() / rows});
  for (std::int64_t i = 0; i < out.count(); ++i) {
    const double value = element(values, i);
    if (!std::isfinite(value)) {
      throw Error(
          Kind::data,
          problem_in(path, text("row ", i / out.shape()[1], " (from 0) is ", value, ", which is no number"),
                     "correct or remove the row"));
    }
    out.as<float>()[i] = static_cast<float>(value);
  }
  return out;
}

}  // namespace

DatasetOutline shares_outline(std::string_view task) {
  const bool has_classes = task == "classification";
  return {has_classes ? Task::Kind::classification : Task::Kind::regression,
          Json(Json::Map{{"type", "fractions"},
                         {"train", "70%"},
                         {"valid", "15%"},
                         {"test", "15%"},
                         {"stratify", has_classes}})};
}

std::vector<std::string> known_classes(const std::vector<std::string>& written, const Dataset::Needs& needs) {
  return needs.legend == nullptr ? written : class_names(needs.legend->task);
}

void require_unlabelled(const Dataset::Needs& needs, const std::string& hint) {
  if (!needs.is_labelled) return;
  throw Error(Kind::usage, problem_in(needs.input, "holds no labels: they lie in a file of their own", hint));
}

Target read_target(const Array& values, std::string_view task, const std::vector<std::string>& classes,
                   const std::string& path) {
  if (task == "classification") {
    Array numbers = classes_of(values, classes, path);
    const auto* first = numbers.as<std::int64_t>();
    const std::int64_t largest = *std::max_element(first, first + numbers.count());
    return {std::move(numbers),
            {Task::Kind::classification, classes.empty() ? largest + 1 : std::ssize(classes), classes}};
  }
  Array reals = values_of(values, path);
  const std::int64_t n_targets = reals.shape()[1];
  return {std::move(reals), {Task::Kind::regression, n_targets, {}}};
}

}  // namespace assay::datasets
