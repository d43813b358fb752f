// Splits that somebody published as lists of row numbers:
// `split: {type: index_files, train: index_train_*.txt, test: index_test_*.txt, fold: 3, valid: {last:
// 20%}}`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/splits/carve.h"
#include "registry/contracts/split.h"

namespace assay::splits {

struct IndexFilesParams {
  Path train;
  Path test;
  std::int64_t fold = 0;
  Carve valid;
  std::int64_t seed = 0;

  static void describe(Fields<IndexFilesParams>& f) {
    f.about(
        "Row numbers from 0, one a line, in files, packed or not; `*` in their names stands for the number "
        "of "
        "the fold. Rows keep the order of the files.");
    f("train", &IndexFilesParams::train, "rows to learn from (default: the data set's own files)");
    f("test", &IndexFilesParams::test, "rows to test on (default: the data set's own files)");
    f("fold", &IndexFilesParams::fold, "which of the splits, from 0", at_least(0));
    f("valid", &IndexFilesParams::valid,
      "rows of train to validate on: none, a share (drawn at random), {last: 10%}, {first: 10%} or "
      "{random: 10%}");
    f("seed", &IndexFilesParams::seed, "seed of a random drawing; not the run's", at_least(0));
    f.check("train and test are written together",
            [](const IndexFilesParams& p) { return p.train.is_set() == p.test.is_set(); });
  }
};

/// Throws Kind::config if there are no files, Kind::data with the line if one does not hold row numbers of
/// the data.
class IndexFiles final : public Split {
 public:
  using Params = IndexFilesParams;
  IndexFiles(const Params& params, const Needs& needs);
  SplitRows rows(const Dataset& dataset) const override;
  std::vector<DataFile> files(const Dataset& dataset) const override;

 private:
  SplitFiles named_files(const Dataset& dataset) const;

  Params params_;
};

}  // namespace assay::splits
