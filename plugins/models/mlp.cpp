#include "plugins/models/mlp.h"

#include "plugins/models/blocks.h"
#include "registry/contracts/tensor/model.h"

namespace assay::models {

namespace {

/// x [batch, ...] float -> scores [batch, outputs].
class Mlp final : public SimpleModel {
 public:
  using Params = MlpParams;

  Mlp(const Params& params, const Needs& needs)
      : stack_(element_count(needs.facts.inputs.front().shape.sizes),
               {params.hidden, params.activation, params.init, params.input_dropout, params.dropout}, needs) {
    add_child("", stack_);
    to(needs.device);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override { return stack_.forward(x, context); }

 private:
  DenseStack stack_;
};

}  // namespace

void implement_mlp(Implementations& parts) { parts.add<Mlp>("mlp"); }

}  // namespace assay::models
