#include "plugins/models/sequential.h"

#include <memory>
#include <utility>

#include "registry/contracts/tensor/model.h"

namespace assay::models {

namespace {

/// x [batch, ...] -> what the last layer makes of it.
class Sequential final : public SimpleModel {
 public:
  using Params = SequentialParams;

  Sequential(const Params& params, const Needs& needs) {
    const InitRules rules(params.init, needs.parts);
    const InitContext init{needs.init.seed, needs.init.path, &rules};
    Shape shape = needs.facts.inputs.front().shape;
    for (const Slot<Layer>& slot : params.layers) {
      const std::string name = text("layers.", layers_.size());
      BuiltLayer built = build_layer(name, slot, {shape}, {{shape}, needs.facts, needs.parts, init});
      shape = std::move(built.output);
      layers_.push_back(std::move(built.layer));
      add_child(name, *layers_.back());
    }
    to(needs.device);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    at::Tensor h = x;
    for (const auto& layer : layers_) h = layer->forward({h}, context);
    return h;
  }

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace

void implement_sequential(Implementations& parts) { parts.add<Sequential>("sequential"); }

}  // namespace assay::models
