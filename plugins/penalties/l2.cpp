#include "plugins/penalties/l2.h"

#include <ATen/ops/square.h>
#include <ATen/ops/sum.h>

#include "registry/contracts/tensor/penalty.h"
#include "registry/implementations.h"

namespace assay::penalties {
namespace {

class L2 final : public Penalty {
 public:
  using Params = L2Params;

  L2(const Params&, const Needs& needs) : parameters_(needs.parameters) {}

  at::Tensor operator()() const override {
    at::Tensor sum;
    for (const at::Tensor& parameter : parameters_) {
      const at::Tensor part = at::sum(at::square(parameter));
      sum = sum.defined() ? sum.add(part) : part;
    }
    return sum;
  }

 private:
  std::vector<at::Tensor> parameters_;
};

}  // namespace

void implement_l2(Implementations& parts) { parts.add<L2>("l2"); }

}  // namespace assay::penalties
