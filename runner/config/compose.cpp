#include "runner/config/compose.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/config/merge.h"
#include "runner/config/read_yaml.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_chain = 50;

bool is_yaml(const std::string& name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> out;
  try {
    for (std::string& name : list_folder(folder)) {
      if (is_yaml(name)) out.push_back(std::move(name));
    }
  } catch (const Error&) {  // the hint goes without
  }
  return out;
}

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

std::string smallest_config(const std::string& indent) {
  return text(indent, "assay: 1\n", indent, "dataset: digits\n", indent, "model: mlp\n", indent,
              "optimizer: adamw\n", indent, "train: {until: 20 epochs}");
}

std::vector<std::string> preset_folders(const std::vector<std::string>& given, const std::string& file) {
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
  return folders;
}

std::optional<Value> Composer::compose(const std::string& file) {
  return compose_file(file, {}, Guide::experiment(registry_));
}

void Composer::resolve_presets(Value& config) { resolve(config, Guide::experiment(registry_)); }

// ---- Files

std::optional<Value> Composer::compose_file(const std::string& file, const Reached& reached,
                                            const Guide& guide) {
  const std::string id = absolute_path(file);
  if (std::find(open_.begin(), open_.end(), id) != open_.end() || open_.size() >= longest_chain) {
    report_circle(file, reached);
    return std::nullopt;
  }
  const std::string key = text(id, '\n', guide.is_slot() ? guide.family() : "");
  if (const auto known = composed_.find(key); known != composed_.end()) return known->second;
  reached_.try_emplace(file, reached);
  open_.push_back(id);
  std::optional<Value> made;
  if (std::optional<Value> own = read_source(file, reached)) {
    const bool is_good = extend(*own, file, guide);
    resolve(*own, guide);
    apply_own_overrides(*own, guide);
    if (is_good) made = std::move(own);
  }
  open_.pop_back();
  return composed_[key] = std::move(made);
}

std::optional<Value> Composer::read_source(const std::string& file, const Reached& reached) {
  if (!exists(file) || is_folder(file)) {
    report_unreadable(file, reached);
    return std::nullopt;
  }
  // A device or a pipe may have no end. That of the file that was asked for is the user's own choice.
  if (reached.from.is_known() && !fs::is_regular_file(file)) {
    problems_.push_back(
        {reached.from, "extends", text(": no plain file: '", file, "'"), "build on a YAML file"});
    return std::nullopt;
  }
  const auto name = std::make_shared<const std::string>(file);
  try {
    const std::uint64_t bytes = file_size(file);
    if (bytes > YamlLimits{}.bytes) {
      problems_.push_back({Where::path(file),
                           {},
                           text("is ", bytes_text(bytes), ", larger than a config may be (",
                                bytes_text(YamlLimits{}.bytes), ')'),
                           "is this a config?"});
      return std::nullopt;
    }
    sources_.push_back({file, read_file(file)});
  } catch (const Error& error) {
    for (const Problem& problem : error.problems()) problems_.push_back(problem);
    return std::nullopt;
  }
  std::optional<Value> value = read_yaml(sources_.back().text, name, problems_);
  if (value && value->is_null()) {
    problems_.push_back(
        {Where::path(file), {}, "is empty", "the smallest config is\n" + smallest_config("    ")});
    return std::nullopt;
  }
  return value;
}

