#include "runner/cli/value_text.h"

#include <vector>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/config/to_yaml.h"

namespace assay::cli {

std::string inline_yaml(const Json& value) {
  const std::string key = "x: ";
  const std::string line(trim(to_yaml(Json(Json::Map{{"x", value}}))));
  return line.rfind(key, 0) == 0 && line.find('\n') == std::string::npos ? line.substr(key.size())
                                                                         : to_text(value);
}

std::string rule_text(const FieldInfo& field) {
  std::vector<std::string> words;
  for (const Rule& rule : field.rules) words.push_back(rule.words);
  return join(words, "; ");
}

std::string default_text(const FieldInfo& field) {
  if (field.is_required) return "required";
  if (field.default_value.is_null()) return "-";
  if (field.default_value.is_text()) return field.default_value.text();
  return inline_yaml(field.default_value);
}

}  // namespace assay::cli
