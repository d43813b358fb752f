// Which tensor of a file becomes which of a model: by the rules of `map`, by name, and where neither says it
// by structure - the same kinds of layers with the same shapes in the same order. Nothing is left to chance:
// what could be meant in two ways is not matched, and every decision is a line of a table.
//
//   const Matching matching = match(file, prepared.tensors, {common.map, common.prefix, common.strict});
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/prepared.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/weights.h"

namespace assay::convert {

struct MatchOptions {
  NameMap map = {};
  std::string prefix = {};
  bool strict = true;
  /// Whether the order of the wanted tensors is that of the layers: true of a model.
  bool is_wanted_in_order = true;
};

struct Matching {
  std::vector<NamedTensor> tensors;       // named and shaped as the model's, in its order
  std::vector<FirstWeights::Line> lines;  // of all
  std::vector<std::string> misfits;       // what does not go together, in words
  std::vector<std::string> missing;       // of the model, not in the file
  std::vector<std::string> unused;        // of the file, not in the model
  std::int64_t n_by_shape = 0;            // matched by the order of names alone, as the file keeps no other
  std::vector<std::string> idle_rules;    // of `map`, which decide nothing: their left sides
  std::string hint;                       // what to do about what is wrong

  /// Whether the model may start with it.
  bool is_good(bool strict) const {
    return misfits.empty() && (!strict || (missing.empty() && unused.empty()));
  }
};

/// wanted: of the model. Bytes are not read.
Matching match(const WeightFile& file, const std::vector<TensorOutline>& wanted, const MatchOptions& options);

/// The way back: `like` is the file whose tensors became those of `file` by `map` and `prefix`. Each of them
/// is made of what it became; what `map` leaves out is taken from `like` itself. Bytes are not read.
Matching match_back(const WeightFile& file, const WeightFile& like, const MatchOptions& options);

/// What a file would be without a model: its tensors as `map` and `prefix` name and shape them.
std::vector<TensorOutline> outline_of(const WeightFile& file, const MatchOptions& options);

/// `2 tensors of the model are not in the file, 3 of the file are not used`; empty if all is well.
std::string summary_of(const Matching& matching);
/// The first of each kind, a line each.
std::vector<std::string> details_of(const Matching& matching);
/// "`fc.*` does nothing: ...", of the rules of `map`; empty if all do something.
std::string idle_rules_text(const Matching& matching);

}  // namespace assay::convert
