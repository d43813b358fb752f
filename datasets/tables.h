// Small tables which ship with assay: for first steps, tests and comparisons with other tools.
#pragma once

#include "datasets/csv.h"

namespace assay::datasets {

struct IrisParams {
  static constexpr bool reads_input = true;
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<IrisParams>& f) {
    f.about("150 iris flowers: x [4] f32 with lengths in cm, 3 species. Ships with assay.");
    f.source("Fisher 1936, The use of multiple measurements in taxonomic problems; UCI data set 53");
  }
};

struct WineParams {
  static constexpr bool reads_input = true;
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<WineParams>& f) {
    f.about("178 wines: x [13] f32 with chemical measurements, 3 cultivars. Ships with assay.");
    f.source("Aeberhard and Forina 1991, Wine, UCI data set 109");
  }
};

struct BreastCancerParams {
  static constexpr bool reads_input = true;
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<BreastCancerParams>& f) {
    f.about(
        "569 tumours: x [30] f32 with measures of cell nuclei; class 0 is benign, 1 malignant. Ships with "
        "assay.");
    f.source(
        "Wolberg, Mangasarian, Street and Street 1993, Breast Cancer Wisconsin (Diagnostic), UCI data set "
        "17");
  }
};

struct DiabetesParams {
  static constexpr bool reads_input = true;
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<DiabetesParams>& f) {
    f.about(
        "442 patients: x [10] f32 as measured, not scaled; y [1] f32 the progress of the disease a year "
        "later. Ships with assay.");
    f.source("Efron, Hastie, Johnstone and Tibshirani 2004, Least angle regression");
  }
};

class Iris final : public CsvDataset {
 public:
  using Params = IrisParams;
  Iris(const Params& params, const Needs& needs);
};

class Wine final : public CsvDataset {
 public:
  using Params = WineParams;
  Wine(const Params& params, const Needs& needs);
};

class BreastCancer final : public CsvDataset {
 public:
  using Params = BreastCancerParams;
  BreastCancer(const Params& params, const Needs& needs);
};

class Diabetes final : public CsvDataset {
 public:
  using Params = DiabetesParams;
  Diabetes(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
