#include "runner/prepare/prepare.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "registry/contracts/legend.h"
#include "registry/contracts/split.h"
#include "runner/prepare/checks.h"
#include "runner/prepare/columns.h"
#include "runner/prepare/first_weights.h"
#include "runner/prepare/groups.h"
#include "runner/prepare/host_memory.h"
#include "runner/prepare/memory.h"
#include "runner/prepare/step_checks.h"
#include "runner/prepare/streaming.h"

namespace assay {
namespace {

using namespace preparing;

class Preparation {
 public:
  /// trained: null for data to train on.
  Preparation(const Experiment& experiment, const Implementations& parts, const TrainedOn* trained,
              std::vector<Problem>& warnings)
      : experiment_(experiment), parts_(parts), trained_(trained), warnings_(warnings) {}

  Prepared run(const std::vector<std::string>& roots) {
    read({roots});
    split_rows();
    if (problems_.empty()) check_train_rows(common().split, out_.rows, data().rows, problems_);
    throw_if_any(Kind::data, problems_);
    transform();
    return checked();
  }

  /// `data` is what another experiment with the same data set was prepared with.
  Prepared again(Prepared data) {
    out_ = std::move(data);
    out_.tensors.clear();
    out_.layers.clear();
    out_.groups.clear();
    out_.is_random = false;
    return checked();
  }

  /// What a trained model is to see.
  Prepared run_for_trained(const std::vector<std::string>& roots) {
    if (trained_->is_other) legend_ = DataLegend::load(StateReader(trained_->checkpoint).scope("data"));
    read({roots, legend_ ? &*legend_ : nullptr, trained_->input, trained_->is_labelled});
    check_by_legend();
    if (trained_->is_other && !trained_->is_split) {
      take_all_rows();
    } else {
      split_rows();
    }
    throw_if_any(Kind::data, problems_);
    transform();
    out_.facts.outputs_per_target = outputs_per_target(experiment_);
    if (trained_->is_labelled) check_target_ranges(experiment_, out_, problems_);
    std::vector<Problem> known;  // training has warned of them
    check_model(experiment_, out_, problems_, known);
    throw_if_any(Kind::config, problems_);
    return std::move(out_);
  }

 private:
  void read(const Dataset::Needs& needs) {
    const Slot<Dataset>& slot = experiment_.dataset;
    at_slot(slot, [&] { out_.dataset = parts_.build(slot, needs); });
    out_.files = data().files;
    warn_of_omissions();
  }

  void check_by_legend() {
    if (!legend_) return;
    std::vector<Problem> found;
    check_legend(data(), *legend_, trained_->is_labelled, found);
    for (Problem& problem : found) {
      problem.where = experiment_.dataset.where();
      problem.path = experiment_.dataset.path();
      problems_.push_back(std::move(problem));
    }
    throw_if_any(Kind::data, problems_);
  }

  /// Windows lie end to end, as those that a split has to judge on.
  void take_all_rows() {
    const std::int64_t stride = data().windows ? data().windows->length : 1;
    for (std::int64_t row = 0; row < data().rows; row += stride) out_.rows.test.push_back(row);
  }

  void transform() {
    if (data().windows) {
      take_windows();
    } else {
      transform_inputs();
      transform_target();
    }
    throw_if_any(Kind::data, problems_);
  }

  /// Fitted on the training rows, or as the checkpoint has them under `key`.
  Transforms make_transforms(const std::vector<Slot<Transform>>& slots, std::string_view key,
                             std::size_t column, Shape& output) const {
    if (trained_ == nullptr)
      return fit_transforms(slots, parts_, *out_.dataset, column, out_.rows.train, output);
    return load_transforms(slots, parts_, StateReader(trained_->checkpoint).scope(key),
                           row_shape(*out_.dataset, column), output);
  }

  /// What follows from the experiment once its data are there.
  Prepared checked() {
    warn_of_rows(experiment_, out_, warnings_);
    out_.facts.outputs_per_target = outputs_per_target(experiment_);

    check_uses(experiment_, out_.facts.task, out_.rows, problems_);
    check_task_fit(experiment_, out_.facts.task, problems_);
    check_target_ranges(experiment_, out_, problems_);
    check_schedule(experiment_, parts_, out_, problems_);
    check_model(experiment_, out_, problems_, warnings_);
    match_groups(experiment_, out_, problems_, warnings_);
    check_step(experiment_, out_, problems_, warnings_);
    take_first_weights(experiment_, parts_, out_, problems_, warnings_);
    const MemoryEstimate before = out_.memory;
    out_.memory = estimate_memory(experiment_, out_);
    if (needs_more(out_.memory, before)) check_memory(experiment_, out_, host_memory(), problems_, warnings_);
    throw_if_any(Kind::config, problems_);
    return std::move(out_);
  }

