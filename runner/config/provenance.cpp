#include "runner/config/provenance.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "core/text.h"

namespace assay {
namespace {

void add_leaves(const Value& node, const std::string& path, Json::Map& out) {
  const auto below = [&](std::string_view key) {
    return path.empty() ? std::string(key) : text(path, '.', key);
  };
  if (node.is_map() && !node.entries().empty()) {
    for (const Value::Entry& entry : node.entries()) add_leaves(entry.value, below(entry.key), out);
  } else if (node.is_list() && !node.items().empty()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) add_leaves(node.items()[i], below(text(i)), out);
  } else {
    out.emplace_back(path, to_string(node.where()));
  }
}

}  // namespace

Json provenance_of(const Value& config) {
  Json::Map leaves;
  add_leaves(config, {}, leaves);
  return leaves;
}

void place(std::span<Problem> problems, const Value& config) {
  for (Problem& problem : problems) {
    if (problem.where.is_known() || problem.path.empty()) continue;
    std::string path = problem.path;
    while (!config.find_path(path)) path.erase(path.find('.') == std::string::npos ? 0 : path.rfind('.'));
    problem.where = config.find_path(path)->where();
  }
}

// ---- Overrides

namespace {

struct Dependence {
  std::string_view section;
  std::array<std::string_view, 4> others;  // empty: none
};

// What a problem in a section may be about besides the section itself.
constexpr std::array dependences = {
    Dependence{"model", {"dataset"}},
    Dependence{"loss", {"dataset"}},
    Dependence{"optimizer", {"model", "dataset"}},
    Dependence{"metrics", {"dataset"}},
    Dependence{"schedule", {"train", "dataset"}},
    Dependence{"train", {"model", "dataset"}},
    Dependence{"evaluate", {"train", "checkpoint", "model", "dataset"}},
    Dependence{"checkpoint", {"metrics", "dataset"}},
    Dependence{"observers", {"metrics", "dataset"}},
};

std::vector<std::string> related_sections(const std::string& path) {
  const std::string section = path.substr(0, path.find('.'));
  std::vector<std::string> sections = {section};
  for (const Dependence& dependence : dependences) {
    if (dependence.section != section) continue;
    for (const std::string_view other : dependence.others) {
      if (!other.empty()) sections.emplace_back(other);
    }
  }
  return sections;
}

void add_overrides(const Value& node, std::vector<Where>& out) {
  if (node.where().kind == Where::Kind::argument) out.push_back(node.where());
  if (node.is_list()) {
    for (const Value& item : node.items()) add_overrides(item, out);
  } else if (node.is_map()) {
    for (const Value::Entry& entry : node.entries()) add_overrides(entry.value, out);
  }
}

std::vector<std::string> overrides_below(const std::vector<std::string>& paths, const Value& config) {
  std::vector<Where> found;
  for (const std::string& path : paths) {
    if (const Value* node = config.find_path(path)) add_overrides(*node, found);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Where& a, const Where& b) { return a.line < b.line; });
  std::vector<std::string> words;
  for (const Where& where : found) {
    std::string each = to_string(where);
    if (std::find(words.begin(), words.end(), each) == words.end()) words.push_back(std::move(each));
  }
  return words;
}

}  // namespace

void note_overrides(std::span<Problem> problems, const Value& config, Cause cause) {
  for (Problem& problem : problems) {
    if (problem.path.empty()) continue;
    const auto paths = cause == Cause::related ? related_sections(problem.path) : std::vector{problem.path};
    const std::string own_place = to_string(problem.where);
    for (const std::string& override : overrides_below(paths, config)) {
      std::string note = "changed by " + override;
      const bool is_said = override == own_place ||
                           std::find(problem.notes.begin(), problem.notes.end(), note) != problem.notes.end();
      if (!is_said) problem.notes.push_back(std::move(note));
    }
  }
}

}  // namespace assay
