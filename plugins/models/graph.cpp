#include "plugins/models/graph.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "registry/contracts/tensor/model.h"

namespace assay::models {

namespace {

/// inputs [batch, ...] by name -> what the output node makes of them.
class Graph final : public Model {
 public:
  using Params = GraphParams;

  Graph(const Params& params, const Needs& needs) {
    const InitRules rules(params.init, needs.parts);
    const InitContext init{needs.init.seed, needs.init.path, &rules};
    Outline outline(needs.facts);
    wires_ = params.wiring(outline);
    std::vector<Shape> shapes;
    for (const NamedShape& input : needs.facts.inputs) {
      inputs_.push_back(input.name);
      shapes.push_back(input.shape);
    }
    for (std::size_t i = 0; i < params.nodes.size(); ++i) {
      const GraphNode& node = params.nodes[i];
      const std::vector<Shape> taken = taken_from(shapes, i);
      BuiltLayer built = build_layer(node.name, node.layer, taken, {taken, needs.facts, needs.parts, init});
      shapes.push_back(std::move(built.output));
      layers_.push_back(std::move(built.layer));
      add_child(node.name, *layers_.back());
    }
    find_last_uses(shapes.size());
    to(needs.device);
  }

  Outputs forward(const Batch& batch, Context& context) override {
    std::vector<at::Tensor> values;
    for (const std::string& name : inputs_) values.push_back(batch.inputs.get(name));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      values.push_back(layers_[i]->forward(taken_from(values, i), context));
      for (const std::size_t source : wires_.sources[i]) {
        if (last_uses_[source] == i) values[source].reset();  // its memory is free for what comes
      }
    }
    return values[wires_.output];
  }

 private:
  template <class T>
  std::vector<T> taken_from(const std::vector<T>& values, std::size_t node) const {
    std::vector<T> taken;
    for (const std::size_t source : wires_.sources[node]) taken.push_back(values[source]);
    return taken;
  }

  /// For each value the last node that takes it; the output is never done with.
  void find_last_uses(std::size_t values) {
    last_uses_.assign(values, layers_.size());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      for (const std::size_t source : wires_.sources[i]) last_uses_[source] = i;
    }
    last_uses_[wires_.output] = layers_.size();
  }

  Params::Wiring wires_;
  std::vector<std::string> inputs_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::size_t> last_uses_;
};

}  // namespace

void implement_graph(Implementations& parts) { parts.add<Graph>("graph"); }

}  // namespace assay::models
