#include "plugins/inits/constant.h"

#include "registry/contracts/tensor/init.h"
#include "registry/implementations.h"

namespace assay::inits {

namespace {

class Constant final : public Init {
 public:
  using Params = ConstantParams;
  Constant(const Params& params, const Needs&) : value_(params.value) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t, std::uint64_t,
            const std::string&) const override {
    values.fill_(value_);
  }

 private:
  double value_;
};

}  // namespace

void implement_constant(Implementations& parts) { parts.add<Constant>("constant"); }

}  // namespace assay::inits
