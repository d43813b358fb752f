#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/io/h5.h"
#include "core/text.h"
#include "runner/report/page.h"
#include "runner/report/page_json.h"
#include "runner/store/read_record.h"
#include "runner/sweep/board.h"
#include "runner/sweep/effects.h"
#include "runner/sweep/summary_rows.h"

namespace assay::report {
namespace {

constexpr std::size_t enough_for_effects = 4;  // configurations
constexpr std::size_t most_curves = 2'000;     // each is a file to read
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

/// How a trial's objective went.
struct TrialCurve {
  std::vector<double> steps;
  std::vector<double> values;
};

/// From the trial's own record: the logs hold evaluations for pruners only. Empty if it has none.
TrialCurve recorded_curve(const TrialData& trial, const std::string& metric) {
  const auto [split, name] = store::series_key(metric);
  const std::string place = text("metrics/", split, '/', name);
  try {
    const h5::Reader file = store::open_record(trial.folder);
    const Array steps = file.array(place + "/step"), values = file.array(place + "/value");
    TrialCurve curve;
    for (std::int64_t i = 0; i < values.count(); ++i) {
      curve.steps.push_back(element(steps, i));
      curve.values.push_back(element(values, i));
    }
    return curve;
  } catch (
      const Error&) {  // no record yet, or a damaged one, which `runs check` tells: the page lacks a line
    return {};
  }
}

TrialCurve logged_curve(const TrialData& trial, const sweep::Board& board,
                        const sweep::Objective& objective) {
  TrialCurve curve;
  for (const Reading& reading : board.curve(trial.number).readings) {
    curve.steps.push_back(static_cast<double>(reading.steps));
    curve.values.push_back(objective.turned(reading.value));
  }
  return curve;
}

/// Of many trials every so manieth, and of many evaluations likewise.
Json curves_json(const StudyData& data, const sweep::Board& board) {
  const std::size_t every_trial = data.trials.size() / most_curves + 1;
  const std::size_t most = most_curve_points / std::min(data.trials.size() + 1, most_curves);
  Json list = Json::list();
  for (std::size_t t = 0; t < data.trials.size(); t += every_trial) {
    TrialCurve curve = logged_curve(data.trials[t], board, *data.objective);
    if (curve.values.empty()) curve = recorded_curve(data.trials[t], data.objective->metric);
    const std::size_t every = curve.values.size() / most + 1;
    Json steps = Json::list(), values = Json::list();
    for (std::size_t i = 0; i < curve.values.size(); ++i) {
      if (i % every != 0 && i + 1 != curve.values.size()) continue;
      steps.push(rounded(curve.steps[i]));
      values.push(rounded(curve.values[i]));
    }
    if (curve.values.empty()) continue;
    list.push(Json(Json::Map{
        {"trial", data.trials[t].number}, {"step", std::move(steps)}, {"value", std::move(values)}}));
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
