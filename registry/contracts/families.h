// The families of components, as types: what a slot of each holds, what its members share, what a declaration
// carries beyond its parameters.
#pragma once

#include <any>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "registry/contracts/parameter_groups.h"
#include "registry/contracts/publication.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/task.h"
#include "registry/registry.h"

namespace assay {

class Dataset;
class Split;
class Transform;
class Augmentation;
class Schedule;
class Model;
class Layer;
class Init;
class Loss;
class Penalty;
class Metric;
class Optimizer;
class Observer;
class Sampler;
class Pruner;
class Launcher;
class Weights;
struct WeightsCommon;  // registry/contracts/weights.h
struct DatasetCommon;  // registry/contracts/dataset.h
struct PenaltyCommon;  // registry/contracts/penalty.h

/// What a data set can say from its parameters alone, before any file is read.
struct DatasetOutline {
  Task::Kind task = Task::Kind::custom;
  Json split;  // the split it uses when the config is silent: {"type": "official", ...}
};

struct DatasetFacet {
  std::function<DatasetOutline(const void* params)> outline;
  std::vector<Publication> (*publications)() = nullptr;  // what it looks for; null: a config names its files
  bool reads_input = false;                              // knows what Dataset::Needs::input asks for
};

/// What of a loss or a metric does not suit the data.
struct Misfit {
  std::string key;  // of the parameter; empty: of the component as a whole
  std::string message;
  std::string hint;
};

/// The target values that a loss is defined for, both ends included.
struct TargetRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

/// Which tasks a loss or a metric can serve; empty: all.
struct TaskFacet {
  std::vector<Task::Kind> tasks;
  bool is_better_high = false;          // metrics: larger is better
  bool needs_passes = false;            // metrics: look at the passes of Monte-Carlo prediction
  std::int64_t outputs_per_target = 1;  // losses: scores that a model gives for each output of the task
  TargetRange target_range;             // losses: of values; class numbers have their own check
  /// What of the parameters does not suit a task whose outputs are known; null: everything does.
  std::function<std::vector<Misfit>(const void* params, const Task&)> misfits;
  bool serves(Task::Kind kind) const {
    if (tasks.empty()) return true;
    for (const Task::Kind task : tasks) {
      if (task == kind) return true;
    }
    return false;
  }
};

/// What an augmentation's declaration carries.
struct AugmentationFacet {
  /// The shape of one sample, before and after. Throws Error(Kind::config) if the sample does not suit it.
  std::function<Shape(const void* params, const Shape& input)> outline;
};

/// A family without extras.
struct PlainFamily {
  using Common = NoCommon;
  template <class P>
  static std::any facet() {
    return {};
  }
};

/// Losses and metrics may declare `static std::vector<Task::Kind> tasks()` and `std::vector<Misfit>
/// misfits(const Task&) const`; metrics `static constexpr bool is_better_high` and `needs_passes`; losses
/// `static constexpr std::int64_t outputs_per_target` and `static constexpr TargetRange target_range`.
struct TaskFamily {
  using Common = NoCommon;
  template <class P>
  static std::any facet() {
    TaskFacet made;
    if constexpr (requires { P::tasks(); }) made.tasks = P::tasks();
    if constexpr (requires { P::is_better_high; }) made.is_better_high = P::is_better_high;
    if constexpr (requires { P::needs_passes; }) made.needs_passes = P::needs_passes;
    if constexpr (requires { P::outputs_per_target; }) made.outputs_per_target = P::outputs_per_target;
    if constexpr (requires { P::target_range; }) made.target_range = P::target_range;
    if constexpr (requires(const P& p, const Task& task) {
                    { p.misfits(task) } -> std::same_as<std::vector<Misfit>>;
                  }) {
      made.misfits = [](const void* params, const Task& task) {
        return static_cast<const P*>(params)->misfits(task);
      };
    }
    return made;
  }
};

struct DatasetFamily {
  using Common = DatasetCommon;
  static constexpr std::string_view name = "dataset";
  /// Data sets declare `DatasetOutline outline() const` on their parameters, and may declare
  /// `static std::vector<Publication> publications()` and `static constexpr bool reads_input = true`: they
  /// can read a file or folder that is no parameter, also without a target (Dataset::Needs).
  template <class P>
  static std::any facet() {
    DatasetFacet made{[](const void* params) { return static_cast<const P*>(params)->outline(); }};
    if constexpr (requires { P::publications(); }) made.publications = &P::publications;
    if constexpr (requires { P::reads_input; }) made.reads_input = P::reads_input;
    return made;
  }
};

struct ModelFamily {
  using Common = NoCommon;
  static constexpr std::string_view name = "model";
  /// Models declare `Shape outline(Outline&) const`; one without it can only be checked by building it. They
  /// may declare `Operand compute(const Shape& made, Computation&) const`: then they can be exported.
  template <class P>
  static std::any facet() {
    if constexpr (requires(const P& p, Outline& out) {
                    { p.outline(out) } -> std::same_as<Shape>;
                  }) {
      ModelFacet made{
          [](const void* params, Outline& out) { return static_cast<const P*>(params)->outline(out); }};
      if constexpr (requires { &P::compute; }) made.compute = &computed<P, Operand>;
      return made;
    } else {
      return {};
    }
  }

