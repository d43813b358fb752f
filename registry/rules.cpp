#include "registry/rules.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace assay {
namespace {

Rule bound(std::string words, const char* keyword, double limit, bool (*holds)(double value, double limit)) {
  return {std::move(words), [holds, limit](const Json& v) { return v.is_number() && holds(v.real(), limit); },
          Json(Json::Map{{keyword, Json(limit)}})};
}

}  // namespace

Rule above(double limit) {
  return bound(text("above ", limit), "exclusiveMinimum", limit, [](double v, double l) { return v > l; });
}
Rule at_least(double limit) {
  return bound(text("at least ", limit), "minimum", limit, [](double v, double l) { return v >= l; });
}
Rule below(double limit) {
  return bound(text("below ", limit), "exclusiveMaximum", limit, [](double v, double l) { return v < l; });
}
Rule at_most(double limit) {
  return bound(text("at most ", limit), "maximum", limit, [](double v, double l) { return v <= l; });
}

Rule one_of(std::vector<std::string> choices) {
  std::string words = "one of " + join(choices, ", ");
  Json names = Json::list();
  for (const std::string& choice : choices) names.push(choice);
  return {std::move(words),
          [choices = std::move(choices)](const Json& v) {
            return v.is_text() && std::find(choices.begin(), choices.end(), v.text()) != choices.end();
          },
          Json(Json::Map{{"enum", std::move(names)}})};
}

Rule length(std::size_t n) {
  return {text("a list of ", n), [n](const Json& v) { return v.is_list() && v.items().size() == n; },
          Json(Json::Map{{"minItems", Json(std::uint64_t{n})}, {"maxItems", Json(std::uint64_t{n})}})};
}

Rule non_empty() {
  return {"not empty",
          [](const Json& v) {
            return (v.is_list() && !v.items().empty()) || (v.is_map() && !v.entries().empty()) ||
                   (v.is_text() && !v.text().empty());
          },
          Json::map()};
}

Rule each(Rule rule) {
  Json schema(Json::Map{{"items", rule.schema}});
  auto inner = std::make_shared<const Rule>(std::move(rule));
  return {inner->words + " in every item",
          [inner](const Json& v) {
            if (v.is_map()) {
              return std::all_of(v.entries().begin(), v.entries().end(),
                                 [&](const auto& entry) { return inner->holds(entry.second); });
            }
            return v.is_list() && std::all_of(v.items().begin(), v.items().end(), inner->holds);
          },
          std::move(schema), inner};
}

Rule operator&&(Rule a, Rule b) {
  Json schema = a.schema.is_map() ? a.schema : Json::map();
  if (b.schema.is_map()) {
    for (const auto& [key, value] : b.schema.entries()) schema.set(key, value);
  }
  return {a.words + " and " + b.words,
          [first = std::move(a.holds), second = std::move(b.holds)](const Json& v) {
            return first(v) && second(v);
          },
          std::move(schema)};
}

Rule positive() { return above(0); }
Rule non_negative() { return at_least(0); }
Rule fraction() { return at_least(0) && below(1); }
Rule probability() { return at_least(0) && at_most(1); }

}  // namespace assay
