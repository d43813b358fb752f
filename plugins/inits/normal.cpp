#include "plugins/inits/normal.h"

#include <cmath>
#include <numbers>

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

class StandardNormal final : public Init {
 public:
  using Params = StandardNormalParams;
  StandardNormal(const Params&, const Needs&) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t, std::uint64_t seed,
            const std::string& name) const override {
    fill_normal(values, 0, 1, Stream(seed, "init/" + name));
  }
};

/// Uniforms within the part of the distribution that is left, through the inverse of the distribution.
class TruncNormal final : public Init {
 public:
  using Params = TruncNormalParams;
  TruncNormal(const Params& params, const Needs&) : params_(params) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t, std::uint64_t seed,
            const std::string& name) const override {
    const double width = params_.std * std::numbers::sqrt2;
    const double low = std::erf((params_.low - params_.mean) / width);
    const double high = std::erf((params_.high - params_.mean) / width);
    fill_uniform(values, low, high, Stream(seed, "init/" + name));
    values.erfinv_().mul_(width).add_(params_.mean).clamp_(params_.low, params_.high);
  }

 private:
  Params params_;
};

}  // namespace

void implement_normal(Implementations& parts) {
  parts.add<Normal>("normal");
  parts.add<StandardNormal>("standard_normal");
  parts.add<TruncNormal>("trunc_normal");
}

}  // namespace assay::inits
