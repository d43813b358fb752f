#include "runner/report/run_data.h"

#include <algorithm>
#include <any>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/in_child.h"
#include "core/io/json_text.h"
#include "core/io/mapped_file.h"
#include "core/text.h"
#include "registry/contracts/families.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"
#include "runner/sweep/board.h"
#include "runner/sweep/spec.h"

namespace assay::report {
namespace {

/// The type's name of a component as a resolved config has it.
std::string type_of(const Json& component) {
  const Json* type = component.is_map() ? component.find("type") : &component;
  return type && type->is_text() ? type->text() : std::string();
}

std::string_view without_split(std::string_view metric) { return metric.substr(metric.find('/') + 1); }

std::vector<std::optional<double>> values_of(const std::optional<Point>& point, std::size_t count) {
  std::vector<std::optional<double>> values(count);
  for (std::size_t i = 0; point && i < point->size(); ++i) {
    if (!std::isnan((*point)[i])) values[i] = (*point)[i];
  }
  return values;
}

/// What a checkpoint says of the data that it was trained on. It may be larger than memory: only the part
/// that is wanted is read, in a process that may fall over a damaged file.
Json legend_in(const std::string& path) {
  constexpr std::uint64_t memory_of_hdf5 = 64U << 20U;
  const MappedFile file(path);
  const ChildLimits limits{2 * file.bytes().size() + memory_of_hdf5, memory_of_hdf5};
  return parse_json(in_child(path, limits,
                             [&] {
                               const Array bytes = h5::Reader::over(file.bytes(), path).array("data/legend");
                               return std::string(bytes.as<char>(), bytes.bytes());
                             }),
                    path);
}

/// Reads what a study's logs say into plain values, as of one moment.
class StudyReader {
 public:
  StudyReader(const sweep::Study& study, const sweep::StudyFolder& folder)
      : study_(study), folder_(folder), board_(study, folder) {
    board_.look();
    board_.refresh();
    data_.folder = folder.path();
  }

  StudyData read() && {
    const sweep::Spec spec = sweep::get_spec(folder_);
    data_.name = spec.name;
    data_.id = spec.id;
    data_.config = spec.config;
    data_.objective = study_.objective();
    if (study_.section().repeat) data_.confidence = study_.section().repeat->confidence;
    data_.n_trials = board_.n_in_all();
    data_.n_repeats = study_.layout().n_repeats;
    read_parameters();
    read_trials();
    for (std::int64_t group = 0; data_.objective && group < study_.layout().n_groups; ++group)
      read_configurations(group);
    return std::move(data_);
  }

 private:
  void read_parameters() {
    const std::vector<Parameter>& parameters = study_.space().space().parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Parameter& drawn = parameters[i];
      ParameterData one{drawn.name, drawn.kind, drawn.is_log, drawn.low, drawn.high, {}};
      for (std::int64_t choice = 0; drawn.kind == Parameter::Kind::choice && choice < drawn.n_choices;
           ++choice)
        one.choices.push_back(study_.space().value_label(i, static_cast<double>(choice)));
      data_.parameters.push_back(std::move(one));
    }
    for (std::int64_t group = 0; group < study_.layout().n_groups; ++group)
      data_.groups.push_back(study_.groups().label(study_.group_point(group)));
  }

  void read_trials() {
    std::vector<sweep::Trial> numbers(board_.open().begin(), board_.open().end());
    for (const auto& [number, end] : board_.ends()) numbers.push_back(number);
    std::sort(numbers.begin(), numbers.end(), [](sweep::Trial a, sweep::Trial b) {
      if (sweep::is_refit(a) != sweep::is_refit(b)) return sweep::is_refit(b);
      return sweep::is_refit(a) ? a > b : a < b;
    });
    for (const sweep::Trial number : numbers) data_.trials.push_back(trial(number));
  }

  TrialData trial(sweep::Trial number) const {
    TrialData trial;
    trial.number = number;
    trial.folder = folder_.trial(number);
    trial.label = sweep::to_string(number);
    trial.state = "open";
    place(trial);
    trial.values = values_of(board_.point(trial.group, trial.configuration), data_.parameters.size());
    if (const sweep::TrialEnd* end = board_.end(number)) {
      trial.state = sweep::to_string(end->how);
      trial.reason = end->reason;
      trial.message = end->message;
      trial.objective = end->value;
      trial.step = end->step;
      trial.epoch = end->epoch;
      trial.seconds = end->seconds;
      trial.metrics = end->metrics;
    }
    return trial;
  }

  void place(TrialData& trial) const {
    if (sweep::is_refit(trial.number)) {
      trial.group = sweep::group_of_refit(trial.number);
      trial.configuration = data_.objective ? board_.best(trial.group).value_or(0) : 0;
      return;
    }
    const sweep::Unit unit = study_.layout().unit(trial.number);
    trial.group = unit.group;
    trial.configuration = unit.configuration;
    trial.repeat = unit.repeat;
  }

  void read_configurations(std::int64_t group) {
    std::vector<ConfigurationData> all;
    for (const sweep::Configuration& one : board_.configurations(group)) {
      ConfigurationData made = configuration(one, group);
      if (made.summary.count > 0) all.push_back(std::move(made));
    }
    std::stable_sort(all.begin(), all.end(), [this](const ConfigurationData& a, const ConfigurationData& b) {
      if (a.summary.count != b.summary.count) return a.summary.count > b.summary.count;
      return data_.objective->turned(a.summary.mean) < data_.objective->turned(b.summary.mean);
    });
    if (!all.empty()) all.front().is_best = true;
    if (data_.n_repeats > 1) compare(all);
    std::move(all.begin(), all.end(), std::back_inserter(data_.configurations));
  }

