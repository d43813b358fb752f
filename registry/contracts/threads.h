// Threads inside one tensor operation: a number, or `auto`, which is measured when a run is created.
#pragma once

#include <cstdint>

#include "registry/fields.h"

namespace assay {

struct Threads {
  std::int64_t count = 1;  // 0: auto, and not measured yet
  bool is_auto() const { return count == 0; }
};

template <>
struct Codec<Threads> {
  static TypeInfo type() { return {TypeInfo::Kind::any}; }
  static bool read(const Value& value, Threads& out, BindContext& context);
  static Json write(const Threads& threads);
};

/// Completes "must be": a whole number from 1 to 1024, or auto.
Rule thread_count();

}  // namespace assay