void Composer::report_unreadable(const std::string& file, const Reached& reached) {
  const bool is_there = is_folder(file);
  const std::string hint = is_there ? files_hint(file, {}) : files_hint(parent_folder(file), base_name(file));
  if (!reached.from.is_known()) {
    problems_.push_back(
        {Where::path(file), {}, is_there ? "is a folder, not a config" : "there is no such file", hint});
  } else {
    problems_.push_back({reached.from, "extends",
                         text(": ", is_there ? "a folder, not a file: '" : "there is no file '", file, "'"),
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
    if (below) merge(base, std::move(*below), guide);
  }
  own.erase("extends");
  merge(base, std::move(own), guide);
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
  Overrides own(guide, problems_);
  // A preset's are about its own slot, which nothing else completes.
  Overrides& overrides = guide.is_slot() ? own : overrides_;
  for (const Value::Entry& entry : written.entries()) {
    if (const auto parsed = parse_key(entry.key, entry.key_where, problems_)) {
      overrides.apply(config, {parsed->action, parsed->path, entry.value, entry.key_where});
    }
  }
  overrides.check_switched_types(config);
  own.apply_deferred(config);
  resolve(config, guide);
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

void Composer::resolve(Value& node, const Guide& guide) {
  if (guide.is_slot()) resolve_slot(node, guide);
  if (!guide.is_known()) return;
  if (node.is_map()) {
    for (Value::Entry& entry : node.entries()) resolve(entry.value, guide.below(entry.key, node));
  } else if (node.is_list()) {
    for (Value& item : node.items()) resolve(item, guide.below("0", node));
  }
}

void Composer::resolve_slot(Value& node, const Guide& guide) {
  const std::string name = guide.component_name(node);
  if (!is_preset_name(name)) return;
  if (registry_.find(guide.family(), name)) return refuse_shadowing(guide.family(), name);
  const std::optional<std::string> file = find_preset(guide.family(), name);
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
  merge(*preset, std::move(own), guide);
  node = std::move(*preset);
}

void Composer::check_names(Value& config) { check_name(config, Guide::experiment(registry_), {}); }

void Composer::check_name(Value& node, const Guide& guide, const std::string& path) {
  if (guide.is_slot() && !node.is_null()) {
    const std::string name = guide.component_name(node);
    const bool is_component = registry_.find(guide.family(), name) != nullptr;
    std::vector<std::string> presets;
    if (!is_component && is_preset_name(name)) presets = preset_names(guide.family());
    if (!presets.empty()) {
      std::vector<std::string> known = registry_.names(guide.family());
      known.insert(known.end(), presets.begin(), presets.end());
      const Value* type = node.find("type");
      const Where where = type ? type->where() : node.where();
      problems_.push_back(
          {where, path, text(": unknown ", guide.family(), " '", name, "'"), suggest(name, known)});
      node = Value::null(where);  // bind leaves an empty slot alone where a problem is known
      return;
    }
  }
  if (!guide.is_known()) return;
  const auto below = [&](std::string_view key) {
    return path.empty() ? std::string(key) : text(path, '.', key);
  };
  if (node.is_map()) {
    for (Value::Entry& entry : node.entries())
      check_name(entry.value, guide.below(entry.key, node), below(entry.key));
  } else if (node.is_list()) {
    for (std::size_t i = 0; i < node.items().size(); ++i)
      check_name(node.items()[i], guide.below("0", node), below(text(i)));
  }
}

std::vector<std::string> Composer::preset_names(const std::string& family) const {
  std::vector<std::string> names;
  for (const std::string& folder : config_path_) {
    for (const std::string& file : yaml_files(join_path(folder, family))) {
      if (file.ends_with(".yaml")) names.push_back(file.substr(0, file.size() - 5));
    }
  }
  return names;
}

std::optional<std::string> Composer::find_preset(const std::string& family, const std::string& name) const {
  for (const std::string& folder : config_path_) {
    std::string file = join_path(join_path(folder, family), name + ".yaml");
    if (exists(file)) return file;
  }
  return std::nullopt;
}

void Composer::refuse_shadowing(const std::string& family, const std::string& name) {
  if (!shadowing_checked_.try_emplace(text(family, '/', name), true).second) return;
  const std::optional<std::string> file = find_preset(family, name);
  if (!file) return;
  problems_.push_back({Where::path(*file),
                       {},
                       text("has the name of a component: ", family, ' ', name),
                       "rename the preset"});
}

}  // namespace assay
