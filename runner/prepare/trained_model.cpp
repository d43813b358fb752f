#include "runner/prepare/trained_model.h"

#include "registry/contracts/dataset.h"
#include "registry/contracts/legend.h"
#include "runner/prepare/checks.h"
#include "runner/prepare/columns.h"

namespace assay {

using namespace preparing;

Prepared prepare_trained_model(const Experiment& experiment, const Implementations& parts,
                               const State& checkpoint) {
  const StateReader in(checkpoint);
  const DataLegend legend = DataLegend::load(in.scope("data"));
  const DatasetCommon& common = experiment.dataset.shared();
  Prepared out;
  out.facts.task = legend.task;
  out.facts.outputs_per_target = outputs_per_target(experiment);
  for (const ColumnInfo& input : legend.inputs) {
    Shape shape{input.shape, input.dtype};
    Transforms transforms = load_transforms(common.transforms, parts, in.scope("transforms"), shape, shape);
    std::move(transforms.begin(), transforms.end(), std::back_inserter(out.transforms));
    if (shape.dtype != Dtype::i64) shape.dtype = Dtype::f32;  // as the model is given them
    out.read_shapes.push_back(shape);
    out.facts.inputs.push_back({input.name, augmented_shape(common.augment, shape)});
  }
  std::vector<Problem> problems, warnings;
  check_model(experiment, out, problems, warnings);
  throw_if_any(Kind::config, problems);
  return out;
}

}  // namespace assay
