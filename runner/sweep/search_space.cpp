#include "runner/sweep/search_space.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/text.h"
#include "runner/sweep/values.h"

namespace assay::sweep {

Value SearchSpace::made(const Value& node, const Point& point) const {
  const auto found = nodes_.find(&node);
  if (found != nodes_.end()) {
    const Parameter& parameter = space_.parameters[found->second];
    const double value = point[found->second];
    if (parameter.kind == Parameter::Kind::choice)
      return made(node.find("choice")->items()[static_cast<std::size_t>(value)], point);
    return Value::scalar(number_of(value, parameter.kind == Parameter::Kind::integer), false, node.where());
  }
  if (nodes_.empty() || node.is_scalar() || node.is_null()) return node;
  Value copy = node;
  if (copy.is_list()) {
    for (std::size_t i = 0; i < copy.items().size(); ++i) copy.items()[i] = made(node.items()[i], point);
  } else {
    for (std::size_t i = 0; i < copy.entries().size(); ++i)
      copy.entries()[i].value = made(node.entries()[i].value, point);
  }
  return copy;
}

std::vector<Override> SearchSpace::overrides(const Point& point) const {
  std::vector<Override> out;
  for (const Entry& entry : entries_) {
    const double value = point[entry.parameter];
    if (std::isnan(value)) continue;
    for (std::size_t i = 0; i < entry.keys.size(); ++i) {
      Override override;
      override.path = split(entry.keys[i], '.');
      override.value =
          entry.node ? made(*entry.node, point) : *entry.rows[static_cast<std::size_t>(value)][i];
      override.where = entry.where;
      out.push_back(std::move(override));
    }
  }
  // A slot before its parameters, which it would replace.
  std::stable_sort(out.begin(), out.end(),
                   [](const Override& a, const Override& b) { return a.path.size() < b.path.size(); });
  return out;
}

std::string SearchSpace::label(const Point& point) const {
  std::vector<std::string> parts;
  for (const Override& override : overrides(point))
    parts.push_back(text(join(override.path, "."), '=', one_line(override.value)));
  return join(parts, " ");
}

std::string SearchSpace::value_label(std::size_t parameter, double value) const {
  const Parameter& drawn = space_.parameters[parameter];
  if (drawn.kind != Parameter::Kind::choice) return number_of(value, drawn.kind == Parameter::Kind::integer);
  const auto number = static_cast<std::size_t>(value);
  for (const Entry& entry : entries_) {
    if (entry.parameter != parameter || entry.node) continue;
    std::vector<std::string> values;
    for (const Value* one : entry.rows[number]) values.push_back(one_line(*one));
    return join(values, " ");
  }
  for (const auto& [node, drawn_there] : nodes_) {
    if (drawn_there != parameter) continue;
    const Value& choice = node->find("choice")->items()[number];
    const Value* type = choice.is_map() ? choice.find("type") : nullptr;
    return one_line(type ? *type : choice);
  }
  return text(number);
}

namespace {

// What must be so that a parameter is active: a set of values for each parameter that it depends on.
void require(const Space& space, std::size_t parameter, std::map<std::size_t, std::vector<double>>& needed) {
  for (const Condition& condition : space.parameters[parameter].conditions) {
    const auto [found, is_new] = needed.try_emplace(condition.parameter, condition.values);
    if (!is_new) {
      std::erase_if(found->second, [&](double value) {
        return std::find(condition.values.begin(), condition.values.end(), value) == condition.values.end();
      });
    }
    require(space, condition.parameter, needed);
  }
}

}  // namespace

Point SearchSpace::point_with(std::size_t parameter, double value) const {
  std::map<std::size_t, std::vector<double>> needed;
  require(space_, parameter, needed);
  Point point = space_.empty_point();
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (!space_.is_active(i, point)) continue;
    const auto found = needed.find(i);
    const bool is_needed = found != needed.end() && !found->second.empty();
    point[i] = i == parameter ? value : is_needed ? found->second.front() : space_.parameters[i].at(0);
  }
  return point;
}

}  // namespace assay::sweep
