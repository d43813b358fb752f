#include "tests/structure/include_rules.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace assay::testing {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line.substr(0, line.find('#')));
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_matches(pattern, path); });
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool is_of_the_language(const std::string& header) { return header.find_first_of("./") == std::string::npos; }

/// The words before and after "->".
std::pair<std::vector<std::string>, std::vector<std::string>> sides(const std::vector<std::string>& words) {
  const auto arrow = std::find(words.begin(), words.end(), "->");
  if (arrow == words.end()) return {};
  return {{words.begin(), arrow}, {arrow + 1, words.end()}};
}

}  // namespace

SourceFile parse_source(std::string path, std::string_view text) {
  SourceFile file{std::move(path), {}};
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    std::string_view rest = trim(line);
    if (!rest.starts_with('#')) continue;
    rest = trim(rest.substr(1));
    if (!rest.starts_with("include")) continue;
    rest = trim(rest.substr(std::string_view("include").size()));
    const bool is_foreign = rest.starts_with('<');
    if (!is_foreign && !rest.starts_with('"')) continue;
    const auto end = rest.find(is_foreign ? '>' : '"', 1);
    file.includes.push_back({number, std::string(rest.substr(1, end - 1)), is_foreign});
  }
  return file;
}

IncludeRules::IncludeRules(std::string_view text) {
  for (const std::string& line : split(text, '\n')) {
    const auto words = words_of(line);
    if (words.empty()) continue;
    read_line(words);
  }
}

void IncludeRules::read_line(const std::vector<std::string>& words) {
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  const auto [left, right] = sides(rest);
  if (words[0] == "layer" && rest.size() >= 2) {
    layers_.push_back({rest[0], {rest.begin() + 1, rest.end()}});
  } else if (words[0] == "edge" && left.size() == 1 && !right.empty()) {
    edges_[left[0]] = right;
  } else if (words[0] == "apart" && !rest.empty()) {
    apart_.insert(apart_.end(), rest.begin(), rest.end());
  } else if (words[0] == "only" && !left.empty() && !right.empty()) {
    restrictions_.push_back({left, right});
  } else if (words[0] == "system" && !rest.empty()) {
    system_.insert(system_.end(), rest.begin(), rest.end());
  } else {
    throw Error(Kind::internal, "not a rule: " + join(words, " "));
  }
}

std::vector<std::string> IncludeRules::violations(const SourceFile& file) const {
  std::vector<std::string> found;
  if (layer_of(file.path).empty()) found.push_back(text(file.path, ": belongs to no layer"));
  for (const Include& include : file.includes) {
    std::string objection = include.is_foreign ? objection_to_foreign(include.header)
                                               : objection_to_ours(file.path, include.header);
    if (objection.empty()) objection = objection_by_restriction(file.path, include.header);
    if (!objection.empty()) {
      found.push_back(text(file.path, ':', include.line, ": includes ", include.header, ", ", objection));
    }
  }
  return found;
}

std::set<std::string> IncludeRules::roots() const {
  std::set<std::string> roots;
  for (const Layer& layer : layers_) {
    for (const std::string& pattern : layer.patterns) roots.insert(pattern.substr(0, pattern.find('/')));
  }
  return roots;
}

/// Empty where no pattern matches.
std::string IncludeRules::layer_of(std::string_view path) const {
  const auto layer = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& candidate) {
    return matches_any(candidate.patterns, path);
  });
  return layer == layers_.end() ? "" : layer->name;
}

std::set<std::string> IncludeRules::reachable(const std::string& layer) const {
  std::set<std::string> seen{layer};
  std::vector<std::string> open{layer};
  while (!open.empty()) {
    const auto edges = edges_.find(open.back());
    open.pop_back();
    if (edges == edges_.end()) continue;
    for (const std::string& next : edges->second) {
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return seen;
}

std::string IncludeRules::objection_to_foreign(const std::string& header) const {
  if (is_of_the_language(header) || matches_any(system_, header)) return "";
  const bool is_known =
      std::any_of(restrictions_.begin(), restrictions_.end(),
                  [&](const Restriction& restriction) { return matches_any(restriction.headers, header); });
  return is_known ? "" : "a foreign header that is in no line of the table";
}

std::string IncludeRules::objection_to_ours(const std::string& path, const std::string& header) const {
  const std::string from = layer_of(path);
  const std::string to = layer_of(header);
  if (to.empty()) return "which is not a path from the root of the tree";
  if (!reachable(from).contains(to)) return text("but there is no edge ", from, " -> ", to);
  const bool are_siblings = std::any_of(apart_.begin(), apart_.end(), [&](const std::string& pattern) {
    return glob_matches(pattern, path) && glob_matches(pattern, header);
  });
  if (are_siblings && folder_of(path) != folder_of(header)) return "but these folders stay apart";
  return "";
}

std::string IncludeRules::objection_by_restriction(const std::string& path, const std::string& header) const {
  for (const Restriction& restriction : restrictions_) {
    if (!matches_any(restriction.headers, header)) continue;
    const std::string layer = layer_of(path);
    const bool is_allowed =
        std::any_of(restriction.seen_from.begin(), restriction.seen_from.end(),
                    [&](const std::string& place) { return place == layer || glob_matches(place, path); });
    return is_allowed ? "" : text("which is seen only from ", join(restriction.seen_from, ", "));
  }
  return "";
}

}  // namespace assay::testing
