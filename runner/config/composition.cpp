#include "runner/config/composition.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/text.h"
#include "runner/config/bind.h"
#include "runner/config/blocks.h"
#include "runner/config/compose.h"
#include "runner/config/defaults.h"
#include "runner/config/interpolate.h"
#include "runner/config/provenance.h"
#include "runner/config/sweep_expressions.h"

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

bool is_declared(const Schema& schema, std::string_view key) {
  return std::any_of(schema.fields.begin(), schema.fields.end(), [&](const FieldInfo& field) {
    return field.key == key ||
           std::find(field.old_names.begin(), field.old_names.end(), key) != field.old_names.end();
  });
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// At the top there is more to say about an unknown key than bind can: keys that only compose, and dotted
// keys, which are a habit from the command line.
Problem unknown_key(const Value::Entry& entry, const Schema& schema) {
  const std::string& key = entry.key;
  std::vector<std::string> known = schema.keys();
  for (std::string& composing : composition_keys()) known.push_back(std::move(composing));
  const std::size_t dot = key.find('.');
  if (dot != std::string::npos && is_declared(schema, key.substr(0, dot)))
    return {entry.key_where, printable(key), ": dotted keys are for the command line and `overrides:`",
            text("write ", key.substr(0, dot), ": {", printable(key.substr(dot + 1)), ": ...}")};
  return {entry.key_where, printable(key), ": unknown key", suggest(key, known)};
}

void refuse_unknown_keys(Value& config, std::vector<Problem>& problems) {
  const Schema& schema = schema_of<Experiment>();
  const std::vector<std::string> composing = composition_keys();
  std::erase_if(config.entries(), [&](const Value::Entry& entry) {
    if (is_declared(schema, entry.key) || contains(composing, entry.key)) return false;
    problems.push_back(unknown_key(entry, schema));
    return true;
  });
}

void fill(Value& config, const Registry& registry) {
  fill_defaults(config, schema_of<Experiment>(), registry, "experiment");
}

void erase_composition_keys(Value& config) {
  for (const std::string& key : composition_keys()) config.erase(key);
}

// What follows from an expression without a value is not reported again, as a text where a number should be.
void erase_at(const std::vector<Where>& places, std::vector<Problem>& problems, std::size_t begin) {
  if (places.empty()) return;
  std::set<std::string> broken;
  for (const Where& where : places) broken.insert(to_string(where));
  problems.erase(
      std::remove_if(problems.begin() + static_cast<std::ptrdiff_t>(begin), problems.end(),
                     [&](const Problem& problem) { return broken.contains(to_string(problem.where)); }),
      problems.end());
}

}  // namespace

// A config on its way from its files to an experiment. A copy goes its own way from there.
class Composition::Draft {
 public:
  Draft(const ConfigRequest& request, const Registry& registry)
      : registry_(registry),
        file_(request.file),
        composer_(
            registry,
            std::make_shared<ConfigFiles>(
                preset_folders(request.config_path, request.file, request.shipped_presets), request.texts),
            problems_),
        overrides_(Guide::experiment(registry), problems_, composer_.log()) {
    compose();
    unset(request.unset);
    apply_arguments(request.overrides);
  }
  Draft(const Draft& other)
      : registry_(other.registry_),
        file_(other.file_),
        problems_(other.problems_),
        composer_(other.composer_, problems_),
        overrides_(other.overrides_, problems_),
        unset_(other.unset_),
        config_(other.config_),
        n_arguments_(other.n_arguments_) {}
  Draft& operator=(const Draft&) = delete;

  void apply(const Override& override) {
    ASSAY_ASSERT(!override.path.empty());
    overrides_.apply(config_, override);
    composer_.resolve_presets(config_, override.path.front());  // the next one may reach into a preset
    if (override.action == Override::Action::unset) unset_.push_back(override);
  }

  void apply_arguments(const std::vector<std::string>& arguments) {
    for (const std::string& written : arguments) {
      const Where where = Where::argument(++n_arguments_, written);
      if (const auto parsed = parse_override(written, where, problems_)) apply(*parsed);
    }
  }

  void leave_out_sweep() { config_.erase("sweep"); }

  /// Ends the draft.
  BoundConfig bind() {
    overrides_.check_switched_types(config_);
    if (composer_.has_failed()) throw_problems();
    overrides_.take_over(composer_.overrides(), config_);
    composer_.check_names(config_);
    require_version(config_, problems_);
    require_train(config_);
    refuse_unknown_keys(config_, problems_);
    const std::optional<DatasetOutline> outline = outline_of(config_, registry_);
    complete(outline);
    blocks_ = expand_blocks(config_, registry_, problems_);
    const std::vector<Where> broken =
        interpolate(config_, {}, problems_, trial_expressions(config_), &blocks_);
    fill(config_, registry_);  // components that overrides appended or expressions chose
    erase_composition_keys(config_);
    const std::size_t n_before = problems_.size();
    BoundConfig bound;
    bound.experiment =
        bind_experiment(config_, outline ? std::optional(outline->task) : std::nullopt, registry_, problems_);
    erase_at(broken, problems_, n_before);
    throw_problems();
    bound.composed = std::move(config_);
    bound.blocks = std::move(blocks_);
    bound.warnings = std::move(problems_);
    return bound;
  }

