#include "plugins/inits/scaled.h"

#include <cmath>

#include "registry/contracts/tensor/init.h"
#include "registry/contracts/tensor/random_ops.h"
#include "registry/implementations.h"

namespace assay::inits {

namespace {

template <Draw draw>
double deviation(const XavierParams<draw>& params, std::int64_t fan_in, std::int64_t fan_out) {
  return params.gain * std::sqrt(2.0 / static_cast<double>(fan_in + fan_out));
}

template <Draw draw>
double deviation(const HeParams<draw>& params, std::int64_t fan_in, std::int64_t fan_out) {
  const std::int64_t fan = params.fan == "in" ? fan_in : fan_out;
  return std::sqrt(2.0 / ((1.0 + params.slope * params.slope) * static_cast<double>(fan)));
}

template <Draw draw, template <Draw> class P>
class Scaled final : public Init {
 public:
  using Params = P<draw>;
  Scaled(const Params& params, const Needs&) : params_(params) {}

  void fill(at::Tensor& values, std::int64_t fan_in, std::int64_t fan_out, std::uint64_t seed,
            const std::string& name) const override {
    const Stream stream(seed, "init/" + name);
    const double spread = deviation(params_, fan_in, fan_out);
    if constexpr (draw == Draw::uniform) {
      const double limit =
          std::sqrt(3.0) * spread;  // a uniform of [-limit, limit) has deviation limit / sqrt(3)
      fill_uniform(values, -limit, limit, stream);
    } else {
      fill_normal(values, 0.0, spread, stream);
    }
  }

 private:
  Params params_;
};

}  // namespace

void implement_scaled(Implementations& parts) {
  parts.add<Scaled<Draw::uniform, XavierParams>>("xavier_uniform");
  parts.add<Scaled<Draw::normal, XavierParams>>("xavier_normal");
  parts.add<Scaled<Draw::uniform, HeParams>>("he_uniform");
  parts.add<Scaled<Draw::normal, HeParams>>("he_normal");
}

}  // namespace assay::inits
