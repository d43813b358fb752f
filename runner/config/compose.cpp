#include "runner/config/compose.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/config/merge.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_chain = 50;

std::string files_hint(const std::string& folder, const std::string& name) {
  const std::vector<std::string> files = yaml_files(folder);
  const std::string shown = folder == "." ? "the working folder" : folder;
  if (files.empty())
    return is_folder(folder) ? text("there is no YAML file in ", shown) : text("there is no folder ", shown);
  constexpr std::size_t most = 12;
  if (const std::string near = closest(name, files); !near.empty())
    return text("did you mean '", folder == "." ? near : join_path(folder, near), "'?");
  const std::vector<std::string> first(
      files.begin(), files.begin() + static_cast<std::ptrdiff_t>(std::min(most, files.size())));
  return text("in ", shown, ": ", join(first, ", "), files.size() > most ? ", ..." : "");
}

// `name` as written in `file`, which is relative to that file.
std::string beside(const std::string& file, const std::string& name) {
  return fs::path(join_path(parent_folder(file), name)).lexically_normal().string();
}

bool is_preset_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
             std::string_view::npos;
}

}  // namespace

std::vector<std::string> preset_folders(const std::vector<std::string>& given, const std::string& file,
                                        const std::string& shipped) {
  std::vector<std::string> folders = given;
  if (const char* set = std::getenv("ASSAY_CONFIG_PATH")) {
    for (std::string& folder : split(set, ':')) {
      if (!folder.empty()) folders.push_back(std::move(folder));
    }
  }
  const fs::path shown = fs::path(parent_folder(file));
  for (fs::path folder = absolute_path(shown.string());; folder = folder.parent_path()) {
    if (is_folder((folder / "configs").string())) {
      // As near as possible to what the user wrote, because problems show it.
      const fs::path near = (folder / "configs").lexically_relative(absolute_path("."));
      folders.push_back(near.empty() || *near.begin() == ".." ? (folder / "configs").string()
                                                              : near.string());
      break;
    }
    if (folder == folder.root_path()) break;
  }
  const auto is_shipped = [&](const std::string& folder) { return absolute_path(folder) == shipped; };
  if (!shipped.empty() && std::none_of(folders.begin(), folders.end(), is_shipped))
    folders.push_back(shipped);
  return folders;
}

std::optional<Value> Composer::compose(const std::string& file) {
  return compose_file(file, {}, Guide::experiment(registry_));
}

Composer::Composer(const Composer& other, std::vector<Problem>& problems)
    : registry_(other.registry_),
      files_(other.files_),
      problems_(problems),
      replaced_(other.replaced_),
      is_copy_(true),
      overrides_(other.overrides_, problems),
      sources_(other.sources_),
      reached_(other.reached_),
      composed_(other.composed_),
      has_failed_(other.has_failed_) {}

void Composer::resolve_presets(Value& config, const std::string& key) {
  if (Value* node = config.find(key)) resolve(*node, Guide::experiment(registry_).below(key, config), key);
}

std::vector<SourceText> Composer::sources() const {
  std::vector<SourceText> texts;
  for (const auto& file : sources_) texts.push_back(file->source);
  return texts;
}

// ---- Files

std::optional<Value> Composer::compose_file(const std::string& file, const Reached& reached,
                                            const Guide& guide) {
  const std::string id = absolute_path(file);
  if (std::find(open_.begin(), open_.end(), id) != open_.end() || open_.size() >= longest_chain) {
    report_circle(file, reached);
    return std::nullopt;
  }
  const std::string key = text(id, '\n', guide.is_slot() ? guide.family() : "");
  if (const auto known = composed_.find(key); known != composed_.end())
    return known->second ? std::optional(*known->second) : std::nullopt;
  reached_.try_emplace(file, reached);
  open_.push_back(id);
  std::optional<Value> made;
  if (std::optional<Value> own = read_source(file, reached)) {
    const bool is_good = extend(*own, file, guide);
    resolve(*own, guide, {});
    apply_own_overrides(*own, guide);
    if (is_good) made = std::move(own);
  }
  open_.pop_back();
  composed_[key] = made ? std::make_shared<const Value>(*made) : nullptr;
  return made;
}

