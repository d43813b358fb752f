// Rules on parameters. A rule is a value that owns its test, its words and its JSON Schema, so that the check
// and the message cannot disagree.
//
//   f("lr", &Params::lr, "step size", positive);
//   f("betas", &Params::betas, "decay of the two averages", length(2), each(fraction));
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"

namespace assay {

struct Rule {
  std::string words;                       // completes "must be ...": "above 0"
  std::function<bool(const Json&)> holds;  // on the typed value
  Json schema;                             // a JSON Schema fragment: {"exclusiveMinimum": 0}
  std::shared_ptr<const Rule> items = {};  // if set, the rule is on every item of a list or map
};

Rule above(double limit);
Rule at_least(double limit);
Rule below(double limit);
Rule at_most(double limit);
/// Of texts.
Rule one_of(std::vector<std::string> choices);
/// Of lists: exactly n items.
Rule length(std::size_t n);
Rule non_empty();
Rule each(Rule rule);
Rule operator&&(Rule a, Rule b);

/// Above 0.
Rule positive();
/// At least 0.
Rule non_negative();
/// At least 0 and below 1: rates of dropout, decays, momenta.
Rule fraction();
/// From 0 to 1.
Rule probability();

}  // namespace assay
