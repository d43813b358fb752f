// Models and the layers that the layer language is made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/contracts/shape.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/contracts/tensor/init.h"
#include "registry/contracts/tensor/module.h"
#include "registry/implementations.h"

namespace assay {

/// What a layer is told when it is built. Everything outlives construction only.
struct LayerNeeds {
  std::vector<Shape> inputs;  // of one sample
  const ModelFacts& facts;
  const Implementations& parts;
  InitContext init;  // where its weights' first values come from; its path is the layer's
};

class Layer : public Module {
 public:
  using Contract = Layer;
  using Needs = LayerNeeds;
  /// inputs: [batch, ...] each. Most layers have one.
  virtual at::Tensor forward(const std::vector<at::Tensor>& inputs, Context& context) = 0;

  /// Whether f(max(a, b)) is max(f(a), f(b)), bit for bit and with the same gradients, as of relu.
  virtual bool commutes_with_max() const { return false; }
  /// Whether each value of the output is the largest of some of the input.
  virtual bool takes_max() const { return false; }
};

/// A layer with one input.
class SimpleLayer : public Layer {
 public:
  at::Tensor forward(const std::vector<at::Tensor>& inputs, Context& context) final {
    return forward(inputs.front(), context);
  }
  virtual at::Tensor forward(const at::Tensor& x, Context& context) = 0;
};

/// Builds a nested layer: infers its output, names its weights below `init.path`.name.
struct BuiltLayer {
  std::unique_ptr<Layer> layer;
  Shape output;
};
BuiltLayer build_layer(const std::string& name, const Slot<Layer>& slot, std::vector<Shape> inputs,
                       const LayerNeeds& parent);

/// Layers of one input, one after the other: a child without a name of the module that they are part of.
class Chain final : public Module {
 public:
  /// Builds layers behind those that are there, with the names `name`.0, `name`.1, ...; `shape` of one sample
  /// becomes that of the last one's output. The parent's inputs are not looked at.
  void append(const std::string& name, const std::vector<Slot<Layer>>& slots, const LayerNeeds& parent,
              Shape& shape);
  at::Tensor forward(const at::Tensor& x, Context& context);

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<Layer*> in_turn_;  // as they run
};

/// What every model is given.
struct ModelNeeds {
  const ModelFacts& facts;
  const Implementations& parts;
  InitContext init;
  at::Device device{at::kCPU};
};

class Model : public Module {
 public:
  using Contract = Model;
  using Needs = ModelNeeds;
  virtual Outputs forward(const Batch& batch, Context& context) = 0;
};

/// One input tensor, one `scores` tensor: the simple case.
class SimpleModel : public Model {
 public:
  Outputs forward(const Batch& batch, Context& context) final {
    return forward(batch.inputs.all().front().second, context);
  }
  virtual at::Tensor forward(const at::Tensor& x, Context& context) = 0;
};

}  // namespace assay
