#include "registry/contracts/families.h"

namespace assay {

void add_families(Registry& registry) {
  registry.add_family({"dataset", "datasets", "where samples come from", {}, {}, {}});
  registry.add_family({"split", "splits", "which rows train, validate and test", {}, {}, "fractions"});
  registry.add_family({"transform", "transforms", "fitted on train, applied to all rows", {}, {}, {}});
  registry.add_family(
      {"augmentation", "augmentations", "changes samples anew in every epoch of training", {}, {}, {}});
  registry.add_family({"model", "models", "what learns", {}, {}, {}});
  registry.add_family({"layer", "layers", "what models are made of", {}, {}, {}});
  registry.add_family({"init", "inits", "first values of weights", "constant", "value", {}});
  registry.add_family({"loss", "losses", "what training minimises", {}, {}, {}});
  registry.add_family(
      {"penalty", "penalties", "what is added to the loss for the weights themselves", {}, {}, {}});
  registry.add_family({"optimizer", "optimizers", "how weights move", {}, {}, {}});
  registry.add_family({"schedule", "schedules", "the learning rate over the run", {}, {}, {}});
  registry.add_family({"metric", "metrics", "what a run is judged by", {}, {}, {}});
  registry.add_family(
      {"observer", "observers", "what watches a run and may ask it to stop or save", {}, {}, {}});
  registry.add_family({"sampler", "samplers", "chooses the values of a sweep's next trial", {}, {}, {}});
  registry.add_family({"pruner", "pruners", "pauses and stops trials that will not win", {}, {}, {}});
  registry.add_family(
      {"launcher", "launchers", "where a sweep's workers run: here, or as jobs of a cluster", {}, {}, {}});
  registry.add_family({"weights", "weights", "files of weights, of assay and of other frameworks", {}, {}, {}});
}

}  // namespace assay
