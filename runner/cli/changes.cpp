#include "runner/cli/changes.h"

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/output.h"

namespace assay::cli {
namespace {

constexpr const char* compared_keys[] = {"assay",         "commit",     "source_changes.sha256",
                                         "compiler",      "build_type", "programs",
                                         "libraries",     "cpu",        "gpu",
                                         "driver",        "device",     "threads",
                                         "memory_format", "processes"};

std::string words_of(const Json& value) {
  const std::string words = value.is_text() ? value.text() : to_text(value);
  constexpr std::size_t longest = 60;
  return printable(words.size() <= longest ? words : words.substr(0, 12) + "...");
}

void compare(const std::string& name, const Json& before, const Json& now, std::vector<std::string>& out) {
  if (before == now) return;
  if (!before.is_map() || !now.is_map()) {
    out.push_back(text(name, " was ", words_of(before), ", is ", words_of(now)));
    return;
  }
  for (const auto& [key, value] : before.entries()) {
    if (const Json* other = now.find(key)) compare(text(name, '.', key), value, *other, out);
  }
}

}  // namespace

std::vector<std::string> changes(const Json& before, const Json& now) {
  std::vector<std::string> out;
  for (const char* key : compared_keys) {
    const Json* old_value = before.find_path(key);
    const Json* new_value = now.find_path(key);
    if (old_value != nullptr && new_value != nullptr) compare(key, *old_value, *new_value, out);
  }
  return out;
}

}  // namespace assay::cli
