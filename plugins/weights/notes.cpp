#include "plugins/weights/notes.h"

#include "core/error.h"
#include "core/io/json_text.h"

namespace assay::weights {
namespace {

constexpr std::size_t longest_comment = 65535;

}  // namespace

std::string comment_of(const Notes& notes) {
  Json map = Json::map();
  std::string comment;
  for (const auto& [key, value] : notes) {
    map.set(key, value);
    std::string longer = to_text(map);
    if (longer.size() > longest_comment) break;
    comment = std::move(longer);
  }
  return comment;
}

Notes notes_of_comment(std::string_view comment) {
  Notes notes;
  if (!comment.starts_with('{')) return notes;
  try {
    const Json map = parse_json(comment, "comment");
    for (const auto& [key, value] : map.entries()) {
      if (value.is_text()) notes.emplace_back(key, value.text());
    }
  } catch (const Error&) {
    return {};  // a comment is for people: what it says decides nothing
  }
  return notes;
}

}  // namespace assay::weights