  /// Ends the draft. What is no path is left to the binding.
  std::vector<PluginFile> plugins() {
    if (!config_.find("plugins")) config_.set("plugins", Value::list({}, config_.where()));
    overrides_.take_over(composer_.overrides(), config_);
    overrides_.apply_deferred(config_);
    interpolate(config_, "plugins", problems_);
    std::vector<PluginFile> named;
    const Value& written = *config_.find("plugins");
    if (!written.is_list()) return named;
    for (const Value& item : written.items()) {
      BindContext context{registry_, problems_, "plugins"};
      Path path;
      if (read_scalar(item, path, context) && path.is_set()) named.push_back({path.text, item.where()});
    }
    return named;
  }

  LoadedConfig load() {
    LoadedConfig loaded;
    static_cast<BoundConfig&>(loaded) = bind();
    loaded.resolved = resolved_of(loaded.experiment);
    loaded.identity = identity_of(loaded.resolved, registry_);
    loaded.provenance = provenance_of(loaded.composed);
    loaded.replaced = composer_.replaced();
    loaded.sources = composer_.sources();
    return loaded;
  }

 private:
  void compose() {
    std::optional<Value> composed = composer_.compose(file_);
    if (composed && !composed->is_map()) {
      problems_.push_back({composed->where(),
                           {},
                           text("is ", composed->kind_text(), ", must be a map of keys"),
                           "the smallest config is\n" + smallest_config("    ")});
      composed.reset();
    }
    if (!composed) throw_problems();
    config_ = std::move(*composed);
  }

  void unset(const std::vector<std::string>& keys) {
    int number = 0;
    for (const std::string& key : keys) {
      std::optional<Override> parsed = parse_key(key, Where::argument(++number, "--unset " + key), problems_);
      if (!parsed) continue;
      parsed->action = Override::Action::unset;
      apply(*parsed);
    }
  }

  // What was not written.
  void complete(const std::optional<DatasetOutline>& outline) {
    fill_implied(config_, file_, outline, registry_);
    fill(config_, registry_);
    for (const std::string& key : overrides_.apply_deferred(config_)) composer_.resolve_presets(config_, key);
    check_vars(config_, problems_);
  }

  // What is missing because an override took it away says so.
  void note_unset() {
    for (const Override& override : unset_) {
      const std::string path = join(override.path, ".");
      for (Problem& problem : problems_) {
        const bool is_below = problem.path == path || problem.path.starts_with(path + '.');
        if (is_below && problem.message == "is missing")
          problem.notes.push_back("taken out by " + to_string(override.where));
      }
    }
  }

  // Sorts what was found; returns if it is warnings only.
  void throw_problems() {
    if (problems_.empty()) return;
    note_unset();
    note_blocks(problems_, blocks_);
    sort_and_thin(problems_, composer_.sources());
    composer_.add_chains(problems_);
    throw_if_any(Kind::config, problems_);
  }

  const Registry& registry_;
  std::string file_;
  std::vector<Problem> problems_;
  Composer composer_;
  Overrides overrides_;
  std::vector<Override> unset_;
  Value config_;
  BlockUses blocks_;  // from the binding on
  int n_arguments_ = 0;
};

Composition::Composition(const ConfigRequest& request, const Registry& registry)
    : composed_(std::make_unique<const Draft>(request, registry)) {}
Composition::Composition(std::unique_ptr<const Draft> composed) : composed_(std::move(composed)) {}
Composition::~Composition() = default;
Composition::Composition(Composition&&) noexcept = default;
Composition& Composition::operator=(Composition&&) noexcept = default;

std::vector<PluginFile> Composition::plugins() const { return Draft(*composed_).plugins(); }

Composition Composition::trials() const {
  auto draft = std::make_unique<Draft>(*composed_);
  draft->leave_out_sweep();
  return Composition(std::move(draft));
}

BoundConfig Composition::bind(std::span<const Override> overrides) const {
  Draft draft(*composed_);
  for (const Override& override : overrides) draft.apply(override);
  return draft.bind();
}

LoadedConfig Composition::load(std::span<const Override> overrides) const {
  Draft draft(*composed_);
  for (const Override& override : overrides) draft.apply(override);
  return draft.load();
}

LoadedConfig Composition::load(const std::vector<std::string>& overrides) const {
  Draft draft(*composed_);
  draft.apply_arguments(overrides);
  return draft.load();
}

}  // namespace assay
