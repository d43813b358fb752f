#include "plugins/penalties/l1.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/sum.h>

#include "registry/contracts/tensor/penalty.h"
#include "registry/implementations.h"

namespace assay::penalties {
namespace {

class L1 final : public Penalty {
 public:
  using Params = L1Params;

  L1(const Params&, const Needs& needs) : parameters_(needs.parameters) {}

  at::Tensor operator()() const override {
    at::Tensor sum;
    for (const at::Tensor& parameter : parameters_) {
      const at::Tensor part = at::sum(at::abs(parameter));
      sum = sum.defined() ? sum.add(part) : part;
    }
    return sum;
  }

 private:
  std::vector<at::Tensor> parameters_;
};

}  // namespace

void implement_l1(Implementations& parts) { parts.add<L1>("l1"); }

}  // namespace assay::penalties
