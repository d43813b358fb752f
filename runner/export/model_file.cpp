#include "runner/export/model_file.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace assay::exports {

void throw_if_unsayable(const Computation& computation, std::string_view format) {
  std::vector<Problem> problems;
  for (const Unsayable& part : computation.unsayable()) {
    Problem problem;
    problem.path = text("model", part.place.empty() ? "" : ".", part.place);
    problem.message = text(" (", part.component, ") has no equivalent in ", format, ": ", part.why);
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) return;
  problems.back().hint =
      "nothing was written; train with layers that have one, or give a layer of a plugin a `compute`";
  throw Error(Kind::config, std::move(problems));
}

const NamedTensor& tensor_named(const ModelToWrite& model, std::string_view name) {
  const auto found = std::ranges::find(model.tensors, name, &NamedTensor::name);
  ASSAY_ASSERT(found != model.tensors.end());
  return *found;
}

}  // namespace assay::exports
