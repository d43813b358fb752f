#include "plugins/inits/orthogonal.h"

#include <ATen/ops/linalg_qr.h>

#include "core/text.h"
#include "registry/contracts/tensor/init.h"
#include "registry/contracts/tensor/random_ops.h"

namespace assay::inits {

namespace {

class Orthogonal final : public Init {
 public:
  using Params = OrthogonalParams;
  Orthogonal(const Params& params, const Needs&) : gain_(params.gain) {}

  void fill(at::Tensor& values, std::int64_t, std::int64_t, std::uint64_t seed,
            const std::string& name) const override {
    if (values.dim() < 2) {
      throw Error(Kind::config, text("orthogonal first values need two axes, ", name, " has ", values.dim()),
                  "choose another initialiser for it, as `0`");
    }
    fill_normal(values, 0, 1, Stream(seed, "init/" + name));
    const at::Tensor drawn = values.flatten(1).to(at::kDouble);
    const bool is_wide = drawn.size(0) < drawn.size(1);
    const auto [q, r] = at::linalg_qr(is_wide ? drawn.t() : drawn);
    // Signs that make the decomposition unique, and with it the distribution uniform (Mezzadri 2007).
    const at::Tensor unique = q.mul(r.diagonal().sign()).mul(gain_);
    values.copy_((is_wide ? unique.t() : unique).reshape(values.sizes()));
  }

 private:
  double gain_;
};

}  // namespace

void implement_orthogonal(Implementations& parts) { parts.add<Orthogonal>("orthogonal"); }

}  // namespace assay::inits