 private:
  // A template of Value, which is Operand, so that only those who declare `compute` need its definition.
  template <class P, class Value>
  static Value computed(const void* params, const Shape& made, Computation& out) {
    return static_cast<const P*>(params)->compute(made, out);
  }
};

struct LayerFamily {
  using Common = NoCommon;
  static constexpr std::string_view name = "layer";
  /// Layers declare `Shape outline(const Shape&, Outline&) const`, or with std::span<const Shape> for many
  /// inputs. They may declare `Operand compute(const Operand&, const Shape& made, Computation&) const`, with
  /// std::span<const Operand> for many: then they can be exported.
  template <class P>
  static std::any facet() {
    LayerFacet made{[](const void* params, std::span<const Shape> inputs, Outline& out) {
      const P& p = *static_cast<const P*>(params);
      if constexpr (requires {
                      { p.outline(inputs[0], out) } -> std::same_as<Shape>;
                    }) {
        if (inputs.size() != 1) out.fail("takes one input");
        return p.outline(inputs[0], out);
      } else {
        return p.outline(inputs, out);
      }
    }};
    if constexpr (requires { &P::compute; }) made.compute = &computed<P, Operand>;
    return made;
  }

 private:
  // As of models.
  template <class P, class Value>
  static Value computed(const void* params, std::span<const Value> inputs, const Shape& made,
                        Computation& out) {
    const P& p = *static_cast<const P*>(params);
    if constexpr (requires { p.compute(inputs, made, out); }) {
      return p.compute(inputs, made, out);
    } else {
      return p.compute(inputs[0], made, out);
    }
  }
};

struct SplitFamily : PlainFamily {
  static constexpr std::string_view name = "split";
};
struct TransformFamily : PlainFamily {
  static constexpr std::string_view name = "transform";
};
struct AugmentationFamily {
  using Common = NoCommon;
  static constexpr std::string_view name = "augmentation";
  /// Augmentations that change the shape of a sample, or take only some shapes, declare `Shape outline(const
  /// Shape&) const`.
  template <class P>
  static std::any facet() {
    return AugmentationFacet{[]([[maybe_unused]] const void* params, const Shape& input) {
      if constexpr (requires(const P& p) {
                      { p.outline(input) } -> std::same_as<Shape>;
                    }) {
        return static_cast<const P*>(params)->outline(input);
      } else {
        return input;
      }
    }};
  }
};
struct ScheduleFamily : PlainFamily {
  static constexpr std::string_view name = "schedule";
};
struct InitFamily : PlainFamily {
  static constexpr std::string_view name = "init";
};
struct OptimizerFamily {
  using Common = NoCommon;
  static constexpr std::string_view name = "optimizer";
  /// Optimizers may have `groups` and declare `std::int64_t state_per_weight() const`
  /// (registry/contracts/parameter_groups.h), and `static constexpr bool needs_closure = true`.
  template <class P>
  static std::any facet() {
    OptimizerFacet made{[](const void* params) { return outline_groups(*static_cast<const P*>(params)); }};
    if constexpr (requires { P::needs_closure; }) made.needs_closure = P::needs_closure;
    return made;
  }
};
struct ObserverFamily : PlainFamily {
  static constexpr std::string_view name = "observer";
};
struct SamplerFamily : PlainFamily {
  static constexpr std::string_view name = "sampler";
};
struct PrunerFamily : PlainFamily {
  static constexpr std::string_view name = "pruner";
};
struct LauncherFamily : PlainFamily {
  static constexpr std::string_view name = "launcher";
};
/// What a format of weights declares beyond its parameters.
struct WeightsFacet {
  std::vector<std::string> endings;  // of file names, as ".safetensors"
  bool is_written = false;           // else only read
};

struct WeightsFamily {
  using Common = WeightsCommon;
  static constexpr std::string_view name = "weights";
  /// Formats declare `static std::vector<std::string> endings()` and `static constexpr bool is_written`.
  template <class P>
  static std::any facet() {
    return WeightsFacet{P::endings(), P::is_written};
  }
};

struct PenaltyFamily : PlainFamily {
  using Common = PenaltyCommon;
  static constexpr std::string_view name = "penalty";
};
struct LossFamily : TaskFamily {
  static constexpr std::string_view name = "loss";
};
struct MetricFamily : TaskFamily {
  static constexpr std::string_view name = "metric";
};

template <>
struct FamilyOf<Dataset> {
  using type = DatasetFamily;
};
template <>
struct FamilyOf<Split> {
  using type = SplitFamily;
};
template <>
struct FamilyOf<Transform> {
  using type = TransformFamily;
};
template <>
struct FamilyOf<Augmentation> {
  using type = AugmentationFamily;
};
template <>
struct FamilyOf<Schedule> {
  using type = ScheduleFamily;
};
template <>
struct FamilyOf<Model> {
  using type = ModelFamily;
};
template <>
struct FamilyOf<Layer> {
  using type = LayerFamily;
};
template <>
struct FamilyOf<Init> {
  using type = InitFamily;
};
template <>
struct FamilyOf<Loss> {
  using type = LossFamily;
};
template <>
struct FamilyOf<Penalty> {
  using type = PenaltyFamily;
};
template <>
struct FamilyOf<Metric> {
  using type = MetricFamily;
};
template <>
struct FamilyOf<Optimizer> {
  using type = OptimizerFamily;
};
template <>
struct FamilyOf<Observer> {
  using type = ObserverFamily;
};
template <>
struct FamilyOf<Sampler> {
  using type = SamplerFamily;
};
template <>
struct FamilyOf<Pruner> {
  using type = PrunerFamily;
};

template <>
struct FamilyOf<Launcher> {
  using type = LauncherFamily;
};

template <>
struct FamilyOf<Weights> {
  using type = WeightsFamily;
};

/// The tags that declarations name: r.declare<MlpParams>(family::model, "mlp").
namespace family {
inline constexpr DatasetFamily dataset{};
inline constexpr SplitFamily split{};
inline constexpr TransformFamily transform{};
inline constexpr AugmentationFamily augmentation{};
inline constexpr ScheduleFamily schedule{};
inline constexpr ModelFamily model{};
inline constexpr LayerFamily layer{};
inline constexpr InitFamily init{};
inline constexpr LossFamily loss{};
inline constexpr PenaltyFamily penalty{};
inline constexpr MetricFamily metric{};
inline constexpr OptimizerFamily optimizer{};
inline constexpr ObserverFamily observer{};
inline constexpr SamplerFamily sampler{};
inline constexpr PrunerFamily pruner{};
inline constexpr LauncherFamily launcher{};
inline constexpr WeightsFamily weights{};
}  // namespace family

/// Adds every family above, with its short forms, to an empty registry.
void add_families(Registry& registry);

}  // namespace assay
