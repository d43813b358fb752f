#include "registry/contracts/tensor/dropout.h"

#include <string>

#include "core/text.h"
#include "registry/contracts/tensor/random_ops.h"

namespace assay {

at::Tensor Dropout::operator()(const at::Tensor& x, const Context& context) {
  if (p_ == 0 || !context.is_random()) return x;
  if (unit_ == Unit::channel) return channel_dropout(x, p_, stream(context), context);
  return dropout(x, p_, stream(context), context);
}

void Dropout::on_named() { has_stream_ = false; }

const Stream& Dropout::stream(const Context& context) {
  if (!has_stream_ || context.seed != seed_ || context.repetition != repetition_) {
    const std::string purpose = "dropout/" + path();
    stream_ =
        Stream(context.seed, context.repetition == 0 ? purpose : text(purpose, '#', context.repetition));
    seed_ = context.seed;
    repetition_ = context.repetition;
    has_stream_ = true;
  }
  return stream_;
}

}  // namespace assay
