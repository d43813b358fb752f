#include "runner/prepare/checks.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/text.h"
#include "registry/contracts/schedule.h"
#include "runner/prepare/columns.h"

namespace assay::preparing {
namespace {

Problem warning(const SlotBase& slot, std::string message, std::string hint = {}) {
  Problem problem{slot.where(), slot.path(), std::move(message), std::move(hint)};
  problem.is_warning = true;
  return problem;
}

std::string number_word(double value) { return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"; }

std::string class_text(const Task& task, std::size_t number) {
  return task.classes.empty() ? text("class ", number)
                              : text("class '", printable(task.classes[number]), "'");
}

}  // namespace

void check_rows(const Slot<Split>& split, const SplitRows& rows, bool is_shared, std::int64_t n_rows,
                std::vector<Problem>& problems) {
  std::vector<char> is_used(static_cast<std::size_t>(n_rows), 0);
  for (const std::vector<std::int64_t>* part : {&rows.train, &rows.valid, &rows.test}) {
    if (is_shared) std::fill(is_used.begin(), is_used.end(), 0);
    for (const std::int64_t row : *part) {
      const bool is_there = row >= 0 && row < n_rows;
      if (is_there && !is_used[static_cast<std::size_t>(row)]) {
        is_used[static_cast<std::size_t>(row)] = 1;
        continue;
      }
      problems.push_back({split.where(), split.path(),
                          is_there
                              ? text("puts row ", row, is_shared ? " into a part twice" : " into two parts")
                              : text("names row ", row, ", but the data has ", count_text(n_rows, "row")),
                          "correct the split"});
      return;
    }
  }
}

void check_train_rows(const Slot<Split>& split, const SplitRows& rows, std::int64_t n_rows,
                      std::vector<Problem>& problems) {
  if (!rows.train.empty()) return;
  problems.push_back({split.where(), split.path(),
                      text("leaves no rows to train on, of ", count_text(n_rows, "row")),
                      "give train a share"});
}

namespace {

// For each position of the series, whether a window of these rows has it.
std::vector<char> covered(const std::vector<std::int64_t>& rows, const Windows& windows) {
  std::vector<std::int32_t> change(static_cast<std::size_t>(windows.series.count()) + 1, 0);
  for (const std::int64_t row : rows) {
    ++change[static_cast<std::size_t>(row)];
    --change[static_cast<std::size_t>(row + windows.length)];
  }
  std::vector<char> out(change.size() - 1);
  std::int32_t open = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    open += change[i];
    out[i] = open > 0 ? 1 : 0;
  }
  return out;
}

}  // namespace

void check_windows(const Slot<Split>& split, const SplitRows& rows, const Windows& windows,
                   std::vector<Problem>& problems) {
  std::vector<char> seen = covered(rows.train, windows);
  for (const std::vector<std::int64_t>* part : {&rows.valid, &rows.test}) {
    const std::vector<char> here = covered(*part, windows);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] && here[i]) {
        problems.push_back({split.where(), split.path(),
                            text("(", split.name(), ") puts position ", i,
                                 " of the series (from 0) into windows of two parts"),
                            "use `split: {type: order, valid: 10%}`, which cuts the series"});
        return;
      }
      seen[i] |= here[i];
    }
  }
}

void warn_of_rows(const Experiment& experiment, const Prepared& prepared, std::vector<Problem>& warnings) {
  const Slot<Split>& split = experiment.dataset.shared().split;
  const std::int64_t n_rows = prepared.dataset->facts().rows;
  const auto n_unused = n_rows - std::ssize(prepared.rows.train) - std::ssize(prepared.rows.valid) -
                        std::ssize(prepared.rows.test);
  if (n_unused > 0 && !prepared.windows) {
    warnings.push_back(warning(split,
                               text("uses ", n_rows - n_unused, " of ", count_text(n_rows, "row"), ": ",
                                    n_unused, " are in no part"),
                               "if that is not meant, let the parts make up 100%"));
  }
  const Task& task = prepared.facts.task;
  if (task.kind != Task::Kind::classification) return;
  for (std::size_t i = 0; i < task.class_counts.size(); ++i) {
    if (task.class_counts[i] == 0) {
      warnings.push_back(warning(split, text("leaves ", class_text(task, i), " without a training row"),
                                 "stratify the split, or leave the class out"));
    }
  }
}

