#include "runner/config/merge.h"

#include <algorithm>
#include <utility>

namespace assay {
namespace {

bool names_another_type(const Value& base, const Value& over, const Guide& guide) {
  const Value* type = over.find("type");
  if (!guide.is_slot() || !type || !type->is_scalar()) return false;
  const std::string named = guide.component_name(base);
  return !named.empty() && named != type->text();
}

}  // namespace

void merge(Value& base, Value over, const Guide& guide, Replacements* log, std::string_view key) {
  if (guide.is_slot() && base.is_scalar() && over.is_map() && !over.find("type")) base = guide.as_map(base);
  if (!base.is_map() || !over.is_map() || names_another_type(base, over, guide)) {
    if (log) log->add(key, over, base);
    base = std::move(over);
    return;
  }
  for (Value::Entry& entry : over.entries()) {
    const auto same_key = [&](const Value::Entry& other) { return other.key == entry.key; };
    const auto found = std::find_if(base.entries().begin(), base.entries().end(), same_key);
    if (found == base.entries().end()) {
      base.entries().push_back(std::move(entry));
    } else {
      const Guide below = guide.below(entry.key, base);
      merge(found->value, std::move(entry.value), below, log, found->key);
      found->key_where = std::move(entry.key_where);
    }
  }
}

}  // namespace assay
