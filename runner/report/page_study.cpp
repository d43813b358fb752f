#include <cmath>
#include <map>

#include "core/text.h"
#include "runner/report/page.h"
#include "runner/report/page_json.h"
#include "runner/sweep/board.h"
#include "runner/sweep/effects.h"
#include "runner/sweep/summary_rows.h"

namespace assay::report {
namespace {

constexpr std::size_t enough_for_effects = 4;  // configurations
constexpr std::size_t most_curve_points = 200'000;

/// Numbers of choices and whole numbers stay whole.
Json values_json(const std::vector<std::optional<double>>& values,
                 const std::vector<ParameterData>& parameters) {
  Json list = Json::list();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) {
      list.push(Json());
    } else if (parameters[i].kind == Parameter::Kind::real) {
      list.push(rounded(*values[i]));
    } else {
      list.push(static_cast<std::int64_t>(std::llround(*values[i])));
    }
  }
  return list;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json list = Json::list();
  for (const std::string& one : texts) list.push(one);
  return list;
}

Json parameters_json(const std::vector<ParameterData>& parameters) {
  Json list = Json::list();
  for (const ParameterData& one : parameters) {
    const char* kind = one.kind == Parameter::Kind::choice    ? "choice"
                       : one.kind == Parameter::Kind::integer ? "integer"
                                                              : "real";
    list.push(Json(Json::Map{{"name", one.name},
                             {"kind", kind},
                             {"log", one.is_log},
                             {"low", one.low},
                             {"high", one.high},
                             {"choices", texts_json(one.choices)}}));
  }
  return list;
}

/// Every metric that a trial ended with, by name.
std::vector<std::string> ended_metrics(const StudyData& data) {
  std::map<std::string, bool> names;
  for (const TrialData& trial : data.trials) {
    for (const auto& [name, value] : trial.metrics) names.emplace(name, true);
  }
  std::vector<std::string> list;
  for (const auto& [name, is_there] : names) list.push_back(name);
  return list;
}

Json trials_json(const StudyData& data, const std::vector<std::string>& metrics) {
  Json list = Json::list();
  for (const TrialData& trial : data.trials) {
    const std::map<std::string, double> ended(trial.metrics.begin(), trial.metrics.end());
    Json values = Json::list();
    for (const std::string& name : metrics) {
      const auto found = ended.find(name);
      values.push(found == ended.end() ? Json() : rounded(found->second));
    }
    list.push(Json(Json::Map{{"number", trial.number},
                             {"label", trial.label},
                             {"configuration", trial.configuration},
                             {"group", trial.group},
                             {"repeat", trial.repeat},
                             {"state", trial.state},
                             {"reason", trial.reason},
                             {"message", trial.message},
                             {"values", values_json(trial.values, data.parameters)},
                             {"objective", or_null(trial.objective)},
                             {"step", trial.step},
                             {"epoch", trial.epoch},
                             {"seconds", rounded(trial.seconds)},
                             {"metrics", std::move(values)}}));
  }
  return list;
}

Json configurations_json(const StudyData& data) {
  Json list = Json::list();
  for (const ConfigurationData& one : data.configurations) {
    list.push(Json(Json::Map{{"number", one.number},
                             {"group", one.group},
                             {"values", values_json(one.values, data.parameters)},
                             {"n", one.summary.count},
                             {"mean", or_null(one.summary.mean)},
                             {"low", or_null(one.summary.low)},
                             {"high", or_null(one.summary.high)},
                             {"p", or_null(one.p_value)},
                             {"is_best", one.is_best},
                             {"is_tied", one.is_tied}}));
  }
  return list;
}

/// Evaluations of the objective, every so manieth of them where there are many. A curve's values are turned.
Json curves_json(const StudyData& data, const sweep::Board& board) {
  std::size_t n_points = 0;
  for (const TrialData& trial : data.trials) n_points += board.curve(trial.number).readings.size();
  const std::size_t every = n_points / most_curve_points + 1;
  Json list = Json::list();
  for (const TrialData& trial : data.trials) {
    const Curve curve = board.curve(trial.number);
    if (curve.readings.empty()) continue;
    Json epochs = Json::list(), values = Json::list();
    for (std::size_t i = 0; i < curve.readings.size(); ++i) {
      if (i % every != 0 && i + 1 != curve.readings.size()) continue;
      epochs.push(rounded(curve.readings[i].epochs));
      values.push(rounded(data.objective->turned(curve.readings[i].value)));
    }
    list.push(
        Json(Json::Map{{"trial", trial.number}, {"epoch", std::move(epochs)}, {"value", std::move(values)}}));
  }
  return list;
}

