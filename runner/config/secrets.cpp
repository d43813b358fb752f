#include "runner/config/secrets.h"

#include "core/text.h"
#include "registry/secret.h"
#include "runner/config/explain.h"

namespace assay {
namespace {

bool holds_secrets(const FieldInfo* field) {
  if (field == nullptr) return false;
  const TypeInfo* type = &field->type;
  while (type->item) type = type->item.get();
  return type->kind == TypeInfo::Kind::secret;
}

void check(const Json& value, const Explanation& each, std::vector<Problem>& problems) {
  if (value.is_list()) {
    for (const Json& item : value.items()) check(item, each, problems);
  }
  const std::optional<Secret> secret = value.is_text() ? parse_secret(value.text()) : std::nullopt;
  if (!secret || secret->is_readable()) return;
  problems.push_back({each.where, each.path,
                      text("is `", to_string(*secret), "`, but the environment variable is not set"),
                      text("export ", secret->variable(), "=...")});
}

}  // namespace

std::vector<Problem> missing_secrets(const LoadedConfig& config, const Registry& registry) {
  std::vector<Problem> problems;
  for (const Explanation& each : explain(config, registry)) {
    if (holds_secrets(each.field)) check(each.value, each, problems);
  }
  return problems;
}

}  // namespace assay
