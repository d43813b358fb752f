#include "plugins/layers/dropout.h"

#include "registry/contracts/tensor/dropout.h"
#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, ...] -> the same shape.
class DropoutLayer final : public SimpleLayer {
 public:
  using Params = DropoutParams;
  DropoutLayer(const Params& params, const Needs&) : dropout_(params.p) {}

  at::Tensor forward(const at::Tensor& x, Context& context) override { return dropout_(x, context); }

 private:
  void on_named() override { dropout_.name_tree(path()); }

  Dropout dropout_;
};

}  // namespace

void implement_dropout(Implementations& parts) { parts.add<DropoutLayer>("dropout"); }

}  // namespace assay::layers
