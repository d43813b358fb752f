// Typed data without places: resolved configs, results, summaries. A Value (core/value.h) is what was
// written; a Json is what it means. Text to and from it is core/io/json_text.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

class Json {
 public:
  using List = std::vector<Json>;
  using Map = std::vector<std::pair<std::string, Json>>;  // keeps its order; keys are unique

  Json() = default;  // null
  Json(bool value) : data_(value) {}
  Json(int value) : data_(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : data_(value) {}
  Json(std::uint64_t value) : data_(static_cast<std::int64_t>(value)) {}
  Json(double value) : data_(value) {}
  Json(const char* value) : data_(std::string(value)) {}
  Json(std::string_view value) : data_(std::string(value)) {}
  Json(std::string value) : data_(std::move(value)) {}
  Json(List value) : data_(std::move(value)) {}
  Json(Map value) : data_(std::move(value)) {}

  static Json list() { return Json(List{}); }
  static Json map() { return Json(Map{}); }

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_boolean() const { return std::holds_alternative<bool>(data_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
  bool is_real() const { return std::holds_alternative<double>(data_); }
  bool is_number() const { return is_integer() || is_real(); }
  bool is_text() const { return std::holds_alternative<std::string>(data_); }
  bool is_list() const { return std::holds_alternative<List>(data_); }
  bool is_map() const { return std::holds_alternative<Map>(data_); }

  bool boolean() const { return std::get<bool>(data_); }
  std::int64_t integer() const { return std::get<std::int64_t>(data_); }
  /// Of an integer as well.
  double real() const { return is_integer() ? static_cast<double>(integer()) : std::get<double>(data_); }
  const std::string& text() const { return std::get<std::string>(data_); }
  const List& items() const { return std::get<List>(data_); }
  List& items() { return std::get<List>(data_); }
  const Map& entries() const { return std::get<Map>(data_); }
  Map& entries() { return std::get<Map>(data_); }

  /// Null if this is no map or has no such key.
  const Json* find(std::string_view key) const;
  /// `a.b.2.c`; null if it is not there.
  const Json* find_path(std::string_view path) const;
  /// Replaces or appends; a null becomes a map first.
  Json& set(std::string_view key, Json value);
  void push(Json value);

  bool operator==(const Json& other) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> data_;
};

}  // namespace assay
