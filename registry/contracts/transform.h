// Transforms: fitted on train, applied to all splits; on targets they are inverted before metrics and
// predictions. They work on blocks of rows, so that data larger than memory goes through piece by piece.
#pragma once

#include <functional>
#include <string>

#include "core/array.h"
#include "registry/contracts/families.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/state.h"

namespace assay {

class Transform {
 public:
  using Contract = Transform;
  struct Needs {};

  virtual ~Transform();
  /// What comes out for what goes in. Throws Error(Kind::config) if the input does not suit it.
  virtual Shape output(const Shape& input) const = 0;
  /// One pass over the training rows, in blocks [rows, ...]; called once, before apply.
  virtual void fit(
      const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) = 0;
  /// A block [rows, ...] to a block of the same rows.
  virtual Array apply(const ArrayView& block) const = 0;
  /// Undoes apply, for targets. Throws Kind::config if it cannot be undone.
  virtual Array invert(const ArrayView& block) const = 0;
  virtual void save(StateWriter& out) const = 0;
  virtual void load(const StateReader& in) = 0;
};

}  // namespace assay