void check_labels(const Experiment& experiment, const Prepared& prepared, std::vector<Problem>& problems) {
  const auto* labels = prepared.target.as<std::int64_t>();
  const std::int64_t n_classes = prepared.facts.task.outputs;
  const auto* end = labels + prepared.target.count();
  const auto* odd = std::find_if(labels, end, [=](std::int64_t y) { return y < 0 || y >= n_classes; });
  if (odd == end) return;
  problems.push_back({experiment.dataset.where(), experiment.dataset.path(),
                      text("has label ", *odd, " in row ", odd - labels,
                           " (from 0), but the classes are 0 to ", n_classes - 1),
                      "correct the data"});
}

std::vector<std::int64_t> class_counts(const Prepared& prepared) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(prepared.facts.task.outputs), 0);
  const auto* labels = prepared.target.as<std::int64_t>();
  for (const std::int64_t row : prepared.rows.train) ++counts[static_cast<std::size_t>(labels[row])];
  return counts;
}

void check_task_fit(const Experiment& experiment, const Task& task, std::vector<Problem>& problems) {
  const auto check = [&](const SlotBase& slot) {
    if (!slot.is_bound()) return;
    const auto* facet = std::any_cast<TaskFacet>(&slot.component().facet);
    if (!facet || !facet->misfits) return;
    for (Misfit& misfit : facet->misfits(slot.params(), task)) {
      problems.push_back({{},
                          misfit.key.empty() ? slot.path() : text(slot.path(), '.', misfit.key),
                          std::move(misfit.message),
                          std::move(misfit.hint)});
    }
  };
  check(experiment.loss);
  for (const Slot<Metric>& metric : experiment.metrics) check(metric);
}

namespace {

TaskFacet task_facet(const SlotBase& slot) {
  if (!slot.is_bound()) return {};
  const auto* facet = std::any_cast<TaskFacet>(&slot.component().facet);
  return facet == nullptr ? TaskFacet{} : *facet;
}

std::string range_text(const TargetRange& range) {
  return std::isinf(range.most) ? text("of at least ", range.least)
                                : text("from ", range.least, " to ", range.most);
}

// kind: "loss" or "metric".
void check_target_range(const SlotBase& slot, std::string_view kind, const Prepared& prepared,
                        std::vector<Problem>& problems) {
  const TargetRange range = task_facet(slot).target_range;
  const auto* first = prepared.target.as<float>();
  const auto* end = first + prepared.target.count();
  const auto* odd =
      std::find_if(first, end, [&](float value) { return !(range.least <= value && value <= range.most); });
  if (odd == end) return;
  const std::int64_t row = (odd - first) / (prepared.target.count() / prepared.target.shape()[0]);
  const bool is_transformed = !prepared.targets.empty();
  problems.push_back({slot.where(), slot.path(),
                      text("is ", slot.name(), ", which takes targets ", range_text(range), ", but row ", row,
                           " (from 0) has ", *odd, is_transformed ? " after dataset.targets" : ""),
                      is_transformed
                          ? text("take the transforms of `dataset.targets` out, or choose another ", kind)
                          : text("choose another ", kind, ", or correct the data")});
}

}  // namespace

std::int64_t outputs_per_target(const Experiment& experiment) {
  return task_facet(experiment.loss).outputs_per_target;
}

void check_target_ranges(const Experiment& experiment, const Prepared& prepared,
                         std::vector<Problem>& problems) {
  if (prepared.windows || prepared.target.dtype() != Dtype::f32 || prepared.target.count() == 0) return;
  check_target_range(experiment.loss, "loss", prepared, problems);
  for (const Slot<Metric>& metric : experiment.metrics) {
    check_target_range(metric, "metric", prepared, problems);
  }
}