  ConfigurationData configuration(const sweep::Configuration& one, std::int64_t group) const {
    ConfigurationData made;
    made.number = one.number;
    made.group = group;
    made.values = values_of(board_.point(group, one.number), data_.parameters.size());
    std::vector<double> values;
    for (std::int64_t repeat = 0; repeat < data_.n_repeats; ++repeat) {
      const auto found = one.results.find(repeat);
      const bool has_value = found != one.results.end() &&
                             found->second.end == sweep::Result::End::finished &&
                             std::isfinite(found->second.value);
      made.repeats.push_back(has_value ? std::optional(found->second.value) : std::nullopt);
      if (has_value) values.push_back(found->second.value);
    }
    made.summary = sweep::summarise(values, data_.confidence);
    return made;
  }

  void compare(std::vector<ConfigurationData>& all) const {
    std::vector<sweep::Repeats> repeats;
    for (const ConfigurationData& one : all) repeats.push_back(one.repeats);
    const auto comparison = sweep::compare(repeats, data_.objective->is_better_high, data_.confidence);
    if (!comparison) return;
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].is_best = i == comparison->best;
      all[i].p_value = comparison->p_values[i];
    }
    for (const std::size_t tied : comparison->tied) all[tied].is_tied = true;
  }

  const sweep::Study& study_;
  const sweep::StudyFolder& folder_;
  sweep::Board board_;
  StudyData data_;
};

}  // namespace

std::string RunData::title() const { return text(summary.name, '/', summary.id); }

const store::Series* RunData::find(std::string_view metric) const {
  const auto found = record.series.find(store::series_key(std::string(metric)));
  return found == record.series.end() || found->second.value.empty() ? nullptr : &found->second;
}

const store::LoggedArray* RunData::find_array(std::string_view name) const {
  const auto found = record.arrays.find(store::series_key(std::string(name)));
  return found == record.arrays.end() ? nullptr : &found->second;
}

std::vector<const store::Series*> RunData::series() const {
  std::vector<const store::Series*> all;
  for (const auto& [key, series] : record.series) {
    if (!series.value.empty()) all.push_back(&series);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const store::Series* a, const store::Series* b) { return a->order < b->order; });
  return all;
}

std::optional<double> RunData::last(std::string_view metric) const {
  if (const auto value = summary.find(metric)) return value;
  const store::Series* series = find(metric);
  return series ? std::optional(series->value.back()) : std::nullopt;
}

RunData read_run_data(const std::string& folder) {
  return {store::get_run(folder), store::read_record(folder)};
}

std::vector<std::string> class_names(const RunData& run) {
  const std::vector<store::CheckpointRow>& rows = run.record.checkpoints;
  const auto is_there = [&](const store::CheckpointRow& row) {
    return row.is_kept && exists(join_path(run.summary.folder, row.file));
  };
  const auto newest = std::find_if(rows.rbegin(), rows.rend(), is_there);
  if (newest == rows.rend()) return {};
  std::vector<std::string> names;
  try {
    const Json legend = legend_in(join_path(run.summary.folder, newest->file));
    const Json* classes = legend.find_path("task.classes");
    const bool has_names = classes != nullptr && classes->is_list();
    for (const Json& name : has_names ? classes->items() : Json::List()) {
      if (!name.is_text()) return {};
      names.push_back(name.text());
    }
  } catch (const Error&) {  // of an older version, or damaged, which `runs check` tells: numbers will do
    return {};
  }
  return names;
}

std::optional<Extreme> best_of(const store::Series& series, Direction direction) {
  std::optional<Extreme> best;
  for (std::size_t i = 0; i < series.value.size(); ++i) {
    const double value = series.value[i];
    if (std::isnan(value)) continue;
    const bool is_better =
        !best || (direction == Direction::lower ? value < best->value : value > best->value);
    if (is_better) best = {value, series.step[i], series.epoch[i]};
  }
  return best;
}

Direction direction_of(std::string_view metric, const Json& config, const Registry& registry) {
  const std::string_view name = without_split(metric);
  if (name == "loss") return Direction::lower;
  const Json* metrics = config.find("metrics");
  if (!metrics || !metrics->is_list()) return Direction::unknown;
  Direction direction = Direction::unknown;
  std::size_t longest = 0;
  for (const Json& one : metrics->items()) {
    const std::string type = type_of(one);
    const bool gives = name == type || name.starts_with(type + '_');
    const ComponentInfo* component = gives && type.size() > longest ? registry.find("metric", type) : nullptr;
    const auto* facet = component ? std::any_cast<TaskFacet>(&component->facet) : nullptr;
    if (!facet) continue;
    longest = type.size();
    direction = facet->is_better_high ? Direction::higher : Direction::lower;
  }
  return direction;
}

bool is_study(const std::string& folder) { return exists(join_path(folder, "spec.json")); }

StudyData read_study_data(const sweep::Study& study, const sweep::StudyFolder& folder) {
  return StudyReader(study, folder).read();
}

std::string value_label(const ParameterData& parameter, double value) {
  if (parameter.kind == Parameter::Kind::choice) {
    const auto number = static_cast<std::size_t>(std::max(value, 0.0));
    return number < parameter.choices.size() ? parameter.choices[number] : number_text(value);
  }
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, parameter.kind == Parameter::Kind::integer ? "%.0f" : "%.3g", value);
  return buffer;
}

}  // namespace assay::report
