#include "registry/secret.h"

#include <cstdlib>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr std::string_view prefix = "!secret ";

bool is_variable_name(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  constexpr std::string_view digits = "0123456789";
  return !name.empty() && letters.find(name.front()) != std::string_view::npos &&
         name.find_first_not_of(text(letters, digits)) == std::string_view::npos;
}

// `observers.0.api_token` -> API_TOKEN
std::string likely_variable(std::string_view path) {
  std::string name(path.substr(path.rfind('.') + 1));
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return is_variable_name(name) ? name : "TOKEN";
}

}  // namespace

bool Secret::is_readable() const {
  const char* value = std::getenv(variable_.c_str());
  return value != nullptr && *value != '\0';
}

std::string Secret::read() const {
  if (!is_readable())
    throw Error(Kind::config,
                text("the environment variable ", variable_, ", which holds a secret, is not set"),
                text("export ", variable_, "=..."));
  return std::getenv(variable_.c_str());
}

std::string to_string(const Secret& secret) { return text(prefix, secret.variable()); }

std::optional<Secret> parse_secret(std::string_view written) {
  if (!written.starts_with(prefix) || !is_variable_name(written.substr(prefix.size()))) return std::nullopt;
  return Secret(std::string(written.substr(prefix.size())));
}

bool read_secret(const Value& value, Secret& out, BindContext& context) {
  if (value.is_null()) {
    out = Secret();
    return true;
  }
  if (!value.is_scalar()) {
    report_type(value, {TypeInfo::Kind::secret}, context);
    return false;
  }
  const bool is_tagged = value.tag() == "secret";
  std::optional<Secret> parsed = parse_secret(is_tagged ? text(prefix, value.text()) : value.text());
  if (!parsed) {
    const std::string name = likely_variable(context.path);
    context.report(value.where(),
                   is_tagged ? text("is ", value.kind_text(), ", which names no environment variable")
                             : "is a secret in plain text",
                   is_tagged ? text("names have letters, digits and _, as `!secret ", name, '`')
                             : text("export it as ", name, " and write `!secret ", name, '`'));
    return false;
  }
  out = std::move(*parsed);
  return true;
}

}  // namespace assay
