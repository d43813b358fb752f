// Which rows train, which validate, which test.
#pragma once

#include <cstdint>
#include <vector>

#include "registry/contracts/dataset.h"

namespace assay {

class Split {
 public:
  using Contract = Split;
  struct Needs {};

  virtual ~Split();
  /// Throws Kind::config or Kind::data if the data cannot be split so (no official split, too few rows of a
  /// class).
  virtual SplitRows rows(const Dataset& dataset) const = 0;
  /// The files that rows() reads.
  virtual std::vector<DataFile> files(const Dataset& dataset) const;
  /// True if a row may be in train and in another part as well, so that what is measured there is no estimate
  /// for new rows. Else such rows are an error.
  virtual bool shares_rows() const;
};

}  // namespace assay
