// A trained model as a file that other programs run: what it computes, its tensors, and what a reader of the
// file should know. Each exporter writes one format; none needs LibTorch or the other framework.
//
//   const Computation computation = compute_model(experiment.model, facts, tensors);
//   exports::throw_if_unsayable(computation, "onnx");
//   exports::write_onnx("model.onnx", {computation, outlines, tensors, notes});
//
// What is written is the model in evaluation: it takes inputs as the transforms leave them, any number of
// rows, and gives `scores`. Tensors keep their names and their bytes.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "registry/contracts/computation.h"
#include "registry/contracts/weights.h"

namespace assay::exports {

/// Everything outlives the call.
struct ModelToWrite {
  const Computation& computation;
  const std::vector<TensorOutline>& outlines;  // of the model, in its order
  const std::vector<NamedTensor>& tensors;     // of these names and shapes
  Json notes = Json::map();                    // kept in the file
};

inline constexpr const char* output_name = "scores";

/// Throws Kind::config with a problem for each part of the model that does not say what it computes. format:
/// as the user calls it.
void throw_if_unsayable(const Computation& computation, std::string_view format);

/// ONNX of operator set 17 (2022). Initializers have the names of the tensors; notes are metadata. Throws
/// Kind::store if the file cannot be written, Kind::data if the model is larger than the 2 GiB of such a
/// file.
void write_onnx(const std::string& path, const ModelToWrite& model);

/// What `torch.jit.load` reads, since PyTorch 2.0. The module has the model's parameters and buffers under
/// their names, in modules below one another; notes are the extra file `assay.json`. Throws Kind::store.
void write_torchscript(const std::string& path, const ModelToWrite& model);

/// The tensor of this name. There is one.
const NamedTensor& tensor_named(const ModelToWrite& model, std::string_view name);

}  // namespace assay::exports
