#include "plugins/layers/dropout.h"

#include "registry/contracts/tensor/dropout.h"
#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, ...] -> the same shape.
template <class P, Dropout::Unit unit>
class DropoutLayer final : public SimpleLayer {
 public:
  using Params = P;
  DropoutLayer(const Params& params, const LayerNeeds&) : dropout_(params.p, unit) {
    add_child("", dropout_);  // draws from a stream of the layer's own path
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override { return dropout_(x, context); }

 private:
  Dropout dropout_;
};

}  // namespace

void implement_dropout(Implementations& parts) {
  parts.add<DropoutLayer<DropoutParams, Dropout::Unit::element>>("dropout");
  parts.add<DropoutLayer<Dropout2dParams, Dropout::Unit::channel>>("dropout2d");
}

}  // namespace assay::layers
