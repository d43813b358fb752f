#include "runner/config/diff.h"

#include <algorithm>
#include <string_view>

#include "core/text.h"
#include "core/tree_path.h"

namespace assay {
namespace {

bool is_another_component(const Json& a, const Json& b) {
  const Json* type_a = a.find("type");
  const Json* type_b = b.find("type");
  return type_a && type_b && !(*type_a == *type_b);
}

void compare(const Json& a, const Json& b, const std::string& path, std::vector<Difference>& out);

void compare_maps(const Json& a, const Json& b, const std::string& path, std::vector<Difference>& out) {
  for (const auto& [key, value] : a.entries()) {
    const std::string here = path_below(path, key);
    if (const Json* other = b.find(key))
      compare(value, *other, here, out);
    else
      out.push_back({here, value, std::nullopt});
  }
  for (const auto& [key, value] : b.entries()) {
    if (!a.find(key)) out.push_back({path_below(path, key), std::nullopt, value});
  }
}

// Lists of numbers or texts are one value to their readers; lists of components are compared one by one.
void compare_lists(const Json& a, const Json& b, const std::string& path, std::vector<Difference>& out) {
  const auto is_component = [](const Json& item) { return item.is_map(); };
  const bool has_components = std::all_of(a.items().begin(), a.items().end(), is_component) &&
                              std::all_of(b.items().begin(), b.items().end(), is_component);
  if (!has_components) {
    if (!(a == b)) out.push_back({path, a, b});
    return;
  }
  const std::size_t longest = std::max(a.items().size(), b.items().size());
  for (std::size_t i = 0; i < longest; ++i) {
    const std::string here = path_below(path, std::to_string(i));
    if (i >= a.items().size())
      out.push_back({here, std::nullopt, b.items()[i]});
    else if (i >= b.items().size())
      out.push_back({here, a.items()[i], std::nullopt});
    else
      compare(a.items()[i], b.items()[i], here, out);
  }
}

void compare(const Json& a, const Json& b, const std::string& path, std::vector<Difference>& out) {
  if (a.is_map() && b.is_map() && !is_another_component(a, b)) return compare_maps(a, b, path, out);
  if (a.is_list() && b.is_list()) return compare_lists(a, b, path, out);
  const bool is_same_number = a.is_number() && b.is_number() && a.real() == b.real();
  if (!is_same_number && !(a == b)) out.push_back({path, a, b});
}

}  // namespace

std::vector<Difference> differences(const Json& a, const Json& b) {
  std::vector<Difference> out;
  compare(a, b, {}, out);
  return out;
}

}  // namespace assay
