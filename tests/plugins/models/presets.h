// The models of configs/model, for tests of all of them.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "registry/contracts/shape.h"
#include "runner/config/load.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {

/// The model of a preset. Data, which nobody reads here, are of a language model if the task is.
inline Slot<Model> preset(const std::string& name, std::vector<std::string> overrides = {}) {
  TemporaryFolder folder;
  const std::string file = folder.write(
      "c.yaml",
      "assay: 1\ndataset: {type: csv, file: none.csv, target: kind, task: classification}\nmodel: {type: " +
          name + "}\noptimizer: sgd\ntrain: {until: 1 epoch}\n");
  return load_config(
             {.file = file, .overrides = std::move(overrides), .config_path = {source_folder() + "/configs"}},
             tensor_registry())
      .experiment.model;
}

struct Reference {
  std::string preset;
  Shape input;
  std::int64_t outputs = 0;
  std::int64_t parameters = 0;
  std::vector<std::int64_t> output_shape = {};
  std::string source = {};
  std::vector<std::string> overrides = {};
  Task::Kind task = Task::Kind::classification;
};

inline void PrintTo(const Reference& reference, std::ostream* out) { *out << reference.preset; }

inline ModelFacts facts_for(const Reference& reference) {
  return {{reference.task, reference.outputs, {}}, {{"x", reference.input}}};
}

/// Each in a size that trains in no time.
inline const std::vector<Reference>& small_presets() {
  static const std::vector<Reference> small{
      {"linear", {{2, 3}}, 3},
      {"resnet20", {{3, 8, 8}}, 3, 0, {}, {}, {"model.with={blocks: 2, width: 4}"}},
      {"resnet18", {{3, 32, 32}}, 3, 0, {}, {}, {"model.with={stage1: 1, stage2: 1, stage3: 1, stage4: 1}"}},
      {"resnet50", {{3, 32, 32}}, 3, 0, {}, {}, {"model.with={stage1: 1, stage2: 1, stage3: 1, stage4: 1}"}},
      {"wide_resnet", {{3, 8, 8}}, 3, 0, {}, {}, {"model.with={blocks: 2, widen: 1, dropout: 0.2}"}},
      {"vgg11", {{3, 32, 32}}, 3, 0, {}, {}, {"model.with.hidden=16"}},
      {"autoencoder", {{12}}, 12, 0, {}, {}, {}, Task::Kind::regression},
      {"lstm_classifier",
       {{5, 3}},
       3,
       0,
       {},
       {},
       {"model.with={units: 4, layers: 2, dropout: 0.2, bidirectional: true}"}},
      {"gru_classifier", {{5, 3}}, 3, 0, {}, {}, {"model.with.units=4"}},
      {"lstm_language_model",
       {{5}, Dtype::i64},
       7,
       0,
       {},
       {},
       {"model.with.units=4"},
       Task::Kind::language_model},
      {"gru_language_model",
       {{5}, Dtype::i64},
       7,
       0,
       {},
       {},
       {"model.with.units=4"},
       Task::Kind::language_model},
      {"gpt",
       {{5}, Dtype::i64},
       7,
       0,
       {},
       {},
       {"model.with={depth: 2, heads: 2, width: 8, dropout: 0.1}"},
       Task::Kind::language_model},
      {"transformer_encoder",
       {{5}, Dtype::i64},
       3,
       0,
       {},
       {},
       {"model.with={vocabulary: 7, width: 8, depth: 1, heads: 2}"}},
      {"tcn", {{2, 20}}, 3, 0, {}, {}, {"model.with={width: 4, kernel: 3, dropout: 0.1}"}},
  };
  return small;
}

}  // namespace assay::testing
