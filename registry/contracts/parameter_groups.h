// Parameters of a model that an optimizer treats apart: `groups: [{match: "*bias", weight_decay: 0}]`. A
// group may give any of the optimizer's own parameters another value; type, rules and doc are those of the
// optimizer's declaration. The first group that matches a name takes it.
//
//   struct SgdParams {
//     double lr = 0.01;
//     double weight_decay = 0.0;
//     ParameterGroups<SgdParams> groups;
//
//     static void describe(Fields<SgdParams>& f) {
//       f("lr", &SgdParams::lr, "step size", positive);
//       f("weight_decay", &SgdParams::weight_decay, "added to the gradient", non_negative);
//       describe_groups(f);
//     }
//     std::int64_t state_per_weight() const { return 0; }   // numbers that the optimizer keeps for each
//     weight
//   };
//
// registry/contracts/tensor/optimizer.h divides the tensors by them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/contracts/globs.h"
#include "registry/contracts/shape.h"
#include "registry/fields.h"

namespace assay {

/// What a group has whatever its optimizer: which names it takes, and which values it gives.
struct GroupBase {
  Globs match;
  std::vector<const FieldInfo*> written;  // of the optimizer's schema; their values are in ParameterGroup
};

template <class P>
struct ParameterGroup : GroupBase {
  P values;  // of `written` alone
};

template <class P>
using ParameterGroups = std::vector<ParameterGroup<P>>;

inline constexpr std::string_view groups_key = "groups";

/// Where a group keeps the optimizer's parameters.
struct GroupValues {
  void* (*to_write)(GroupBase& group);
  const void* (*to_read)(const GroupBase& group);
};

/// The keys that a group may have: `match`, and the optimizer's but for `groups`. Its params are a GroupBase.
Schema group_schema(const Schema& optimizer, GroupValues values);

template <class P>
const Schema& group_schema_of() {
  using Group = ParameterGroup<P>;
  static const Schema schema = group_schema(
      schema_of<P>(),
      {[](GroupBase& group) -> void* { return &static_cast<Group&>(group).values; },
       [](const GroupBase& group) -> const void* { return &static_cast<const Group&>(group).values; }});
  return schema;
}

template <class P>
struct Codec<ParameterGroup<P>> {
  static TypeInfo type() {
    TypeInfo info{TypeInfo::Kind::section};
    info.section = +[] { return &group_schema_of<P>(); };
    return info;
  }
  static bool read(const Value& value, ParameterGroup<P>& out, BindContext& context) {
    if (!value.is_map()) {
      report_type(value, type(), context);
      return false;
    }
    const std::size_t before = context.problems.size();
    bind_fields(value, {{&group_schema_of<P>(), static_cast<GroupBase*>(&out)}}, {}, context);
    return context.problems.size() == before;
  }
  static Json write(const ParameterGroup<P>& group) {
    Json out(Json::Map{{"match", Codec<Globs>::write(group.match)}});
    for (const FieldInfo* field : group.written) out.set(field->key, field->write(&group.values));
    return out;
  }
};

/// The optimizer's parameters as they are in a group: its own, and over them what the group says.
template <class P>
P in_group(const ParameterGroup<P>& group, const P& own) {
  P out = own;
  for (const FieldInfo* field : group.written) field->copy(&group.values, &out);
  return out;
}

/// Reports the rules over several fields that do not hold in a group. params: the optimizer's, as they are in
/// it.
void check_group(const Value& optimizer, std::size_t group, const Schema& schema, const void* params,
                 BindContext& context);

/// Declares `groups`. The optimizer's rules over several fields then hold in every group as well.
template <class P>
void describe_groups(Fields<P>& f) {
  f(std::string(groups_key), &P::groups,
    "parameters of the model with values of their own, each group as {match: \"*bias\", weight_decay: 0}; "
    "the first that matches a name takes it");
  f.deep_check([](const Value& map, const P& params, BindContext& context) {
    for (std::size_t i = 0; i < params.groups.size(); ++i) {
      const P inside = in_group(params.groups[i], params);
      check_group(map, i, schema_of<P>(), &inside, context);
    }
  });
}

/// A group as it is known without a model.
struct GroupOutline {
  Globs match;                // none: all that no group takes
  Json values = Json::map();  // what it says: {"weight_decay": 0}
  std::optional<std::int64_t> state_per_weight =
      std::nullopt;  // numbers kept for each weight; nothing if not declared
};

/// A problem for each glob that matches none of the parameters. path: of `match`, as "train.freeze.0.match".
std::vector<Problem> unmatched_globs(const Globs& match, const std::vector<TensorOutline>& tensors,
                                     const std::string& path);
/// The same of all groups. optimizer: its path, as "optimizer".
std::vector<Problem> unmatched_globs(const std::vector<GroupOutline>& groups,
                                     const std::vector<TensorOutline>& tensors, const std::string& optimizer);

/// What an optimizer's declaration carries (ComponentInfo::facet).
struct OptimizerFacet {
  /// In the order of the config; the last is that of all other parameters.
  std::function<std::vector<GroupOutline>(const void* params)> groups;
  bool needs_closure = false;  // calls StepContext::closure (registry/contracts/tensor/optimizer.h)
};

template <class P>
std::optional<std::int64_t> state_per_weight(const P& params) {
  if constexpr (requires { params.state_per_weight(); }) return params.state_per_weight();
  return std::nullopt;
}

template <class P>
std::vector<GroupOutline> outline_groups(const P& params) {
  std::vector<GroupOutline> out;
  if constexpr (requires { params.groups; }) {
    for (const ParameterGroup<P>& group : params.groups) {
      Json values = Json::map();
      for (const FieldInfo* field : group.written) values.set(field->key, field->write(&group.values));
      out.push_back({group.match, std::move(values), state_per_weight(in_group(group, params))});
    }
  }
  out.push_back({{}, Json::map(), state_per_weight(params)});
  return out;
}

/// Which group takes a parameter: its index, or groups.size() if none does.
template <class Group>
std::size_t group_of(const std::vector<Group>& groups, std::string_view name) {
  std::size_t i = 0;
  while (i < groups.size() && !groups[i].match.match(name)) ++i;
  return i;
}

}  // namespace assay