Json effect_json(const sweep::Effect& effect, const StudyData& data) {
  Json levels = Json::list();
  for (const sweep::Level& level : effect.levels)
    levels.push(Json(Json::Map{{"label", level.label}, {"count", level.count}, {"mean", level.mean}}));
  return Json(Json::Map{{"parameter", data.parameters[effect.parameter].name},
                        {"share", effect.share},
                        {"by_chance", effect.by_chance},
                        {"levels", std::move(levels)}});
}

/// Of each group, as `assay sweep show` computes them.
Json effects_json(const StudyData& data, const Space& space) {
  const auto label = [&](std::size_t parameter, double value) {
    return value_label(data.parameters[parameter], value);
  };
  Json groups = Json::list();
  for (std::size_t group = 0; group < data.groups.size(); ++group) {
    std::vector<sweep::Measured> measured;
    for (const ConfigurationData& one : data.configurations) {
      if (one.group != static_cast<std::int64_t>(group)) continue;
      Point point = space.empty_point();
      for (std::size_t i = 0; i < point.size(); ++i) point[i] = one.values[i].value_or(NAN);
      measured.push_back({std::move(point), one.summary.mean});
    }
    Json list = Json::list();
    if (measured.size() >= enough_for_effects) {
      for (const sweep::Effect& effect : sweep::effects_of(space, measured, label))
        list.push(effect_json(effect, data));
    }
    groups.push(std::move(list));
  }
  return groups;
}

Json summary_json(const sweep::Study& study, const sweep::Board& board) {
  const std::vector<sweep::SummaryRow> rows = sweep::summary_rows(study, board);
  if (rows.empty()) return {};
  Json list = Json::list();
  for (const sweep::SummaryRow& row : rows) {
    Json metrics = Json::list();
    for (const sweep::Summary& one : row.metrics) {
      metrics.push(Json(Json::Map{{"count", one.count},
                                  {"mean", or_null(one.mean)},
                                  {"sd", or_null(one.sd)},
                                  {"standard_error", or_null(one.standard_error)},
                                  {"low", or_null(one.low)},
                                  {"high", or_null(one.high)}}));
    }
    list.push(Json(Json::Map{{"label", row.label}, {"metrics", std::move(metrics)}}));
  }
  const SummarySection& section = *study.section().summary;
  return Json(Json::Map{{"metrics", texts_json(section.metrics)},
                        {"over", section.over.value_or("")},
                        {"spread", section.spread},
                        {"rows", std::move(list)}});
}

}  // namespace

Json page_data(const sweep::Study& study, const sweep::StudyFolder& folder) {
  const StudyData data = read_study_data(study, folder);
  sweep::Board board(study, folder);
  board.refresh();
  const std::vector<std::string> metrics = ended_metrics(data);
  Json json(Json::Map{{"name", data.name},
                      {"id", data.id},
                      {"folder", data.folder},
                      {"sampler", study.section().sampler.name()},
                      {"n_trials", data.n_trials},
                      {"n_repeats", data.n_repeats},
                      {"confidence", data.confidence},
                      {"groups", texts_json(data.groups)},
                      {"parameters", parameters_json(data.parameters)},
                      {"metric_names", texts_json(metrics)},
                      {"trials", trials_json(data, metrics)},
                      {"configurations", configurations_json(data)},
                      {"effects", effects_json(data, study.space().space())},
                      {"summary", summary_json(study, board)},
                      {"config", data.config}});
  if (study.pruner()) json.set("pruner", study.section().pruner.name());
  if (data.objective) {
    json.set("objective", Json(Json::Map{{"metric", data.objective->metric},
                                         {"mode", data.objective->is_better_high ? "max" : "min"}}));
  }
  json.set("curves", data.objective ? curves_json(data, board) : Json::list());
  return Json(Json::Map{{"runs", Json::list()}, {"study", std::move(json)}});
}

}  // namespace assay::report
