// A parameter that must not be written down: a token, a password. A config says `token: !secret HF_TOKEN`;
// what is bound, printed, stored and compared is this reference. The value is in the environment variable and
// is taken from there where it is used.
//
//   struct Params { Secret token; };
//   f("token", &Params::token, "opens the door");
//   ... params.token.read() ...
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "registry/fields.h"

namespace assay {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string variable) : variable_(std::move(variable)) {}

  /// False where the config gives none.
  bool is_set() const { return !variable_.empty(); }
  /// The environment variable's name.
  const std::string& variable() const { return variable_; }
  /// Whether read() would succeed: the variable exists and is not empty.
  bool is_readable() const;
  /// The value. Throws Kind::config if the variable is not set or is empty. Not to be kept, nor put into a
  /// message.
  std::string read() const;

  bool operator==(const Secret&) const = default;

 private:
  std::string variable_;
};

/// `!secret HF_TOKEN`
std::string to_string(const Secret& secret);
/// The reverse; nothing if the text is no such reference.
std::optional<Secret> parse_secret(std::string_view text);

/// Takes `!secret NAME` and, as JSON has no tags, the text "!secret NAME". A plain text is refused and not
/// repeated.
bool read_secret(const Value& value, Secret& out, BindContext& context);

template <>
struct Codec<Secret> {
  static TypeInfo type() { return {TypeInfo::Kind::secret}; }
  static bool read(const Value& value, Secret& out, BindContext& context) {
    return read_secret(value, out, context);
  }
  static Json write(const Secret& value) { return value.is_set() ? Json(to_string(value)) : Json(); }
};

}  // namespace assay
