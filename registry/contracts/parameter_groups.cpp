#include "registry/contracts/parameter_groups.h"

#include <algorithm>

#include "core/text.h"

namespace assay {
namespace {

GroupBase& group_at(void* params) { return *static_cast<GroupBase*>(params); }

FieldInfo match_field() {
  FieldInfo field;
  field.key = "match";
  field.doc = "globs on dotted parameter names, as `*bias`; `*` also crosses dots";
  field.type = Codec<Globs>::type();
  field.rules = {non_empty(), each(non_empty())};
  field.is_required = true;
  field.read = [](const Value& value, void* group, BindContext& context) {
    Codec<Globs>::read(value, group_at(group).match, context);
  };
  field.write = [](const void* group) {
    return Codec<Globs>::write(static_cast<const GroupBase*>(group)->match);
  };
  return field;
}

// The optimizer's field, in a group: what is not written is left to the optimizer.
FieldInfo value_field(const FieldInfo& own, GroupValues values) {
  FieldInfo field = own;
  field.default_value = Json();
  field.is_required = false;
  field.read = [&own, values](const Value& value, void* group, BindContext& context) {
    own.read(value, values.to_write(group_at(group)), context);
    group_at(group).written.push_back(&own);
  };
  field.write = [&own, values](const void* group) {
    return own.write(values.to_read(*static_cast<const GroupBase*>(group)));
  };
  return field;
}

std::vector<std::string> names_of(const std::vector<TensorOutline>& tensors, bool is_buffer) {
  std::vector<std::string> names;
  for (const TensorOutline& tensor : tensors) {
    if (tensor.is_buffer == is_buffer) names.push_back(tensor.name);
  }
  return names;
}

bool matches_any(const std::string& glob, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return glob_matches(glob, name); });
}

}  // namespace

Schema group_schema(const Schema& optimizer, GroupValues values) {
  Schema schema;
  schema.fields.push_back(match_field());
  for (const FieldInfo& field : optimizer.fields) {
    if (field.key != groups_key) schema.fields.push_back(value_field(field, values));
  }
  return schema;
}

void check_group(const Value& optimizer, std::size_t group, const Schema& schema, const void* params,
                 BindContext& context) {
  const std::string key = text(groups_key, '.', group);
  const Value* written = optimizer.find_path(key);
  for (const CrossCheck& check : schema.checks) {
    if (check.holds(params)) continue;
    const BindContext inner{context.registry, context.problems, context.below(key)};
    context.problems.push_back({written ? written->where() : optimizer.where(), inner.path,
                                text(": it must hold that ", check.words),
                                "change one of them; what the group leaves out is the optimizer's"});
  }
}

std::vector<Problem> unmatched_globs(const Globs& match, const std::vector<TensorOutline>& tensors,
                                     const std::string& path) {
  const std::vector<std::string> parameters = names_of(tensors, false);
  const std::vector<std::string> buffers = names_of(tensors, true);
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < match.items.size(); ++i) {
    const std::string& glob = match.items[i];
    if (matches_any(glob, parameters)) continue;
    const bool is_of_buffers = matches_any(glob, buffers);
    problems.push_back({{},
                        // a list of one may also stand without brackets
                        match.items.size() == 1 ? path : text(path, '.', i),
                        text("is '", printable(glob), "', which matches no parameter of the model",
                             is_of_buffers ? ", only buffers, which are not trained" : ""),
                        suggest_glob(glob, parameters)});
  }
  return problems;
}

std::vector<Problem> unmatched_globs(const std::vector<GroupOutline>& groups,
                                     const std::vector<TensorOutline>& tensors,
                                     const std::string& optimizer) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string path = text(optimizer, '.', groups_key, '.', i, ".match");
    for (Problem& problem : unmatched_globs(groups[i].match, tensors, path))
      problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace assay
