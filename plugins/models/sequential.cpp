#include "plugins/models/sequential.h"

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
    chain_.append("layers", params.layers, {{shape}, needs.facts, needs.parts, init}, shape);
    add_child("", chain_);
    to(needs.device);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override { return chain_.forward(x, context); }

 private:
  Chain chain_;
};

}  // namespace

void implement_sequential(Implementations& parts) { parts.add<Sequential>("sequential"); }

}  // namespace assay::models
