#include "runner/config/replacements.h"

namespace assay {

void Replacements::add(std::string_view key, const Value& now, const Value& before) {
  const std::string place = to_string(now.where());
  if (!before.where().is_known() || place == to_string(before.where())) return;
  const auto [entry, is_new] = before_.try_emplace({std::string(key), place}, before);
  if (is_new || !entry->second) return;
  if (to_string(entry->second->where()) != to_string(before.where())) entry->second.reset();
}

void Replacements::move(std::string_view key, const Where& name, const Where& preset) {
  const Value* before = find(key, name);
  if (before == nullptr) return;
  before_.insert_or_assign({std::string(key), to_string(preset)}, *before);
}

const Value* Replacements::find(std::string_view key, const Where& now) const {
  const auto found = before_.find({std::string(key), to_string(now)});
  return found == before_.end() || !found->second ? nullptr : &*found->second;
}

}  // namespace assay
