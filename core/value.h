// A config node that knows its place. Scalars keep the text that was written and whether it was quoted; what
// the text means is decided when it is bound to a declared type (registry/fields.h), never by the YAML
// reader.
//
//   const Value* lr = config.find_path("optimizer.lr");
//   if (lr && lr->is_scalar()) ... lr->text(), lr->where()
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/where.h"

namespace assay {

class Value {
 public:
  struct Entry;  // key, the key's place, value
  using List = std::vector<Value>;
  using Map = std::vector<Entry>;  // in the order written; keys are unique

  Value() = default;  // null, nowhere
  static Value null(Where where);
  static Value scalar(std::string text, bool is_quoted, Where where);
  static Value list(List items, Where where);
  static Value map(Map entries, Where where);

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_scalar() const { return std::holds_alternative<Scalar>(data_); }
  bool is_list() const { return std::holds_alternative<List>(data_); }
  bool is_map() const { return std::holds_alternative<Map>(data_); }
  /// "a map", "a list", "nothing", "'text'": for messages.
  std::string kind_text() const;

  const Where& where() const { return where_; }
  void set_where(Where where) { where_ = std::move(where); }

  /// Scalars only.
  const std::string& text() const { return std::get<Scalar>(data_).text; }
  bool is_quoted() const { return std::get<Scalar>(data_).is_quoted; }

  /// `!secret` and the like, without the exclamation mark; empty if none.
  const std::string& tag() const { return tag_; }
  void set_tag(std::string tag) { tag_ = std::move(tag); }

  /// Lists only.
  const List& items() const { return std::get<List>(data_); }
  List& items() { return std::get<List>(data_); }

  /// Maps only.
  const Map& entries() const { return std::get<Map>(data_); }
  Map& entries() { return std::get<Map>(data_); }

  /// The value under a key of this map, or null if this is no map or has no such key.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  /// The value under `a.b.2.c` (numbers index lists), or null.
  const Value* find_path(std::string_view path) const;
  Value* find_path(std::string_view path);
  /// Replaces or appends a key of this map; a null node becomes a map first.
  Value& set(std::string_view key, Value value, Where key_where = {});
  /// Removes a key; false if it was not there.
  bool erase(std::string_view key);

  /// Same content, whatever the places and the quoting of what is the same text.
  bool equals(const Value& other) const;

 private:
  struct Scalar {
    std::string text;
    bool is_quoted = false;
  };
  std::variant<std::monostate, Scalar, List, Map> data_;
  Where where_;
  std::string tag_;
};

struct Value::Entry {
  std::string key;
  Where key_where;
  Value value;
};

}  // namespace assay
