// How a validation part is taken out of the training rows, as configs write it: `none`, `10%` (at random),
// `{last: 20%}`, `{first: 20%}` or `{random: 20%}`.
#pragma once

#include <cstdint>
#include <vector>

#include "registry/fields.h"

namespace assay::splits {

struct Carve {
  enum class From { none, first, last, random };
  From from = From::none;
  Share share;
};

/// Moves rows from `train` to the result: round(share * rows) of them, at least one and at most all but one;
/// none for From::none. Both keep the order that train had. `seed` matters to From::random only. Throws
/// Kind::data if train has fewer than two rows to share.
std::vector<std::int64_t> carve(const Carve& how, std::int64_t seed, std::vector<std::int64_t>& train);

}  // namespace assay::splits

namespace assay {

template <>
struct Codec<splits::Carve> {
  static TypeInfo type() { return {TypeInfo::Kind::any}; }
  static bool read(const Value& value, splits::Carve& out, BindContext& context);
  static Json write(const splits::Carve& value);
};

}  // namespace assay