std::optional<Value> Composer::read_source(const std::string& file, const Reached& reached) {
  const bool is_users_choice = !reached.from.is_known();
  const std::shared_ptr<const ConfigFile> found = files_->read(file, is_users_choice);
  using Read = ConfigFile::State;
  if (found->state == Read::missing || found->state == Read::folder)
    report_missing(file, reached, found->state == Read::folder);
  if (found->state == Read::special)
    problems_.push_back(
        {reached.from, "extends", text(": no plain file: '", file, "'"), "build on a YAML file"});
  problems_.insert(problems_.end(), found->problems.begin(), found->problems.end());
  if (found->state == Read::read) sources_.push_back(found);
  return found->value;
}

void Composer::report_missing(const std::string& file, const Reached& reached, bool is_folder) {
  const std::string hint =
      is_folder ? files_hint(file, {}) : files_hint(parent_folder(file), base_name(file));
  if (!reached.from.is_known()) {
    problems_.push_back(
        {Where::path(file), {}, is_folder ? "is a folder, not a config" : "there is no such file", hint});
  } else {
    problems_.push_back({reached.from, "extends",
                         text(": ", is_folder ? "a folder, not a file: '" : "there is no file '", file, "'"),
                         hint});
  }
}

void Composer::report_circle(const std::string& file, const Reached& reached) {
  const std::string id = absolute_path(file);
  const auto begin = std::find(open_.begin(), open_.end(), id);
  if (begin == open_.end()) {
    problems_.push_back({reached.from, "extends", text("goes on for more than ", longest_chain, " files"),
                         "extend fewer files"});
    return;
  }
  std::vector<std::string> circle;
  for (auto each = begin; each != open_.end(); ++each) circle.push_back(base_name(*each));
  circle.push_back(base_name(id));
  problems_.push_back(
      {reached.from, "extends", "goes in a circle: " + join(circle, " -> "), "remove one of them"});
}

// Merges what `own` extends below it; `own` loses the key.
bool Composer::extend(Value& own, const std::string& file, const Guide& guide) {
  const Value* written = own.find("extends");
  if (!written) return true;
  Value::List names;
  if (written->is_list()) names = written->items();
  if (written->is_scalar()) names = {*written};
  if (names.empty()) {
    problems_.push_back({written->where(), "extends",
                         text("is ", written->kind_text(), ", must be a file or a list of files"),
                         "as `extends: base.yaml`"});
    return false;
  }
  Value base = Value::map({}, own.where());
  bool is_good = true;
  for (const Value& name : names) {
    if (!name.is_scalar() || name.text().empty()) {
      problems_.push_back({name.where(), "extends", text("is ", name.kind_text(), ", must be a file"),
                           "as `extends: base.yaml`"});
      is_good = false;
      continue;
    }
    std::optional<Value> below =
        compose_file(beside(file, name.text()), {"extended from", name.where()}, guide);
    is_good = is_good && below;
    if (below) merge(base, std::move(*below), guide, log());
  }
  own.erase("extends");
  merge(base, std::move(own), guide, log());
  own = std::move(base);
  return is_good;
}

void Composer::apply_own_overrides(Value& config, const Guide& guide) {
  const Value* found = config.find("overrides");
  if (!found) return;
  const Value written = *found;
  config.erase("overrides");
  if (!written.is_map()) {
    problems_.push_back({written.where(), "overrides", text("is ", written.kind_text(), ", must be a map"),
                         "as `overrides: {optimizer.lr: 0.01}`"});
    return;
  }
  Overrides own(guide, problems_, log());
  // A preset's are about its own slot, which nothing else completes.
  Overrides& overrides = guide.is_slot() ? own : overrides_;
  for (const Value::Entry& entry : written.entries()) {
    if (const auto parsed = parse_key(entry.key, entry.key_where, problems_)) {
      overrides.apply(config, {parsed->action, parsed->path, entry.value, entry.key_where});
    }
  }
  overrides.check_switched_types(config);
  own.apply_deferred(config);
  resolve(config, guide, {});
}

