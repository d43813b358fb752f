#include "datasets/hdf5.h"

#include "core/io/digest.h"
#include "core/io/files.h"
#include "datasets/files.h"
#include "datasets/hdf5_rows.h"

namespace assay::datasets {

Hdf5::Hdf5(const Params& params, const Needs& /*needs*/) {
  const std::string& path = params.file.text;
  require_file(path);
  std::vector<std::string> names = params.inputs;
  names.insert(names.end(), params.test_inputs.begin(), params.test_inputs.end());
  names.push_back(params.target);
  if (!params.test_target.empty()) names.push_back(params.test_target);
  const Hdf5Rows rows(path, names);
  facts_.files.push_back({path, sha256_of_file(path), file_size(path)});
  fill(params, [&](const std::string& name) { return rows.array(name); });
}

}  // namespace assay::datasets
