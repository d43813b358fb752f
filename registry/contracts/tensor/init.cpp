#include "registry/contracts/tensor/init.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

namespace assay {

InitRules::InitRules(const std::vector<InitRule>& rules, const Implementations& parts) {
  for (const InitRule& rule : rules) {
    rules_.push_back({rule.match, parts.build(rule.use, {}), rule.use.name() == "constant"});
  }
}

const Init* InitRules::find(std::string_view name) const {
  for (const Rule& rule : rules_) {
    if (rule.match.match(name)) return rule.init.get();
  }
  return nullptr;
}

const Init* InitRules::find_constant(std::string_view name) const {
  for (const Rule& rule : rules_) {
    if (rule.is_constant && rule.match.match(name)) return rule.init.get();
  }
  return nullptr;
}

at::Tensor make_parameter(const std::string& name, const std::vector<std::int64_t>& shape, const Init& init,
                          std::int64_t fan_in, std::int64_t fan_out, const InitContext& context) {
  at::Tensor values = at::empty(shape, at::kFloat);
  const std::string full_name = context.path + name;
  const Init* rule = context.rules ? context.rules->find(full_name) : nullptr;
  (rule ? *rule : init).fill(values, fan_in, fan_out, context.seed, full_name);
  return values.requires_grad_(true);
}

at::Tensor make_constant(const std::string& name, const std::vector<std::int64_t>& shape, double value,
                         const InitContext& context) {
  at::Tensor values = at::full(shape, value, at::kFloat);
  const std::string full_name = context.path + name;
  const Init* rule = context.rules ? context.rules->find_constant(full_name) : nullptr;
  if (rule) rule->fill(values, 1, 1, context.seed, full_name);
  return values.requires_grad_(true);
}

}  // namespace assay
