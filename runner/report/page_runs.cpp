#include <algorithm>
#include <cmath>
#include <map>

#include "core/clock.h"
#include "core/io/base64.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/report/page.h"
#include "runner/report/page_json.h"

namespace assay::report {
namespace {

// Points of all series of a page, and of one series: some megabytes, and as many as a screen can tell apart.
constexpr std::size_t most_points = 200'000;
constexpr std::size_t most_points_of_one = 4'000;
constexpr std::size_t least_points_of_one = 200;
constexpr std::size_t most_events = 300;
constexpr std::int64_t largest_matrix = 200;  // classes
constexpr std::int64_t facts_of_a_sample = 5;

/// Which rows are drawn: all, or of each of many stretches the least and the most, the first and the last
/// row.
std::vector<std::size_t> drawn_rows(const std::vector<double>& values, std::size_t most) {
  std::vector<std::size_t> rows;
  const std::size_t n = values.size();
  if (n <= most) {
    rows.resize(n);
    for (std::size_t i = 0; i < n; ++i) rows[i] = i;
    return rows;
  }
  const std::size_t n_stretches = most / 2;
  rows.push_back(0);
  for (std::size_t stretch = 0; stretch < n_stretches; ++stretch) {
    const std::size_t begin = stretch * n / n_stretches, end = (stretch + 1) * n / n_stretches;
    std::size_t least = begin, greatest = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (!(values[least] <= values[i])) least = i;  // also replaces a NaN
      if (!(values[greatest] >= values[i])) greatest = i;
    }
    for (const std::size_t row : {std::min(least, greatest), std::max(least, greatest)}) {
      if (row > rows.back()) rows.push_back(row);
    }
  }
  if (rows.back() != n - 1) rows.push_back(n - 1);
  return rows;
}

/// Steps and times of a run's series. Those of one row are the same, and are written once.
class Axes {
 public:
  explicit Axes(std::int64_t start_ns) : start_ns_(start_ns) {}

  std::size_t index(const store::Series& series, const std::vector<std::size_t>& rows) {
    Json steps = Json::list(), seconds = Json::list();
    for (const std::size_t row : rows) {
      steps.push(series.step[row]);
      const bool has_time = row < series.wall_ns.size();
      seconds.push(has_time ? rounded(1e-9 * static_cast<double>(series.wall_ns[row] - start_ns_)) : Json());
    }
    Json axis(Json::Map{{"step", std::move(steps)}, {"seconds", std::move(seconds)}});
    const auto [found, is_new] = known_.emplace(to_text(axis), list_.items().size());
    if (is_new) list_.push(std::move(axis));
    return found->second;
  }
  Json take() { return std::move(list_); }

