#include "registry/slot.h"

#include "registry/registry.h"

namespace assay {

Json SlotBase::to_json() const {
  if (is_empty()) return {};
  if (!is_bound()) return name_;
  Json map(Json::Map{{"type", Json(name_)}});
  const auto add = [&map](const Schema* schema, const void* params) {
    if (!schema) return;
    for (const FieldInfo& field : schema->fields) map.entries().emplace_back(field.key, field.write(params));
  };
  add(component_->schema, params_.get());
  add(component_->common, common_.get());
  return map;
}

}  // namespace assay
