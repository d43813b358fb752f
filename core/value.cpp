#include "core/value.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "core/tree_path.h"

namespace assay {

Value Value::null(Where where) {
  Value value;
  value.where_ = std::move(where);
  return value;
}

Value Value::scalar(std::string text, bool is_quoted, Where where) {
  Value value = null(std::move(where));
  value.data_ = Scalar{std::move(text), is_quoted};
  return value;
}

Value Value::list(List items, Where where) {
  Value value = null(std::move(where));
  value.data_ = std::move(items);
  return value;
}

Value Value::map(Map entries, Where where) {
  Value value = null(std::move(where));
  value.data_ = std::move(entries);
  return value;
}

std::string Value::kind_text() const {
  if (is_null()) return "nothing";
  if (is_list()) return "a list";
  if (is_map()) return "a map";
  constexpr std::size_t longest = 60;
  const std::string shown = printable(text().size() > longest ? text().substr(0, longest) + "..." : text());
  return tag_.empty() ? "'" + shown + "'" : "`!" + tag_ + ' ' + shown + '`';
}

const Value* Value::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  for (const Entry& entry : entries()) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Value* Value::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

const Value* Value::find_path(std::string_view path) const { return find_by_path(*this, path); }

Value* Value::find_path(std::string_view path) {
  return const_cast<Value*>(std::as_const(*this).find_path(path));
}

Value& Value::set(std::string_view key, Value value, Where key_where) {
  if (is_null()) data_ = Map{};
  ASSAY_ASSERT(is_map());
  if (Value* found = find(key)) {
    *found = std::move(value);
    return *found;
  }
  if (!key_where.is_known()) key_where = value.where();
  entries().push_back({std::string(key), std::move(key_where), std::move(value)});
  return entries().back().value;
}

bool Value::erase(std::string_view key) {
  if (!is_map()) return false;
  Map& map = entries();
  const auto found =
      std::find_if(map.begin(), map.end(), [&](const Entry& entry) { return entry.key == key; });
  if (found == map.end()) return false;
  map.erase(found);
  return true;
}

bool Value::equals(const Value& other) const {
  if (data_.index() != other.data_.index() || tag_ != other.tag_) return false;
  if (is_scalar()) return text() == other.text() && is_quoted() == other.is_quoted();
  if (is_list()) {
    return std::equal(items().begin(), items().end(), other.items().begin(), other.items().end(),
                      [](const Value& a, const Value& b) { return a.equals(b); });
  }
  if (is_map()) {
    if (entries().size() != other.entries().size()) return false;
    return std::all_of(entries().begin(), entries().end(), [&](const Entry& entry) {
      const Value* theirs = other.find(entry.key);
      return theirs && entry.value.equals(*theirs);
    });
  }
  return true;
}

}  // namespace assay