 private:
  std::int64_t start_ns_;
  std::map<std::string, std::size_t> known_;
  Json list_ = Json::list();
};

Json extreme(const store::Series& series, Direction direction) {
  const auto found = best_of(series, direction);
  return found ? Json(Json::List{Json(found->value), Json(found->step)}) : Json();
}

Json shown_series(const store::Series& series, std::size_t most, Axes& axes) {
  const std::vector<std::size_t> rows = drawn_rows(series.value, most);
  Json values = Json::list();
  for (const std::size_t row : rows) values.push(rounded(series.value[row]));
  return Json(Json::Map{{"name", series.name},
                        {"rows", series.value.size()},
                        {"axis", axes.index(series, rows)},
                        {"value", std::move(values)},
                        {"last", series.value.back()},
                        {"least", extreme(series, Direction::lower)},
                        {"most", extreme(series, Direction::higher)}});
}

/// A row's epoch is how many are complete, so that the rows at the ends of epochs have the least steps an
/// epoch.
double steps_an_epoch(const RunData& run) {
  double least = INFINITY;
  for (const store::Series* series : run.series()) {
    for (std::size_t i = 0; i < series->step.size(); ++i) {
      if (series->epoch[i] > 0)
        least = std::min(least, static_cast<double>(series->step[i]) / static_cast<double>(series->epoch[i]));
    }
  }
  return std::isfinite(least) ? least : static_cast<double>(std::max<std::int64_t>(run.summary.step, 1));
}

/// What `measured` events hold, as `system/cpu_percent 98.2, system/rss_bytes 1e8`, by name.
Json shown_system(const RunData& run) {
  struct Course {
    std::vector<double> seconds, values;
  };
  std::map<std::string, Course> found;
  for (const store::EventRow& event : run.record.events) {
    if (event.kind != "measured") continue;
    for (const std::string& part : split(event.message, ',')) {
      const std::string_view words = trim(part);
      const std::size_t blank = words.rfind(' ');
      if (blank == std::string_view::npos) continue;
      const auto value = parse_real(words.substr(blank + 1));
      if (!value) continue;
      Course& course = found[std::string(words.substr(0, blank))];
      course.seconds.push_back(1e-9 * static_cast<double>(event.wall_ns - run.record.start_ns));
      course.values.push_back(*value);
    }
  }
  Json list = Json::list();
  for (const auto& [name, course] : found) {
    Json seconds = Json::list(), values = Json::list();
    for (const std::size_t row : drawn_rows(course.values, most_points_of_one)) {
      seconds.push(rounded(course.seconds[row]));
      values.push(rounded(course.values[row]));
    }
    list.push(Json(Json::Map{{"name", name}, {"seconds", std::move(seconds)}, {"value", std::move(values)}}));
  }
  return list;
}

Json shown_matrices(const RunData& run) {
  Json list = Json::list();
  for (const auto& [key, array] : run.record.arrays) {
    const std::vector<std::int64_t>& shape = array.values.shape();
    const bool is_matrix = shape.size() == 2 && shape[0] == shape[1] && shape[0] <= largest_matrix;
    if (!is_matrix || !array.name.ends_with("confusion_matrix")) continue;
    Json rows = Json::list();
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      Json row = Json::list();
      for (std::int64_t j = 0; j < shape[1]; ++j)
        row.push(static_cast<std::int64_t>(std::llround(element(array.values, i * shape[1] + j))));
      rows.push(std::move(row));
    }
    list.push(Json(Json::Map{{"name", array.name}, {"step", array.step}, {"rows", std::move(rows)}}));
  }
  return list;
}

/// Of each split and choice of the metric `samples` the rows, [row, class, predicted class, its probability,
/// that of the class], and where there are any their images, [rows, height, width, channels] bytes.
Json shown_samples(const RunData& run) {
  Json list = Json::list();
  for (const auto& [key, array] : run.record.arrays) {
    const std::vector<std::int64_t>& shape = array.values.shape();
    const bool are_rows = array.name.ends_with("/samples_worst") || array.name.ends_with("/samples_drawn");
    if (!are_rows || shape.size() != 2 || shape[1] != facts_of_a_sample) continue;
    Json rows = Json::list();
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      Json row = Json::list();
      for (std::int64_t j = 0; j < shape[1]; ++j) {
        const double value = element(array.values, i * shape[1] + j);
        row.push(j < 3 ? Json(static_cast<std::int64_t>(value)) : rounded(value));  // chances last
      }
      rows.push(std::move(row));
    }
    Json one(Json::Map{{"name", array.name}, {"step", array.step}, {"rows", std::move(rows)}});
    const store::LoggedArray* images = run.find_array(array.name + "_images");
    const bool have_images = images != nullptr && images->values.dtype() == Dtype::u8 &&
                             images->values.shape().size() == 4 && images->values.shape()[0] == shape[0];
    if (have_images) {
      const Array& pixels = images->values;
      one.set("size", Json(Json::List(pixels.shape().begin() + 1, pixels.shape().end())));
      one.set("pixels", base64({reinterpret_cast<const char*>(pixels.data()), pixels.bytes()}));
    }
    list.push(std::move(one));
  }
  return list;
}

/// For matrices and samples alone: a vocabulary is long, and a checkpoint is a file to open.
Json shown_classes(const RunData& run, const Json& matrices, const Json& samples) {
  Json list = Json::list();
  if (matrices.items().empty() && samples.items().empty()) return list;
  for (const std::string& name : class_names(run)) list.push(name);
  return list;
}

