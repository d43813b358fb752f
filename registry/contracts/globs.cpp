#include "registry/contracts/globs.h"

#include <algorithm>

#include "core/text.h"

namespace assay {
namespace {

// Enough to see how names are made; `check --summary` has them all.
constexpr std::size_t shown_names = 6;

// The parts that names are made of, without numbers: "layers", "weight", "running_mean".
std::vector<std::string> words_of(const std::vector<std::string>& names) {
  std::vector<std::string> words;
  for (const std::string& name : names) {
    for (std::string& word : split(name, '.')) {
      const bool is_number = word.find_first_not_of("0123456789") == std::string::npos;
      if (!is_number && std::find(words.begin(), words.end(), word) == words.end())
        words.push_back(std::move(word));
    }
  }
  return words;
}

// The glob with every word that no name has replaced by the closest one.
std::string respelt(std::string_view glob, const std::vector<std::string>& words) {
  std::string out;
  std::string word;
  const auto end_word = [&] {
    const std::string near = closest(word, words);
    out += near.empty() ? word : near;
    word.clear();
  };
  for (const char c : glob) {
    if (c != '*' && c != '?' && c != '.') {
      word += c;
      continue;
    }
    end_word();
    out += c;
  }
  end_word();
  return out;
}

}  // namespace

bool Globs::match(std::string_view name) const {
  return std::any_of(items.begin(), items.end(),
                     [&](const std::string& glob) { return glob_matches(glob, name); });
}

std::string suggest_glob(std::string_view glob, const std::vector<std::string>& names) {
  const auto matches_some = [&](const std::string& candidate) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return glob_matches(candidate, name); });
  };
  const std::string near = respelt(glob, words_of(names));
  for (const std::string& candidate : {near, text('*', near), text(near, '*'), text('*', near, '*')}) {
    if (matches_some(candidate)) return text("did you mean '", printable(candidate), "'?");
  }
  std::vector<std::string> some(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), shown_names)));
  if (some.size() < names.size()) some.push_back(text("... (", names.size(), " in all)"));
  return "the model has " + printable(join(some, ", "));
}

}  // namespace assay
