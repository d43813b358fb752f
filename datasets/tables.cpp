#include "datasets/tables.h"

#include "datasets/published.h"

namespace assay::datasets {
namespace {

// As published, with a header and classes by name.
struct ShippedTable {
  const char* name;
  const char* title;
  const char* place;
  const char* licence;
  const char* file;
  std::uint64_t bytes;
  const char* sha256;
  std::string_view target;
  std::string_view task;
};

constexpr ShippedTable iris = {"iris",
                               "iris",
                               "archive.ics.uci.edu/dataset/53 and ships with assay in datasets/data",
                               "CC BY 4.0",
                               "iris.csv",
                               3858,
                               "9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355",
                               "species",
                               "classification"};

constexpr ShippedTable wine = {"wine",
                               "wine",
                               "archive.ics.uci.edu/dataset/109 and ships with assay in datasets/data",
                               "CC BY 4.0",
                               "wine.csv",
                               11288,
                               "3ce67f610c87c7ad0ca5cd5c50b19fecfc80d0b21916b53a650c49610fd0ba89",
                               "cultivar",
                               "classification"};

constexpr ShippedTable breast_cancer = {
    "breast_cancer",
    "breast cancer",
    "archive.ics.uci.edu/dataset/17 and ships with assay in datasets/data",
    "CC BY 4.0",
    "breast_cancer.csv",
    123865,
    "bbe6bc506fec05b65edfb905b871a229bdc97341f512e7548a9ecc6081644251",
    "diagnosis",
    "classification"};

constexpr ShippedTable diabetes = {
    "diabetes",
    "diabetes",
    "scikit-learn, sklearn.datasets.load_diabetes and ships with assay in datasets/data",
    "none stated",
    "diabetes.csv",
    18506,
    "9193026b7622ff944f0a6855a10107b24caf50dad69787c46e6890e69c27faca",
    "progression",
    "regression"};

CsvParams params_of(const ShippedTable& table) {
  CsvParams params;
  params.target = table.target;
  params.task = table.task;
  return params;
}

Publication publication_of(const ShippedTable& table) {
  return {table.name,    table.title, table.place,
          table.licence, {""},        {{table.file, table.bytes, table.sha256}},
          std::nullopt,  true};
}

ReadFile read(const ShippedTable& table, const Dataset::Needs& needs) {
  if (!needs.input.empty()) return read_data_file(needs.input);
  return read_published(publication_of(table), needs.roots).front();
}

}  // namespace

DatasetOutline IrisParams::outline() const { return params_of(iris).outline(); }
DatasetOutline WineParams::outline() const { return params_of(wine).outline(); }
DatasetOutline BreastCancerParams::outline() const { return params_of(breast_cancer).outline(); }
DatasetOutline DiabetesParams::outline() const { return params_of(diabetes).outline(); }

std::vector<Publication> IrisParams::publications() { return {publication_of(iris)}; }
std::vector<Publication> WineParams::publications() { return {publication_of(wine)}; }
std::vector<Publication> BreastCancerParams::publications() { return {publication_of(breast_cancer)}; }
std::vector<Publication> DiabetesParams::publications() { return {publication_of(diabetes)}; }

Iris::Iris(const Params& /*params*/, const Needs& needs) { fill(params_of(iris), needs, read(iris, needs)); }

Wine::Wine(const Params& /*params*/, const Needs& needs) { fill(params_of(wine), needs, read(wine, needs)); }

BreastCancer::BreastCancer(const Params& /*params*/, const Needs& needs) {
  fill(params_of(breast_cancer), needs, read(breast_cancer, needs));
}

Diabetes::Diabetes(const Params& /*params*/, const Needs& needs) {
  fill(params_of(diabetes), needs, read(diabetes, needs));
}

}  // namespace assay::datasets
