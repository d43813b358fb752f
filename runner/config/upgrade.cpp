#include "runner/config/upgrade.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "core/text.h"
#include "runner/config/guide.h"
#include "runner/config/read_yaml.h"

namespace assay {
namespace {

// The name by which a key is declared now; the key itself if it is not an old name.
std::string current_name(const Guide& guide, const std::string& key) {
  const FieldInfo* field = guide.field();
  if (!field) return key;
  const auto& old = field->old_names;
  return std::find(old.begin(), old.end(), key) == old.end() ? key : field->key;
}

class Finder {
 public:
  explicit Finder(const Registry& registry) : registry_(registry) {}

  /// whole: the composed config, for the components that `own` does not name itself.
  void find(const Value& own, const Value& whole) { visit(own, &whole, Guide::experiment(registry_), {}); }

  std::vector<Rename> renames;

 private:
  void visit(const Value& node, const Value* whole, const Guide& guide, const std::string& path) {
    const Value& typed = names_component(node, guide) || !whole ? node : *whole;
    if (node.is_list()) {
      for (std::size_t i = 0; i < node.items().size(); ++i) {
        const std::string key = std::to_string(i);
        const Value* below = whole && whole->is_list() ? whole->find_path(key) : nullptr;
        visit(node.items()[i], below, guide.below(key, typed), dotted(path, key));
      }
      return;
    }
    if (!node.is_map()) return;
    for (const Value::Entry& entry : node.entries()) {
      if (path.empty() && entry.key == "overrides") {
        visit_overrides(entry.value, *whole);
        continue;
      }
      const Guide below = guide.below(entry.key, typed);
      const std::string name = current_name(below, entry.key);
      if (name != entry.key && !node.find(name))
        add(entry.key_where, dotted(path, entry.key), entry.key, name);
      visit(entry.value, whole ? whole->find(entry.key) : nullptr, below, dotted(path, entry.key));
    }
  }

  // {optimizer.learning_rate: 0.1}: every part of a dotted key may have an old name.
  void visit_overrides(const Value& overrides, const Value& whole) {
    if (!overrides.is_map()) return;
    for (const Value::Entry& entry : overrides.entries()) {
      Guide guide = Guide::experiment(registry_);
      const Value* node = &whole;
      std::string name;
      for (const std::string& key : split(entry.key, '.')) {
        static const Value nothing;
        guide = guide.below(key, node ? *node : nothing);
        node = node ? node->find_path(key) : nullptr;
        name = dotted(name, current_name(guide, key));
      }
      if (name != entry.key) add(entry.key_where, entry.key, entry.key, name);
    }
  }

  static bool names_component(const Value& node, const Guide& guide) {
    return !guide.is_slot() || node.is_scalar() || node.find("type");
  }

  static std::string dotted(const std::string& path, const std::string& key) {
    return path.empty() ? key : text(path, '.', key);
  }

  // An alias leads to the same key again.
  void add(const Where& where, std::string path, std::string old_name, std::string new_name) {
    const auto is_same = [&](const Rename& other) {
      return other.where.line == where.line && other.where.column == where.column;
    };
    if (std::any_of(renames.begin(), renames.end(), is_same)) return;
    renames.push_back({where, std::move(path), std::move(old_name), std::move(new_name)});
  }

  const Registry& registry_;
};

// The byte at a place of a text; nothing if the text has no such line. As the reader counts: characters,
// without a byte order mark.
std::optional<std::size_t> offset_of(const std::string& bytes, const Where& where) {
  std::size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (int line = 1; line < where.line; ++line) {
    at = bytes.find('\n', at);
    if (at == std::string::npos) return std::nullopt;
    ++at;
  }
  for (int column = 1; column < where.column && at < bytes.size(); ++column) {
    ++at;
    while (at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

// False if the old name does not stand where it was read, as for a key with escapes in it.
bool replace_key(std::string& bytes, const Rename& rename) {
  std::optional<std::size_t> at = offset_of(bytes, rename.where);
  if (!at) return false;
  if (*at < bytes.size() && (bytes[*at] == '"' || bytes[*at] == '\'')) ++*at;
  if (bytes.compare(*at, rename.old_name.size(), rename.old_name) != 0) return false;
  bytes.replace(*at, rename.old_name.size(), rename.new_name);
  return true;
}

void find_expressions(const Value& node, const Rename& rename, std::vector<Problem>& problems) {
  if (node.is_list()) {
    for (const Value& item : node.items()) find_expressions(item, rename, problems);
  } else if (node.is_map()) {
    for (const Value::Entry& entry : node.entries()) find_expressions(entry.value, rename, problems);
  } else if (node.is_scalar() && node.text().find("$(") != std::string::npos &&
             node.text().find(rename.path) != std::string::npos) {
    Problem problem{node.where(),
                    {},
                    text("the expression names ", rename.path, ", which is renamed"),
                    text("write ", rename.new_name, " there as well")};
    problem.is_warning = true;
    problems.push_back(std::move(problem));
  }
}

}  // namespace

Upgrade upgrade(const SourceText& source, const LoadedConfig& loaded, const Registry& registry) {
  Upgrade made{source.text, {}, {}};
  std::vector<Problem> ignored;  // the file was read before
  const std::optional<Value> own =
      read_yaml(source.text, std::make_shared<const std::string>(source.name), ignored);
  if (!own) return made;
  Finder finder(registry);
  finder.find(*own, loaded.composed);
  std::vector<Rename> found = std::move(finder.renames);
  const auto place = [](const Rename& rename) { return std::pair(rename.where.line, rename.where.column); };
  std::sort(found.begin(), found.end(),
            [&](const Rename& a, const Rename& b) { return place(a) < place(b); });
  // From the end, so that the places before stay what they are.
  for (auto rename = found.rbegin(); rename != found.rend(); ++rename) {
    if (replace_key(made.text, *rename)) {
      made.renames.insert(made.renames.begin(), *rename);
      find_expressions(*own, *rename, made.problems);
    } else {
      Problem problem{rename->where, rename->path, text("is now called ", rename->new_name),
                      "rename it by hand"};
      problem.is_warning = true;
      made.problems.push_back(std::move(problem));
    }
  }
  return made;
}

}  // namespace assay
