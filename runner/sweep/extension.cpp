#include "runner/sweep/extension.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/config/sweep_expressions.h"
#include "runner/sweep/values.h"

namespace assay::sweep {
namespace {

constexpr const char* what_may_change =
    "an extension has more trials, wider ranges and further choices; all else is another study, which `assay "
    "sweep CONFIG` begins";

struct Difference {
  std::string path;
  const Json* before = nullptr;  // null: was not there
  const Json* after = nullptr;
};

std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? key : text(path, '.', key);
}

std::optional<Difference> difference(const Json& before, const Json& after, const std::string& path) {
  if (before.is_map() && after.is_map()) {
    for (const auto& [key, value] : after.entries()) {
      const Json* old = before.find(key);
      if (!old) return Difference{below(path, key), nullptr, &value};
      if (auto found = difference(*old, value, below(path, key))) return found;
    }
    for (const auto& [key, value] : before.entries()) {
      if (!after.find(key)) return Difference{below(path, key), &value, nullptr};
    }
    return std::nullopt;
  }
  if (before.is_list() && after.is_list() && before.items().size() == after.items().size()) {
    for (std::size_t i = 0; i < after.items().size(); ++i) {
      if (auto found = difference(before.items()[i], after.items()[i], below(path, text(i)))) return found;
    }
    return std::nullopt;
  }
  if (before == after) return std::nullopt;
  return Difference{path, &before, &after};
}

/// All of a study but what an extension may change.
Json fixed_part(const Study& study) {
  Json config = study.config().resolved;
  Json sweep = *config.find("sweep");
  for (const char* key : {"trials", "space"}) sweep.set(key, Json());
  config.set("sweep", std::move(sweep));
  return config;
}

const Value::Entry* kind_of(const Value& node) {
  if (!node.is_map()) return nullptr;
  for (const Value::Entry& entry : node.entries()) {
    if (std::find(space_kinds().begin(), space_kinds().end(), entry.key) != space_kinds().end())
      return &entry;
  }
  return nullptr;
}

const Parameter* find_parameter(const SearchSpace& space, const std::string& name) {
  for (const Parameter& parameter : space.space().parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

const Entry* find_entry(const SearchSpace& space, const std::string& name) {
  for (const Entry& entry : space.entries()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

class StudyComparison {
 public:
  StudyComparison(const Study& before, const Study& after) : before_(before), after_(after) {}

  std::vector<Problem> problems() {
    compare_fixed_parts();
    compare_spaces();
    compare_counts();
    return std::move(problems_);
  }

 private:
  void report(const Where& where, std::string path, std::string message) {
    problems_.push_back({where, std::move(path), std::move(message), what_may_change});
  }

  void compare_fixed_parts() {
    const Json before = fixed_part(before_), after = fixed_part(after_);
    const auto found = difference(before, after, {});
    if (found) {
      const auto shown = [](const Json* json) { return json ? printable(to_text(*json)) : "not set"; };
      return report(
          after_.where(found->path), found->path,
          text("is ", shown(found->after), ", but was ", shown(found->before), " when the study was begun"));
    }
    if (before_.points_texts() != after_.points_texts())
      report(after_.where("sweep.zip_file"), "sweep.zip_file",
             "does not hold what it held when the study was begun");
  }

  void compare_spaces() {
    for (const Entry& entry : before_.space().entries()) {
      if (!find_entry(after_.space(), entry.name))
        report(after_.where("sweep.space"), "sweep.space",
               text("does not draw ", entry.name, ", which it drew when the study was begun"));
    }
    for (const Entry& entry : after_.space().entries()) {
      const std::string path = "sweep.space." + entry.name;
      const Entry* old = find_entry(before_.space(), entry.name);
      if (!old) {
        report(entry.where, path, "is drawn, but was not when the study was begun");
      } else if (old->node && entry.node) {
        compare(*old->node, *entry.node, entry.name, path);
      }
    }
  }

  /// name: of the parameter that a node is, or that the choice around it is.
  void compare(const Value& before, const Value& after, const std::string& name, const std::string& path) {
    const Value::Entry* kind = kind_of(after);
    const Value::Entry* old_kind = kind_of(before);
    if (!kind && !old_kind) return compare_parts(before, after, name, path);
    if (!kind || !old_kind || kind->key != old_kind->key) return report_other(before, after, path);
    if (!has_same_companions(before, after, kind->key)) return report_other(before, after, path);
    if (kind->key == "choice") return compare_choices(old_kind->value, kind->value, name, path + ".choice");
    compare_ranges(*old_kind, *kind, name, text(path, '.', kind->key));
  }

  static bool has_same_companions(const Value& before, const Value& after, const std::string& kind) {
    const auto is_there = [&](const Value::Entry& entry, const Value& other) {
      const Value* found = other.find(entry.key);
      return entry.key == kind || (found && is_same(entry.value, *found));
    };
    return std::all_of(before.entries().begin(), before.entries().end(),
                       [&](const Value::Entry& entry) { return is_there(entry, after); }) &&
           std::all_of(after.entries().begin(), after.entries().end(),
                       [&](const Value::Entry& entry) { return is_there(entry, before); });
  }

  void report_other(const Value& before, const Value& after, const std::string& path) {
    report(after.where(), path,
           text("is ", one_line(after), ", but was ", one_line(before), " when the study was begun"));
  }

  void compare_choices(const Value& before, const Value& after, const std::string& name,
                       const std::string& path) {
    const std::vector<Value>&old = before.items(), &now = after.items();
    if (now.size() < old.size()) return report_other(before, after, path);
    for (std::size_t i = 0; i < old.size(); ++i)
      compare(old[i], now[i], text(name, '[', i, ']'), text(path, '.', i));
    is_wider_ = is_wider_ || now.size() > old.size();
  }

  void compare_ranges(const Value::Entry& before, const Value::Entry& after, const std::string& name,
                      const std::string& path) {
    const Parameter& old = *find_parameter(before_.space(), name);
    const Parameter& now = *find_parameter(after_.space(), name);
    const double offset = old.step > 0 ? (old.low - now.low) / old.step : 0;
    const bool has_same_steps = now.step == old.step && std::abs(offset - std::round(offset)) < 1e-9;
    if (now.low > old.low || now.high < old.high || !has_same_steps) {
      return report(after.value.where(), path,
                    text("is ", one_line(after.value), ", which does not hold all of ",
                         one_line(before.value), ", as it was when the study was begun"));
    }
    is_wider_ = is_wider_ || now.low != old.low || now.high != old.high;
  }

  /// What a choice sets: the same, but for what is drawn within.
  void compare_parts(const Value& before, const Value& after, const std::string& name,
                     const std::string& path) {
    if (before.is_map() && after.is_map() && before.entries().size() == after.entries().size()) {
      for (const Value::Entry& entry : after.entries()) {
        const Value* old = before.find(entry.key);
        if (!old) return report_other(before, after, path);
        compare(*old, entry.value, text(name, '.', entry.key), text(path, '.', entry.key));
      }
    } else if (before.is_list() && after.is_list() && before.items().size() == after.items().size()) {
      for (std::size_t i = 0; i < after.items().size(); ++i)
        compare(before.items()[i], after.items()[i], text(name, '.', i), text(path, '.', i));
    } else if (!is_same(before, after)) {
      report_other(before, after, path);
    }
  }

  void compare_counts() {
    const std::int64_t old = before_.layout().n_configurations, now = after_.layout().n_configurations;
    if (is_wider_ && !after_.section().trials)
      return report(after_.where("sweep.space"), "sweep.space",
                    text("is wider, but sampler ", after_.section().sampler.name(),
                         " tries all of a space: its trials would get other numbers"));
    if (now < old) {
      problems_.push_back({after_.where("sweep.trials"), "sweep.trials",
                           text("is ", now, ", but the study has ", old, " configurations already"),
                           "a study can be extended, never made smaller"});
    } else if (is_wider_ && now == old) {
      problems_.push_back({after_.where("sweep.trials"), "sweep.trials",
                           text("is ", now,
                                ", as before, but wider ranges and further choices are drawn from "
                                "by configurations that come with them"),
                           text("ask for more than ", now, " as well")});
    }
  }

  const Study& before_;
  const Study& after_;
  bool is_wider_ = false;
  std::vector<Problem> problems_;
};

}  // namespace

void require_extension(const Study& before, const Study& after) {
  throw_if_any(Kind::config, StudyComparison(before, after).problems());
}

Point translated(const Point& point, const Space& from, const Space& to) {
  Point out = to.empty_point();
  const std::size_t n = std::min(point.size(), from.parameters.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string& name = to.parameters[i].name;
    if (i < n && from.parameters[i].name == name) {
      out[i] = point[i];
      continue;
    }
    for (std::size_t k = 0; k < n; ++k) {
      if (from.parameters[k].name == name) out[i] = point[k];
    }
  }
  return out;
}

}  // namespace assay::sweep