  /// Than what there was enough memory for when these data were prepared before. Asking the system takes a
  /// quarter of a millisecond, which every trial of a sweep would pay.
  static bool needs_more(const MemoryEstimate& now, const MemoryEstimate& before) {
    return !before.is_known || now.is_on_host != before.is_on_host || now.total() > before.total();
  }

  const DatasetFacts& data() const { return out_.dataset->facts(); }
  const DatasetCommon& common() const { return experiment_.dataset.shared(); }

  void warn_of_omissions() {
    for (const std::string& omission : data().omissions) {
      Problem problem{
          experiment_.dataset.where(), experiment_.dataset.path(), omission,
          trained_ == nullptr ? "look at the file, or set `on_error: fail` to see each" : "look at the file"};
      problem.is_warning = true;
      warnings_.push_back(std::move(problem));
    }
  }

  void split_rows() {
    const Slot<Split>& slot = common().split;
    ASSAY_ASSERT(slot.is_bound());  // the config pipeline writes down the data set's own where there is none
    bool is_shared = false;
    at_slot(slot, [&] {
      const std::unique_ptr<Split> split = parts_.build(slot, {});
      is_shared = split->shares_rows();
      out_.rows = split->rows(*out_.dataset);
      for (DataFile& file : split->files(*out_.dataset)) out_.files.push_back(std::move(file));
    });
    check_rows(slot, out_.rows, is_shared, data().rows, problems_);
    if (data().windows && !is_shared && problems_.empty())
      check_windows(slot, out_.rows, *data().windows, problems_);
  }

  void take_windows() {
    check_untransformed(common().transforms, "dataset.transforms");
    check_untransformed(common().targets, "dataset.targets");
    check_untransformed(common().augment, "dataset.augment");
    const ColumnInfo& input = data().columns[out_.dataset->index_of(data().inputs.at(0))];
    out_.facts.inputs.push_back({input.name, {input.shape, input.dtype}});
    out_.facts.task = legend_ ? legend_->task : data().task;
    out_.windows = data().windows;
  }

  void transform_inputs() {
    check_one_input();
    std::vector<ReadColumn> columns;
    for (const std::string& name : data().inputs) {
      columns.push_back({name, out_.dataset->index_of(name), {}});
      ReadColumn& column = columns.back();
      Transforms transforms = make_transforms(common().transforms, "transforms", column.index, column.shape);
      std::move(transforms.begin(), transforms.end(), std::back_inserter(out_.transforms));
      const Shape read{column.shape.sizes, model_dtype(name, column.shape.dtype)};
      out_.facts.inputs.push_back({name, augmented_shape(common().augment, read)});
      out_.read_shapes.push_back(read);
    }
    out_.is_streamed = is_streamed(common().in_memory, *out_.dataset, out_.read_shapes, host_memory());
    if (out_.is_streamed) return;
    for (const ReadColumn& column : columns) hold(column);
  }

  /// A column on its way to the model: its shape is that after the transforms.
  struct ReadColumn {
    std::string name;
    std::size_t index = 0;
    Shape shape;
  };

  void hold(const ReadColumn& column) {
    Array values = transformed_column(*out_.dataset, column.index, out_.transforms, column.shape);
    if (values.dtype() != Dtype::f32 && values.dtype() != Dtype::i64) values = as_f32(values);
    check_finite(experiment_, *out_.dataset, column.index, values, problems_);
    out_.inputs.push_back(std::move(values));
  }

  template <class T>
  static void check_untransformed(const std::vector<Slot<T>>& slots, const char* key) {
    if (slots.empty()) return;
    throw Error(
        Kind::config,
        Problem{slots.front().where(), key,
                "do not work on this data: its rows are windows, which stay as they are", "remove them"});
  }

