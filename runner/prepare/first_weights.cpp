#include "runner/prepare/first_weights.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/weights.h"
#include "runner/convert/matching.h"
#include "runner/convert/probe.h"

namespace assay::preparing {
namespace {

constexpr const char* init_from_key = "init_from";

Problem weights_warning(const SlotBase& slot, std::string message, std::string hint) {
  Problem problem{slot.where(), init_from_key, std::move(message), std::move(hint)};
  problem.is_warning = true;
  return problem;
}

void forget_earlier(Prepared& prepared) {
  if (!prepared.first_weights) return;
  std::erase_if(prepared.files,
                [&](const DataFile& file) { return file.path == prepared.first_weights->file.path; });
  prepared.first_weights.reset();
}

void warn_of_what_is_left(const SlotBase& slot, const convert::Matching& matching,
                          std::vector<Problem>& warnings) {
  if (const std::string left = convert::summary_of(matching); !left.empty()) {
    Problem problem =
        weights_warning(slot, "leaves something over: " + left, "`assay check --summary` shows all");
    problem.notes = convert::details_of(matching);
    warnings.push_back(std::move(problem));
  }
  if (const std::string idle = convert::idle_rules_text(matching); !idle.empty()) {
    warnings.push_back(weights_warning(slot, idle, "`assay check --summary` shows the names in the file"));
    warnings.back().path += ".map";
  }
  if (matching.n_by_shape == 0) return;
  warnings.push_back(
      weights_warning(slot,
                      text("matches ", count_text(matching.n_by_shape, "tensor"),
                           " by shapes and the order of names alone, as the file keeps no other order"),
                      "look at the table of `assay check --summary`, or say what is what with `map`"));
}

bool has_shape(const Array& rows, const Shape& one) {
  return rows.dtype() == one.dtype && std::vector(rows.shape().begin() + 1, rows.shape().end()) == one.sizes;
}

/// Inputs by their names in the model; nothing, and a problem, if they are not the model's.
std::optional<FirstWeights::Probe> find_probe(const Slot<Weights>& slot, const Implementations& parts,
                                              const ModelFacts& facts, std::vector<Problem>& problems) {
  const std::string& path = slot.shared().file.text;
  convert::Probe read = convert::read_probe(parts.build(slot, {})->read(path));
  FirstWeights::Probe probe{path, {}, std::move(read.output)};
  const bool has_one = facts.inputs.size() == 1 && read.inputs.size() == 1;  // then its name says nothing
  for (const NamedShape& wanted : facts.inputs) {
    const auto found = std::ranges::find_if(
        read.inputs, [&](const auto& input) { return has_one || input.first == wanted.name; });
    if (found == read.inputs.end() || !has_shape(found->second, wanted.shape)) {
      problems.push_back(
          {slot.where(), slot.path(),
           text("has no rows of ", printable(wanted.name), ' ', to_string(wanted.shape),
                ", which the model takes"),
           "make it with the inputs as the transforms leave them, under the names of the data"});
      return std::nullopt;
    }
    probe.inputs.emplace_back(wanted.name, found->second);
  }
  return probe;
}

}  // namespace

void take_first_weights(const Experiment& experiment, const Implementations& parts, Prepared& prepared,
                        std::vector<Problem>& problems, std::vector<Problem>& warnings) {
  forget_earlier(prepared);
  const Slot<Weights>& slot = experiment.init_from;
  if (!slot.is_bound()) return;
  const WeightsCommon& common = slot.shared();
  const WeightFile file = parts.build(slot, {})->read(common.file.text);
  if (prepared.tensors.empty()) {
    if (problems.empty())
      problems.push_back(
          {slot.where(), init_from_key,
           text("has no names to match: model ", experiment.model.name(), " declares no shapes"),
           "give its parameters a shape function (`outline`)"});
    return;
  }
  convert::Matching matching =
      convert::match(file, prepared.tensors, {common.map, common.prefix, common.strict});
  if (matching.is_good(common.strict)) {
    warn_of_what_is_left(slot, matching, warnings);
  } else {
    problems.push_back({slot.where(), init_from_key,
                        text("does not fit the model: ", convert::summary_of(matching)), matching.hint,
                        convert::details_of(matching)});
  }
  prepared.first_weights = {{file.path, sha256_of_file(file.path), file_size(file.path)},
                            std::move(matching.tensors),
                            std::move(matching.lines)};
  prepared.files.push_back(prepared.first_weights->file);
  if (common.probe.is_bound())
    prepared.first_weights->probe = find_probe(common.probe, parts, prepared.facts, problems);
}

}  // namespace assay::preparing