Json shown_data(const std::vector<store::DataFile>& files) {
  Json list = Json::list();
  for (const store::DataFile& file : files)
    list.push(Json(Json::Map{{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}}));
  return list;
}

Json shown_checkpoints(const std::vector<store::CheckpointRow>& rows) {
  Json list = Json::list();
  for (const store::CheckpointRow& row : rows) {
    if (!row.is_kept) continue;
    list.push(Json(
        Json::Map{{"file", row.file}, {"kind", kind_of(row)}, {"step", row.step}, {"bytes", row.bytes}}));
  }
  return list;
}

Json shown_attempts(const std::vector<store::AttemptRow>& rows) {
  Json list = Json::list();
  for (const store::AttemptRow& row : rows) {
    list.push(Json(Json::Map{{"attempt", row.attempt},
                             {"state", to_string(row.state)},
                             {"seconds", row.seconds},
                             {"from", row.origin.step},
                             {"command", join(row.command, " ")}}));
  }
  return list;
}

/// The last ones, without what other parts of the page show.
Json shown_events(const RunData& run) {
  std::vector<const store::EventRow*> shown;
  for (const store::EventRow& event : run.record.events) {
    if (event.kind != "measured") shown.push_back(&event);
  }
  Json list = Json::list();
  for (std::size_t i = shown.size() - std::min(shown.size(), most_events); i < shown.size(); ++i) {
    list.push(
        Json(Json::Map{{"step", shown[i]->step}, {"kind", shown[i]->kind}, {"message", shown[i]->message}}));
  }
  return Json(Json::Map{{"shown", std::move(list)}, {"in_all", shown.size()}});
}

Json or_empty_map(const Json& json) { return json.is_map() ? json : Json::map(); }

Json shown_run(const RunData& run, std::size_t most) {
  const store::RunSummary& summary = run.summary;
  Axes axes(run.record.start_ns);
  Json series = Json::list();
  for (const store::Series* one : run.series()) series.push(shown_series(*one, most, axes));
  Json matrices = shown_matrices(run), samples = shown_samples(run);
  Json classes = shown_classes(run, matrices, samples);
  Json json(Json::Map{{"name", summary.name},
                      {"id", summary.id},
                      {"state", to_string(summary.state)},
                      {"message", summary.message},
                      {"start", iso_time(summary.start_ns)},
                      {"seconds", summary.seconds},
                      {"step", summary.step},
                      {"epoch", summary.epoch},
                      {"attempt", summary.attempt},
                      {"seed", summary.seed},
                      {"folder", summary.folder},
                      {"steps_an_epoch", steps_an_epoch(run)},
                      {"axes", axes.take()},
                      {"series", std::move(series)},
                      {"system", shown_system(run)},
                      {"matrices", std::move(matrices)},
                      {"samples", std::move(samples)},
                      {"classes", std::move(classes)},
                      {"config", or_empty_map(run.record.begin.resolved)},
                      {"provenance", or_empty_map(run.record.begin.provenance)},
                      {"environment", or_empty_map(run.record.begin.environment)},
                      {"data", shown_data(run.record.begin.data)},
                      {"checkpoints", shown_checkpoints(run.record.checkpoints)},
                      {"attempts", shown_attempts(run.record.attempts)},
                      {"events", shown_events(run)}});
  if (summary.best_value) {
    json.set("best", Json(Json::Map{{"metric", summary.best_metric},
                                    {"value", *summary.best_value},
                                    {"step", summary.best_step}}));
  }
  return json;
}

}  // namespace

Json page_data(std::span<const RunData> runs) {
  std::size_t n_series = 0;
  for (const RunData& run : runs) n_series += run.series().size();
  const std::size_t share = most_points / std::max<std::size_t>(n_series, 1);
  const std::size_t most = std::clamp(share, least_points_of_one, most_points_of_one);
  Json list = Json::list();
  for (const RunData& run : runs) list.push(shown_run(run, most));
  return Json(Json::Map{{"runs", std::move(list)}});
}

}  // namespace assay::report