  // Prepared::transforms is one list, for one input; so are augmentations.
  void check_one_input() const {
    if (data().inputs.size() <= 1) return;
    const auto check = [&](const auto& slots, const char* key) {
      if (slots.empty()) return;
      throw Error(Kind::config, Problem{slots.front().where(), key,
                                        text("work on data sets with one input; this one has ",
                                             count_text(std::ssize(data().inputs), "input")),
                                        "remove them"});
    };
    check(common().transforms, "dataset.transforms");
    check(common().augment, "dataset.augment");
  }

  Dtype model_dtype(const std::string& name, Dtype dtype) {
    if (dtype == Dtype::f32 || dtype == Dtype::i64) return dtype;
    if (trained_ != nullptr) return Dtype::f32;
    if (dtype == Dtype::u8 || dtype == Dtype::i8 || dtype == Dtype::i16 || dtype == Dtype::i32) {
      Problem problem{experiment_.dataset.where(), "dataset.transforms",
                      text("do not scale input '", name, "': the model sees whole numbers (",
                           to_string(dtype), ") as they are"),
                      "add `transforms: [scale]`, which divides by 255, or `[standardize]`"};
      problem.is_warning = true;
      warnings_.push_back(std::move(problem));
    }
    return Dtype::f32;
  }

  void transform_target() {
    out_.facts.task = legend_ ? legend_->task : data().task;
    if (trained_ != nullptr && !trained_->is_labelled) return load_targets();
    const std::size_t column = out_.dataset->index_of(data().target);
    switch (out_.facts.task.kind) {
      case Task::Kind::classification:
        return read_classes(column);
      case Task::Kind::regression:
        return read_values(column);
      default:
        break;
    }
    Shape shape;
    out_.targets = make_transforms(common().targets, "targets", column, shape);
    out_.target = transformed_column(*out_.dataset, column, out_.targets, shape);
  }

  /// What predictions are inverted with.
  void load_targets() {
    Shape shape{{out_.facts.task.outputs}, Dtype::f32};
    out_.targets = load_transforms(common().targets, parts_,
                                   StateReader(trained_->checkpoint).scope("targets"), shape, shape);
  }

  void read_classes(std::size_t column) {
    if (!common().targets.empty()) {
      const Slot<Transform>& slot = common().targets.front();
      throw Error(Kind::config, Problem{slot.where(), "dataset.targets",
                                        "transform the target, but the task is classification",
                                        "remove them: classes are numbered, not measured"});
    }
    Task& task = out_.facts.task;
    out_.target = as_i64(transformed_column(*out_.dataset, column, {}, row_shape(*out_.dataset, column)));
    if (task.outputs == 0) task.outputs = std::ssize(task.classes);
    if (task.outputs == 0 && out_.target.count() > 0) {
      const auto* labels = out_.target.as<std::int64_t>();
      task.outputs = *std::max_element(labels, labels + out_.target.count()) + 1;
    }
    check_labels(experiment_, out_, problems_);
    if (problems_.empty() && !legend_) task.class_counts = class_counts(out_);
  }

  void read_values(std::size_t column) {
    Shape shape;
    out_.targets = make_transforms(common().targets, "targets", column, shape);
    const Array values = as_f32(transformed_column(*out_.dataset, column, out_.targets, shape));
    const std::int64_t n_targets = element_count(shape.sizes);
    out_.target = values.reshaped({data().rows, n_targets});
    out_.facts.task.outputs = n_targets;
    check_finite(experiment_, *out_.dataset, column, out_.target, problems_);
  }

  const Experiment& experiment_;
  const Implementations& parts_;
  const TrainedOn* trained_;
  std::optional<DataLegend> legend_;  // of other data than the model was trained on
  std::vector<Problem>& warnings_;
  std::vector<Problem> problems_;
  Prepared out_;
};

}  // namespace

Prepared prepare(const Experiment& experiment, const Implementations& parts,
                 const std::vector<std::string>& data_roots, std::vector<Problem>& warnings) {
  return Preparation(experiment, parts, /*trained=*/nullptr, warnings).run(data_roots);
}

Prepared prepare_for_trained(const Experiment& experiment, const Implementations& parts,
                             const std::vector<std::string>& data_roots, const TrainedOn& trained,
                             std::vector<Problem>& warnings) {
  return Preparation(experiment, parts, &trained, warnings).run_for_trained(data_roots);
}

Prepared prepare_again(const Experiment& experiment, const Implementations& parts, Prepared data,
                       std::vector<Problem>& warnings) {
  return Preparation(experiment, parts, /*trained=*/nullptr, warnings).again(std::move(data));
}

}  // namespace assay