void check_finite(const Experiment& experiment, const Dataset& dataset, std::size_t column,
                  const Array& values, std::vector<Problem>& problems) {
  if (values.dtype() != Dtype::f32) return;
  const float* first = values.as<float>();
  const float* end = first + values.count();
  const float* odd = std::find_if(first, end, [](float value) { return !std::isfinite(value); });
  if (odd == end) return;

  const std::int64_t row_size = values.count() / values.shape()[0];
  const std::int64_t row = (odd - first) / row_size;
  const Shape raw_shape = row_shape(dataset, column);
  Array raw(raw_shape.dtype, raw_shape.sizes);
  dataset.gather(column, std::vector<std::int64_t>{row}, raw.data());
  for (std::int64_t i = 0; i < raw.count(); ++i) {
    const double value = element(raw, i);
    if (std::isfinite(value)) continue;
    problems.push_back({experiment.dataset.where(), experiment.dataset.path(),
                        text("holds ", number_word(value), " in row ", row, " (from 0), column '",
                             dataset.facts().columns[column].name, "', value ", i),
                        "correct or remove the row"});
    return;
  }
  problems.push_back(
      {experiment.dataset.where(), experiment.dataset.path(),
       text("becomes ", number_word(*odd), " by its transforms in row ", row, " (from 0), column '",
            dataset.facts().columns[column].name, "', value ", (odd - first) % row_size),
       "look at the column's range and at the transforms"});
}

void check_uses(const Experiment& experiment, const Task& task, const SplitRows& rows,
                std::vector<Problem>& problems) {
  const auto& keep_best = experiment.checkpoint.keep_best;
  if (keep_best && keep_best->starts_with("valid/") && rows.valid.empty()) {
    problems.push_back({{},
                        "checkpoint.keep_best",
                        text("is ", *keep_best, ", but no rows validate"),
                        "give dataset.split a larger `valid`, or remove keep_best"});
  }
  const auto& test = experiment.evaluate.test;
  if (test && *test != "never" && rows.test.empty()) {
    problems.push_back({{},
                        "evaluate.test",
                        text("is ", *test, ", but no rows test"),
                        "give dataset.split a larger `test`, or set `evaluate.test: never`"});
  }
  const TrainSection& train = experiment.train;
  if (train.sample == "balanced" && task.kind != Task::Kind::classification) {
    problems.push_back(
        {{},
         "train.sample",
         text("is balanced, but the task is ", describe(task), ": there are no classes to draw"),
         "set `sample: each`"});
  }
  if (train.drop_last && train.batch_size > std::ssize(rows.train)) {
    problems.push_back(
        {{},
         "train.batch_size",
         text("is ", train.batch_size, ", but train has ", count_text(std::ssize(rows.train), "row"),
              " and train.drop_last leaves out what fills no batch"),
         "lower batch_size or set `drop_last: false`"});
  }
}

namespace {

// The steps of a run that nothing interrupts; 0 if only time bounds it.
std::int64_t planned_steps(const TrainSection& train, std::int64_t steps_per_epoch) {
  double planned = 0;
  for (const Duration& until : train.until.items) {
    if (until.is_time()) continue;
    double steps = until.amount;
    if (until.unit == Duration::Unit::epochs) steps *= static_cast<double>(steps_per_epoch);
    if (until.unit == Duration::Unit::samples) steps /= static_cast<double>(train.batch_size);
    planned = planned > 0 ? std::min(planned, steps) : steps;
  }
  return static_cast<std::int64_t>(std::ceil(planned));
}

}  // namespace

void check_schedule(const Experiment& experiment, const Implementations& parts, const Prepared& prepared,
                    std::vector<Problem>& problems) {
  const TrainSection& train = experiment.train;
  const std::int64_t per_epoch = steps_per_epoch(prepared, train.batch_size, train.drop_last);
  if (experiment.schedule.is_empty() || per_epoch == 0) return;
  try {
    at_slot(experiment.schedule, [&] {
      const auto rows = std::ssize(prepared.rows.train);
      parts.build(experiment.schedule, {planned_steps(train, per_epoch), per_epoch, train.batch_size,
                                        train.drop_last ? per_epoch * train.batch_size : rows,
                                        !prepared.rows.valid.empty(), &parts});
    });
  } catch (const Error& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
}

void check_model(const Experiment& experiment, Prepared& prepared, std::vector<Problem>& problems,
                 std::vector<Problem>& warnings) {
  if (!experiment.model.component().facet.has_value()) {
    warnings.push_back(warning(
        experiment.model,
        text("(", experiment.model.name(), ") declares no shapes: whether it fits the data is not checked")));
    return;
  }
  try {
    Outline outline(prepared.facts);
    outline_model(experiment.model, prepared.facts, outline);
    prepared.tensors = outline.tensors();
    prepared.layers = outline.rows();
    prepared.is_random = outline.is_random();
  } catch (const Error& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
}

}  // namespace assay::preparing
