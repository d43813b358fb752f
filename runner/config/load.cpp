#include "runner/config/load.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/text.h"
#include "runner/config/bind.h"
#include "runner/config/compose.h"
#include "runner/config/defaults.h"
#include "runner/config/interpolate.h"
#include "runner/config/overrides.h"
#include "runner/config/provenance.h"

namespace assay {
namespace {

// Files in the order in which they were read, then the command line, then what has no place.
void sort_and_thin(std::vector<Problem>& problems, const std::vector<SourceText>& sources) {
  std::map<std::string, std::size_t, std::less<>> order;
  for (const SourceText& source : sources) order.try_emplace(source.name, order.size());
  const auto rank = [&](const Problem& problem) {
    const Where& where = problem.where;
    const auto found = order.find(where.name());
    const std::size_t file = found == order.end() ? order.size() : found->second;
    const int group = where.kind == Where::Kind::file ? 0 : where.kind == Where::Kind::argument ? 1 : 2;
    return std::tuple(group, group == 0 ? file : 0, where.line, where.column);
  };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const Problem& a, const Problem& b) { return rank(a) < rank(b); });
  std::set<std::string> seen;
  std::erase_if(problems, [&](const Problem& problem) { return !seen.insert(to_string(problem)).second; });
}

void apply_command_line(Value& config, const ConfigRequest& request, Composer& composer, Overrides& overrides,
                        std::vector<Problem>& problems) {
  const auto apply = [&](std::optional<Override> parsed) {
    if (!parsed) return;
    overrides.apply(config, *parsed);
    composer.resolve_presets(config);  // the next override may reach into a preset that this one named
  };
  for (std::size_t i = 0; i < request.unset.size(); ++i) {
    const Where where = Where::argument(static_cast<int>(i) + 1, "--unset " + request.unset[i]);
    std::optional<Override> parsed = parse_key(request.unset[i], where, problems);
    if (parsed) parsed->action = Override::Action::unset;
    apply(std::move(parsed));
  }
  for (std::size_t i = 0; i < request.overrides.size(); ++i) {
    const Where where = Where::argument(static_cast<int>(i) + 1, request.overrides[i]);
    apply(parse_override(request.overrides[i], where, problems));
  }
  overrides.check_switched_types(config);
}

// Reported here with a better hint than a missing field's; set, so that it is not reported again.
void require_version(Value& config, std::vector<Problem>& problems) {
  if (config.find("assay")) return;
  problems.push_back({config.where(), "assay", "is missing", "begin the file with `assay: 1`, the version of the config language"});
  config.set("assay", Value::scalar("1", false, config.where()));
}

// Keys of the language that later versions bring: better said than answered with the nearest other key.
void refuse_later_keys(Value& config, std::vector<Problem>& problems) {
  const Schema& schema = schema_of<Experiment>();
  for (const char* key : {"plugins", "init_from", "penalties", "predict", "sweep", "launcher"}) {
    const auto same_key = [&](const Value::Entry& entry) { return entry.key == key; };
    const auto found = std::find_if(config.entries().begin(), config.entries().end(), same_key);
    if (found == config.entries().end() || schema.find(key)) continue;
    problems.push_back({found->key_where, key, ": not part of this version of assay", "remove it; known: " + join(schema.keys(), ", ")});
    config.entries().erase(found);
  }
}

void fill(Value& config, const Registry& registry) {
  fill_defaults(config, schema_of<Experiment>(), registry, "experiment");
}

void erase_composition_keys(Value& config) {
  for (const std::string& key : composition_keys()) config.erase(key);
}

}  // namespace

LoadedConfig load_config(const ConfigRequest& request, const Registry& registry) {
  std::vector<Problem> problems;
  Composer composer(registry, preset_folders(request.config_path, request.file), problems);
  const auto throw_problems = [&] {
    sort_and_thin(problems, composer.sources());
    composer.add_chains(problems);
    throw_if_any(Kind::config, problems);
  };

  std::optional<Value> composed = composer.compose(request.file);
  if (composed && !composed->is_map()) {
    problems.push_back({composed->where(), {}, text("is ", composed->kind_text(), ", must be a map of keys"), "the smallest config is\n" + smallest_config("    ")});
    composed.reset();
  }
  if (!composed) throw_problems();
  Value config = std::move(*composed);
  Overrides overrides(Guide::experiment(registry), problems);
  apply_command_line(config, request, composer, overrides, problems);

  overrides.take_over(composer.overrides(), config);
  composer.check_names(config);
  require_version(config, problems);
  refuse_later_keys(config, problems);
  const std::optional<DatasetOutline> outline = outline_of(config, registry);
  fill_implied(config, request.file, outline, registry);
  fill(config, registry);
  overrides.apply_deferred(config);
  composer.resolve_presets(config);
  interpolate(config, {}, problems);
  fill(config, registry);  // components that overrides appended or expressions chose
  erase_composition_keys(config);

  LoadedConfig loaded;
  loaded.experiment = bind_experiment(config, outline ? std::optional(outline->task) : std::nullopt, registry, problems);
  throw_problems();
  loaded.resolved = schema_of<Experiment>().write(&loaded.experiment);
  loaded.identity = identity_of(loaded.resolved, registry);
  loaded.provenance = provenance_of(config);
  loaded.composed = std::move(config);
  loaded.sources = composer.sources();
  loaded.warnings = std::move(problems);
  return loaded;
}

}  // namespace assay
