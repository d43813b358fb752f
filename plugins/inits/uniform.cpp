#include "plugins/inits/uniform.h"

#include <cmath>

#include "registry/contracts/tensor/init.h"
#include "registry/contracts/tensor/random_ops.h"
#include "registry/implementations.h"

namespace assay::inits {

namespace {

class Uniform final : public Init {
 public:
  using Params = UniformParams;
  Uniform(const Params& params, const Needs&) : params_(params) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t, std::uint64_t seed,
            const std::string& name) const override {
    fill_uniform(values, params_.low, params_.high, Stream(seed, "init/" + name));
  }

 private:
  Params params_;
};

void fill_by_fan(at::Tensor& values, std::int64_t fan, std::uint64_t seed, const std::string& name) {
  const double limit = fan > 0 ? 1.0 / std::sqrt(static_cast<double>(fan)) : 0.0;
  fill_uniform(values, -limit, limit, Stream(seed, "init/" + name));
}

class UniformFan final : public Init {
 public:
  using Params = UniformFanParams;
  UniformFan(const Params&, const Needs&) {}

  void fill(at::Tensor& values, std::int64_t fan_in, std::int64_t, std::uint64_t seed,
            const std::string& name) const override {
    fill_by_fan(values, fan_in, seed, name);
  }
};

class UniformFanOut final : public Init {
 public:
  using Params = UniformFanOutParams;
  UniformFanOut(const Params&, const Needs&) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t fan_out, std::uint64_t seed,
            const std::string& name) const override {
    fill_by_fan(values, fan_out, seed, name);
  }
};

}  // namespace

void implement_uniform(Implementations& parts) {
  parts.add<Uniform>("uniform");
  parts.add<UniformFan>("uniform_fan");
  parts.add<UniformFanOut>("uniform_fan_out");
}

}  // namespace assay::inits
