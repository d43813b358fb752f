// The regression tables of the UCI benchmark, with their published splits: `dataset: {type: uci, name:
// yacht}`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "datasets/csv.h"

namespace assay::datasets {

/// The files of one of the tables.
std::vector<KnownFile> uci_files(std::string_view table);

struct UciParams {
  std::string name;

  static constexpr bool reads_input = true;
  /// The first published split, and the last 20% of its training rows to validate on.
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static std::vector<std::string> names() {
    return {"bostonHousing",
            "concrete",
            "energy",
            "kin8nm",
            "naval-propulsion-plant",
            "power-plant",
            "protein-tertiary-structure",
            "wine-quality-red",
            "yacht"};
  }

  static void describe(Fields<UciParams>& f) {
    f.about(
        "A table of real numbers with 20 published splits into 90% to train and 10% to test on (protein: 5), "
        "for `split: {type: index_files, fold: 0}`. Read from uci/NAME/ of a data folder: data.txt, "
        "index_features.txt, index_target.txt, index_train_*.txt and index_test_*.txt, packed or not. x "
        "[features] f32, y [1] f32.");
    f.source("Hernandez-Lobato and Adams 2015, Probabilistic backpropagation; Gal and Ghahramani 2016");
    f("name", &UciParams::name, "the table, which is the name of its folder", required, one_of(names()));
  }
};

class Uci final : public CsvDataset {
 public:
  using Params = UciParams;
  Uci(const Params& params, const Needs& needs);
  std::optional<SplitFiles> split_files() const override { return split_files_; }

 private:
  SplitFiles split_files_;
};

}  // namespace assay::datasets
