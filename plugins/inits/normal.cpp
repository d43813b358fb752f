#include "plugins/inits/normal.h"

#include "registry/contracts/tensor/init.h"
#include "registry/contracts/tensor/random_ops.h"
#include "registry/implementations.h"

namespace assay::inits {

namespace {

class Normal final : public Init {
 public:
  using Params = NormalParams;
  Normal(const Params& params, const Needs&) : params_(params) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t, std::uint64_t seed,
            const std::string& name) const override {
    fill_normal(values, params_.mean, params_.std, Stream(seed, "init/" + name));
  }

 private:
  Params params_;
};

}  // namespace

void implement_normal(Implementations& parts) { parts.add<Normal>("normal"); }

}  // namespace assay::inits