void Composer::add_chains(std::vector<Problem>& problems) const {
  for (Problem& problem : problems) {
    if (problem.where.kind != Where::Kind::file) continue;
    auto reached = reached_.find(std::string(problem.where.name()));
    for (std::size_t depth = 0;
         reached != reached_.end() && reached->second.from.is_known() && depth < longest_chain; ++depth) {
      problem.notes.push_back(text(reached->second.how, ' ', to_string(reached->second.from)));
      reached = reached_.find(std::string(reached->second.from.name()));
    }
  }
}

// ---- Presets

void Composer::resolve(Value& node, const Guide& guide, std::string_view key) {
  if (guide.is_slot()) resolve_slot(node, guide, key);
  if (!guide.is_known()) return;
  if (node.is_map()) {
    const Guide::Children below = guide.children(node);
    for (Value::Entry& entry : node.entries()) resolve(entry.value, below(entry.key), entry.key);
  } else if (node.is_list()) {
    for (Value& item : node.items()) resolve(item, guide.below("0", node), {});
  }
}

void Composer::resolve_slot(Value& node, const Guide& guide, std::string_view key) {
  const std::string name = guide.component_name(node);
  if (!is_preset_name(name)) return;
  if (registry_.find(guide.family(), name)) return refuse_shadowing(guide.family(), name);
  const std::optional<std::string> file = files_->find_preset(guide.family(), name);
  if (!file) return;
  Value own = guide.as_map(node);
  const Where named_at = own.find("type") ? own.find("type")->where() : own.where();
  std::optional<Value> preset = compose_file(*file, {"preset named at", named_at}, guide);
  if (!preset) {
    node = Value::null(named_at);
    has_failed_ = true;
    return;
  }
  if (!preset->is_map() && !preset->is_scalar()) {
    problems_.push_back({Where::path(*file),
                         {},
                         text("is ", preset->kind_text(), ", must be a ", guide.family()),
                         "begin it with `type:`"});
    return;
  }
  own.erase("type");
  if (log()) log()->move(key, node.where(), preset->where());
  merge(*preset, std::move(own), guide, log());
  node = std::move(*preset);
}

void Composer::check_names(Value& config) { check_name(config, Guide::experiment(registry_), nullptr); }

void Composer::check_name(Value& node, const Guide& guide, const TreeStep* step) {
  if (!guide.is_known()) return;
  const Guide::Children below = guide.children(node);
  if (guide.is_slot() && !below.are_declared() && refuse_unknown(node, guide, step)) return;
  if (node.is_map()) {
    for (Value::Entry& entry : node.entries()) {
      const TreeStep inner{step, entry.key};
      check_name(entry.value, below(entry.key), &inner);
    }
  } else if (node.is_list()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) {
      const TreeStep inner{step, {}, i};
      check_name(node.items()[i], below("0"), &inner);
    }
  }
}

// True if presets are all that the name could mean, and none has it: the slot is emptied, which bind leaves
// alone where a problem is known.
bool Composer::refuse_unknown(Value& slot, const Guide& guide, const TreeStep* step) {
  const std::string name = guide.component_name(slot);
  if (slot.is_null() || !is_preset_name(name)) return false;
  const std::vector<std::string> presets = files_->preset_names(guide.family());
  if (presets.empty()) return false;
  std::vector<std::string> known = registry_.names(guide.family());
  known.insert(known.end(), presets.begin(), presets.end());
  const Value* type = slot.find("type");
  const Where where = type ? type->where() : slot.where();
  problems_.push_back(
      {where, path_of(step), text(": unknown ", guide.family(), " '", name, "'"), suggest(name, known)});
  slot = Value::null(where);
  return true;
}

// Said for each slot that has the name; thinned out with the rest.
void Composer::refuse_shadowing(const std::string& family, const std::string& name) {
  const std::optional<std::string> file = files_->find_preset(family, name);
  if (!file) return;
  problems_.push_back({Where::path(*file),
                       {},
                       text("has the name of a component: ", family, ' ', name),
                       "rename the preset"});
}

}  // namespace assay
