#include "datasets/hdf5.h"

#include "core/io/digest.h"
#include "core/io/files.h"
#include "datasets/files.h"
#include "datasets/hdf5_rows.h"

namespace assay::datasets {

Hdf5::Hdf5(const Params& params, const Needs& needs) {
  const std::string& path = needs.input.empty() ? params.file.text : needs.input;
  require_file(path);
  const ArrayOptions options = options_for(params, needs);
  std::vector<std::string> names = options.inputs;
  names.insert(names.end(), options.test_inputs.begin(), options.test_inputs.end());
  if (needs.is_labelled) names.push_back(options.target);
  if (!options.test_target.empty()) names.push_back(options.test_target);
  const Hdf5Rows rows(path, names);
  facts_.files.push_back({path, sha256_of_file(path), file_size(path)});
  fill(options, needs, [&](const std::string& name) { return rows.array(name); });
}

}  // namespace assay::datasets
