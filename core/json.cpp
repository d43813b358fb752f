#include "core/json.h"

#include "core/error.h"
#include "core/tree_path.h"

namespace assay {

const Json* Json::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  for (const auto& [name, value] : entries()) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Json* Json::find_path(std::string_view path) const { return find_by_path(*this, path); }

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) data_ = Map{};
  ASSAY_ASSERT(is_map());
  for (auto& [name, old] : entries()) {
    if (name == key) {
      old = std::move(value);
      return old;
    }
  }
  entries().emplace_back(std::string(key), std::move(value));
  return entries().back().second;
}

void Json::push(Json value) {
  if (is_null()) data_ = List{};
  ASSAY_ASSERT(is_list());
  items().push_back(std::move(value));
}

bool Json::operator==(const Json& other) const {
  if (is_map() && other.is_map()) {
    if (entries().size() != other.entries().size()) return false;
    for (const auto& [key, value] : entries()) {
      const Json* theirs = other.find(key);
      if (!theirs || !(value == *theirs)) return false;
    }
    return true;
  }
  return data_ == other.data_;
}

}  // namespace assay
