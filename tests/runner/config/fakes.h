// A small registry for tests of the config pipeline: two data sets, two models and what goes with them. The
// components that ship are in the golden tests.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/families.h"
#include "registry/contracts/series_names.h"
#include "runner/config/load.h"
#include "tests/support/files.h"

namespace assay::testing {

struct FractionsParams {
  std::optional<Share> train;
  Share valid;
  Share test;
  bool stratify = false;
  static void describe(Fields<FractionsParams>& f) {
    f("train", &FractionsParams::train, "share to learn from");
    f("valid", &FractionsParams::valid, "share to decide on");
    f("test", &FractionsParams::test, "share to judge on");
    f("stratify", &FractionsParams::stratify, "the same mix of classes in every part");
  }
};

struct OfficialParams {
  std::string valid = "10%";
  static void describe(Fields<OfficialParams>& f) {
    f("valid", &OfficialParams::valid, "what is taken from train");
  }
};

/// Classification; splits 70/15/15.
struct FlowersParams {
  std::string kind = "all";
  DatasetOutline outline() const {
    return {
        Task::Kind::classification,
        Json(Json::Map{
            {"type", "fractions"}, {"train", "70%"}, {"valid", "15%"}, {"test", "15%"}, {"stratify", true}})};
  }
  static void describe(Fields<FlowersParams>& f) { f("kind", &FlowersParams::kind, "which flowers"); }
};

/// Regression with an official split.
struct PricesParams {
  Path file;
  DatasetOutline outline() const {
    return {Task::Kind::regression, Json(Json::Map{{"type", "official"}, {"valid", "10%"}})};
  }
  static void describe(Fields<PricesParams>& f) { f("file", &PricesParams::file, "the table"); }
};

struct LinearParams {
  std::int64_t units = 1;
  Shape outline(const Shape& in, Outline&) const { return in; }
  static void describe(Fields<LinearParams>& f) { f("units", &LinearParams::units, "outputs", at_least(1)); }
};

struct MlpParams {
  std::vector<std::int64_t> hidden{128, 128};
  double dropout = 0;
  double input_dropout = 0;
  static void describe(Fields<MlpParams>& f) {
    f("hidden", &MlpParams::hidden, "units in each hidden layer", each(at_least(1)));
    f("dropout", &MlpParams::dropout, "chance that a hidden unit is zeroed", fraction);
    f("input_dropout", &MlpParams::input_dropout, "chance that an input is zeroed", fraction);
  }
};

struct StackParams {
  std::vector<Slot<Layer>> layers;
  double dropout = 0;
  static void describe(Fields<StackParams>& f) {
    f("layers", &StackParams::layers, "in order");
    f("dropout", &StackParams::dropout, "after every layer", fraction);
  }
};

struct AdamwParams {
  double lr = 1e-3;
  double weight_decay = 0.01;
  static void describe(Fields<AdamwParams>& f) {
    f("lr", &AdamwParams::lr, "step size", above(0), log_scale);
    f("weight_decay", &AdamwParams::weight_decay, "decay", non_negative);
  }
};

struct SgdParams {
  double lr = 0.1;
  double momentum = 0;
  static void describe(Fields<SgdParams>& f) {
    f("lr", &SgdParams::lr, "step size", above(0), log_scale, was("learning_rate"));
    f("momentum", &SgdParams::momentum, "momentum", fraction);
  }
};

struct CosineParams {
  Duration warmup{0, Duration::Unit::steps};
  static void describe(Fields<CosineParams>& f) { f("warmup", &CosineParams::warmup, "rise"); }
};

struct EarlyStopParams {
  std::int64_t patience = 5;
  std::string name = "early_stop";
  static void describe(Fields<EarlyStopParams>& f) {
    f("patience", &EarlyStopParams::patience, "evaluations to wait", at_least(1));
    f("name", &EarlyStopParams::name, "how it is called");
  }
};

template <int N>
struct Empty {
  static void describe(Fields<Empty>&) {}
};

struct CrossEntropyParams {
  double smoothing = 0;
  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification}; }
  static void describe(Fields<CrossEntropyParams>& f) {
    f("smoothing", &CrossEntropyParams::smoothing, "label smoothing", fraction);
  }
};

struct MseParams {
  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
  static void describe(Fields<MseParams>&) {}
};

struct AccuracyParams {
  std::int64_t top = 1;
  static constexpr bool is_better_high = true;
  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification}; }
  static void describe(Fields<AccuracyParams>& f) {
    f("top", &AccuracyParams::top, "guesses that count", in_series_name(at_least(1)));
  }
};

struct RmseParams {
  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
  static void describe(Fields<RmseParams>&) {}
};

inline Registry fake_registry() {
  Registry r;
  add_families(r);
  r.set_plugin("fakes", "1.0.0");
  r.declare<FlowersParams>(family::dataset, "flowers");
  r.declare<PricesParams>(family::dataset, "prices");
  r.declare<FractionsParams>(family::split, "fractions");
  r.declare<OfficialParams>(family::split, "official");
  r.declare<Empty<0>>(family::transform, "standardize");
  r.declare<Empty<1>>(family::transform, "scale");
  r.declare<MlpParams>(family::model, "mlp");
  r.declare<StackParams>(family::model, "stack");
  r.declare<LinearParams>(family::layer, "linear");
  r.declare<CrossEntropyParams>(family::loss, "cross_entropy");
  r.declare<MseParams>(family::loss, "mse");
  r.declare<AdamwParams>(family::optimizer, "adamw");
  r.declare<SgdParams>(family::optimizer, "sgd");
  r.declare<Empty<2>>(family::schedule, "constant");
  r.declare<CosineParams>(family::schedule, "cosine");
  r.declare<AccuracyParams>(family::metric, "accuracy");
  r.declare<RmseParams>(family::metric, "rmse");
  r.declare<EarlyStopParams>(family::observer, "early_stop");
  return r;
}

/// The five lines that must run, and files beside them.
inline constexpr const char* five_lines =
    "assay: 1\n"
    "dataset: flowers\n"
    "model: mlp\n"
    "optimizer: adamw\n"
    "train: {until: 20 epochs}\n";

/// A folder of configs, loaded with the fake registry.
class ConfigFolder {
 public:
  ConfigFolder() : registry_(fake_registry()) {}
  explicit ConfigFolder(std::string_view config) : ConfigFolder() { write("c.yaml", config); }

  std::string write(std::string_view name, std::string_view content) const {
    return folder_.write(name, content);
  }
  std::string operator/(std::string_view name) const { return folder_ / name; }

  LoadedConfig load(std::vector<std::string> overrides = {}, std::vector<std::string> unset = {}) const {
    return load_config(
        {.file = folder_ / "c.yaml", .overrides = std::move(overrides), .unset = std::move(unset)},
        registry_);
  }

  /// The text of every problem, with the folder's name taken out.
  std::string problems(std::vector<std::string> overrides = {}, std::vector<std::string> unset = {}) const {
    try {
      load(std::move(overrides), std::move(unset));
    } catch (const Error& error) {
      return without_folder(error.what());
    }
    return {};
  }

  std::string without_folder(std::string text) const {
    const std::string prefix = folder_ / "";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }

 private:
  TemporaryFolder folder_;
  Registry registry_;
};

}  // namespace assay::testing
