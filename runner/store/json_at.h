// What stands under a key of a JSON map, if it is there and of that type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/io/json_text.h"
#include "core/json.h"

namespace assay::store {

/// What a text says; nothing if it is no JSON, as a power cut leaves a file that was not synced.
inline std::optional<Json> json_in(std::string_view text) {
  try {
    return parse_json(text, "");
  } catch (const Error&) {
    return std::nullopt;
  }
}

inline std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value && value->is_text() ? value->text() : std::string();
}

inline std::int64_t integer_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value && value->is_integer() ? value->integer() : 0;
}

/// Also of the texts that stand for numbers that JSON cannot write.
inline double real_at(const Json& json, std::string_view key, double otherwise = 0) {
  const Json* value = json.find(key);
  return value ? real_of(*value).value_or(otherwise) : otherwise;
}

inline bool boolean_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value && value->is_boolean() && value->boolean();
}

inline std::vector<std::string> texts_at(const Json& json, std::string_view key) {
  std::vector<std::string> out;
  const Json* list = json.find(key);
  if (!list || !list->is_list()) return out;
  for (const Json& item : list->items()) {
    if (item.is_text()) out.push_back(item.text());
  }
  return out;
}

inline Json list_of(const std::vector<std::string>& texts) {
  return Json(Json::List(texts.begin(), texts.end()));
}

}  // namespace assay::store
