#include "registry/contracts/tensor/dropout.h"

#include "registry/contracts/tensor/random_ops.h"

namespace assay {

at::Tensor Dropout::operator()(const at::Tensor& x, const Context& context) {
  if (p_ == 0 || !context.is_random()) return x;
  return dropout(x, p_, stream(context.seed), context);
}

void Dropout::on_named() { has_stream_ = false; }

const Stream& Dropout::stream(std::uint64_t seed) {
  if (!has_stream_ || seed != seed_) {
    stream_ = Stream(seed, "dropout/" + path());
    seed_ = seed;
    has_stream_ = true;
  }
  return stream_;
}

}  // namespace assay
