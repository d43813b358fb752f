// Models to export, each with what LibTorch makes of some inputs: every layer and every preset.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/shape.h"
#include "registry/contracts/weights.h"
#include "registry/slot.h"

namespace assay::testing {

struct ExportCase {
  std::string name;
  ModelFacts facts;
  std::function<Slot<Model>()> model;  // bound when it is asked for
};

inline void PrintTo(const ExportCase& one, std::ostream* out) { *out << one.name; }

/// A layer of its own, with others behind it that make scores.
ExportCase case_of_layer(const std::string& name, const std::string& config, std::vector<Shape> inputs);
std::vector<ExportCase> cases_of_layers();
std::vector<ExportCase> cases_of_presets();

/// A model with weights that are nowhere 0, and what it gives.
struct ExampleModel {
  std::vector<TensorOutline> outlines;
  std::vector<NamedTensor> tensors;
  std::vector<at::Tensor> inputs;
  at::Tensor output;
};
ExampleModel example_of(const Slot<Model>& model, const ModelFacts& facts);

/// The Python that can check files (ASSAY_PYTHON, else python3); empty if it lacks a module.
std::string python_with(const std::vector<std::string>& modules);

}  // namespace assay::testing
