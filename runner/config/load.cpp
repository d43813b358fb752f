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
  problems.push_back({config.where(), "assay", "is missing",
                      "begin the file with `assay: 1`, the version of the config language"});
  config.set("assay", Value::scalar("1", false, config.where()));
}

// An empty section is told what it lacks, which helps more than that the section is missing.
void require_train(Value& config) {
  if (!config.find("train")) config.set("train", Value::map({}, config.where()));
}

void check_vars(const Value& config, std::vector<Problem>& problems) {
  const Value* vars = config.find("vars");
  if (!vars || vars->is_map()) return;
  problems.push_back({vars->where(), "vars", text("is ", vars->kind_text(), ", must be a map"),
                      "as `vars: {tau: 0.25}`, for $(vars.tau)"});
}

bool is_declared(const Schema& schema, const std::string& key) {
  return std::any_of(schema.fields.begin(), schema.fields.end(), [&](const FieldInfo& field) {
    return field.key == key ||
           std::find(field.old_names.begin(), field.old_names.end(), key) != field.old_names.end();
  });
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// At the top there is more to say about an unknown key than bind can: keys of the language that later
// versions bring, keys that only compose, and dotted keys, which are a habit from the command line. They are
// removed.
void refuse_unknown_keys(Value& config, std::vector<Problem>& problems) {
  const Schema& schema = schema_of<Experiment>();
  const std::vector<std::string> composing = composition_keys();
  const std::vector<std::string> later = {"plugins", "init_from", "penalties",
                                          "predict", "sweep",     "launcher"};
  std::vector<std::string> known = schema.keys();
  known.insert(known.end(), composing.begin(), composing.end());
  std::erase_if(config.entries(), [&](const Value::Entry& entry) {
    const std::string& key = entry.key;
    if (is_declared(schema, key) || contains(composing, key)) return false;
    const std::size_t dot = key.find('.');
    if (contains(later, key)) {
      problems.push_back({entry.key_where, key, ": not part of this version of assay",
                          "remove it; known: " + join(known, ", ")});
    } else if (dot != std::string::npos && is_declared(schema, key.substr(0, dot))) {
      problems.push_back(
          {entry.key_where, printable(key), ": dotted keys are for the command line and `overrides:`",
           text("write ", key.substr(0, dot), ": {", printable(key.substr(dot + 1)), ": ...}")});
    } else {
      problems.push_back({entry.key_where, printable(key), ": unknown key", suggest(key, known)});
    }
    return true;
  });
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
    problems.push_back({composed->where(),
                        {},
                        text("is ", composed->kind_text(), ", must be a map of keys"),
                        "the smallest config is\n" + smallest_config("    ")});
    composed.reset();
  }
  if (!composed) throw_problems();
  Value config = std::move(*composed);
  Overrides overrides(Guide::experiment(registry), problems);
  apply_command_line(config, request, composer, overrides, problems);

  if (composer.has_failed()) throw_problems();
  overrides.take_over(composer.overrides(), config);
  composer.check_names(config);
  require_version(config, problems);
  require_train(config);
  refuse_unknown_keys(config, problems);
  const std::optional<DatasetOutline> outline = outline_of(config, registry);
  fill_implied(config, request.file, outline, registry);
  fill(config, registry);
  overrides.apply_deferred(config);
  composer.resolve_presets(config);
  check_vars(config, problems);
  std::set<std::string> broken_places;
  for (const Where& where : interpolate(config, {}, problems)) broken_places.insert(to_string(where));
  fill(config, registry);  // components that overrides appended or expressions chose
  erase_composition_keys(config);

  LoadedConfig loaded;
  const std::size_t n_before = problems.size();
  loaded.experiment =
      bind_experiment(config, outline ? std::optional(outline->task) : std::nullopt, registry, problems);
  // An expression without a value is reported once, not again as a text where a number should be.
  problems.erase(std::remove_if(problems.begin() + static_cast<std::ptrdiff_t>(n_before), problems.end(),
                                [&](const Problem& problem) {
                                  return broken_places.contains(to_string(problem.where));
                                }),
                 problems.end());
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
