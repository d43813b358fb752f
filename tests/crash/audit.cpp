#include "tests/crash/audit.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/read_record.h"

namespace assay::crash {
namespace {

struct FoundRow {
  RowPlace place;
  int attempt = 0;

  auto operator<=>(const FoundRow&) const = default;
};

struct FoundRows {
  std::vector<FoundRow> rows;  // whole ones, by split in file order
  std::vector<std::string> wrong;

  void add(FoundRows other) {
    rows.insert(rows.end(), other.rows.begin(), other.rows.end());
    wrong.insert(wrong.end(), other.wrong.begin(), other.wrong.end());
  }
};

/// A series of one split, every value compared with what it must be.
class FoundSeries {
 public:
  FoundSeries(const h5::Reader& file, std::string path, std::string series)
      : path_(std::move(path)),
        series_(std::move(series)),
        steps_(file.array(path_ + "/step")),
        epochs_(file.array(path_ + "/epoch")),
        values_(file.array(path_ + "/value")) {}

  std::int64_t count() const { return steps_.count(); }
  std::int64_t step(std::int64_t i) const { return steps_.as<std::int64_t>()[i]; }
  double value(std::int64_t i) const { return values_.as<double>()[i]; }

  void check(const Workload& workload, std::vector<std::string>& wrong) const {
    if (values_.count() != count() || epochs_.count() != count())
      return wrong.push_back(path_ + " has columns of several lengths");
    const bool tells_attempt = series_.ends_with("/attempt");
    for (std::int64_t i = 0; i < count(); ++i) {
      const bool is_place = epochs_.as<std::int64_t>()[i] == epoch_of(step(i));
      if (is_place && (tells_attempt || value(i) == value_of(workload, series_, step(i)))) continue;
      return wrong.push_back(text(path_, " row ", i, " is wrong: step ", step(i), " value ", value(i)));
    }
  }

 private:
  std::string path_;
  std::string series_;
  Array steps_;
  Array epochs_;
  Array values_;
};

/// The rows of one split below `group` that are there with all their series. attempt: who wrote them, or 0: a
/// series says it.
void read_split(const Workload& workload, const h5::Reader& file, const std::string& group, Split split,
                int attempt, FoundRows& out) {
  const std::string folder = text(group, '/', to_string(split));
  if (!file.has(folder)) return;
  const auto expected = scalars_of(workload, {split, 1}, 0);
  std::map<std::int64_t, std::size_t> n_series;  // by step
  for (const Scalar& scalar : expected) {
    const std::string path = text(group, '/', scalar.name);
    if (!file.has(path)) continue;
    const FoundSeries series(file, path, scalar.name);
    series.check(workload, out.wrong);
    for (std::int64_t i = 0; i < series.count(); ++i) ++n_series[series.step(i)];
    if (&scalar != &expected.back()) continue;
    for (std::int64_t i = 0; i < series.count(); ++i) {
      const int who = static_cast<int>(series.value(i));
      if (attempt != 0 && who != attempt) out.wrong.push_back(text(path, " has a row of attempt ", who));
      if (n_series[series.step(i)] == expected.size()) out.rows.push_back({{split, series.step(i)}, who});
    }
  }
  for (const auto& [step, n] : n_series) {
    if (n > expected.size()) out.wrong.push_back(text(folder, " has step ", step, " twice"));
  }
}

FoundRows rows_below(const Workload& workload, const h5::Reader& file, const std::string& group,
                     int attempt = 0) {
  FoundRows out;
  for (const Split split : splits) read_split(workload, file, group, split, attempt, out);
  return out;
}

FoundRows superseded_rows(const Workload& workload, const h5::Reader& file) {
  FoundRows out;
  if (!file.has("superseded")) return out;
  constexpr std::string_view prefix = "attempt.";
  for (const std::string& group : file.names("superseded")) {
    const auto attempt = parse_integer(std::string_view(group).substr(prefix.size())).value_or(-1);
    out.add(rows_below(workload, file, "superseded/" + group, static_cast<int>(attempt)));
  }
  return out;
}

std::vector<RowPlace> by_split(std::vector<RowPlace> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const RowPlace& a, const RowPlace& b) { return a.split < b.split; });
  return rows;
}

std::string place_text(const FoundRow& row) {
  return text(to_string(row.place.split), " row of step ", row.place.step, " of attempt ", row.attempt);
}

void audit_json(const std::string& path, Report& report) {
  const auto bytes = find_file(path);
  if (!bytes) return;
  ++report.files;
  try {
    parse_json(*bytes, path);
  } catch (const Error& error) {
    report.add(text("unreadable: ", path, ": ", error.what()));
  }
}

/// What run.h5 says about checkpoints: each that is kept is there and is what it was.
void audit_table(const Workload& workload, const h5::Reader& file, const std::string& folder,
                 Report& report) {
  const Array steps = file.array("checkpoints/table/step");
  const Array kept = file.array("checkpoints/table/kept");
  const std::vector<std::string> files = file.texts("checkpoints/table/file");
  const std::vector<std::string> digests = file.texts("checkpoints/table/digest");
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (element(kept, static_cast<std::int64_t>(i)) == 0) continue;
    try {
      audit_state(workload, steps.as<std::int64_t>()[i],
                  store::read_checkpoint(join_path(folder, files[i]), digests[i]), report);
    } catch (const Error& error) {
      report.add(text("a checkpoint that is kept, by run.h5: ", error.what()));
    }
  }
}

bool has_journals(const std::string& folder) {
  for (const std::string& name : list_folder(folder)) {
    if (!name.starts_with("a.")) continue;
    for (const std::string& file : list_folder(join_path(folder, name))) {
      if (file.starts_with("journal.")) return true;
    }
  }
  return false;
}

void audit_link(const h5::Reader& file, const char* kind, std::int64_t step, Report& report) {
  const std::string link = text("checkpoints/", kind);
  if (!file.has(link)) return report.add(text("the finished run has no ", link));
  const std::string name = file.external_link(link).first;
  const Array steps = file.array("checkpoints/table/step");
  const std::vector<std::string> files = file.texts("checkpoints/table/file");
  const auto found = std::find(files.begin(), files.end(), name);
  const std::int64_t at = found == files.end() ? -1 : steps.as<std::int64_t>()[found - files.begin()];
  if (at != step) report.add(text(link, " leads to ", name, " of step ", at, ", not ", step));
}

void audit_places(const FoundRows& found, std::vector<RowPlace> expected, Report& report) {
  std::vector<RowPlace> places;
  for (const FoundRow& row : found.rows) places.push_back(row.place);
  if (places == by_split(std::move(expected))) return;
  report.add(text("/metrics has ", places.size(), " rows, and not those that it should have"));
}

void audit_acknowledged(const Workload& workload, const std::set<FoundRow>& all, const AckPage& page,
                        After after, Report& report) {
  for (std::size_t a = 1; a < AckPage::max_attempts && page.attempts[a].begun; ++a) {
    const AttemptAcks& acks = page.attempts[a];
    const std::int64_t n = after == After::kill ? acks.rows : acks.durable_rows;
    const std::vector<RowPlace> logged = rows_to_the_end(workload, acks.resumed_step);
    for (std::int64_t i = 0; i < n; ++i) {
      const FoundRow row{logged.at(static_cast<std::size_t>(i)), static_cast<int>(a)};
      if (all.contains(row)) continue;
      report.add(text("lost: ", place_text(row), ", ", n - i, " of ", n, " at most"));
      break;
    }
    report.rows += n;
  }
}

/// The step of the array below `group`, whose numbers must be those of that step; 0 if there is none.
std::int64_t found_array(const Workload& workload, const h5::Reader& file, const std::string& group,
                         Report& report) {
  const std::string path = text(group, '/', array_name);
  if (!file.has(path)) return 0;
  const std::int64_t step = file.integer_attribute(path, "step");
  const Array found = file.array(path), expected = logged_array(workload, step);
  const bool is_right = found.dtype() == expected.dtype() && found.shape() == expected.shape() &&
                        std::equal(found.data(), found.data() + found.bytes(), expected.data());
  if (!is_right) report.add(text(path, " is not the array of step ", step));
  return step;
}

/// The array that counts is that of the last row that counts; one that was acknowledged was followed by
/// another, or is among those that were superseded.
void audit_arrays(const Workload& workload, const h5::Reader& file, const std::vector<RowPlace>& expected,
                  const AckPage& page, After after, Report& report) {
  const std::int64_t last = expected.empty() ? 0 : array_step(workload, expected.back().step);
  const std::int64_t counts = found_array(workload, file, "arrays", report);
  if (counts != last) report.add(text("/arrays has that of step ", counts, ", not of ", last));
  for (std::size_t a = 1; a < AckPage::max_attempts && page.attempts[a].begun; ++a) {
    const AttemptAcks& acks = page.attempts[a];
    const std::vector<RowPlace> logged = rows_to_the_end(workload, acks.resumed_step);
    std::int64_t step = 0;
    for (std::int64_t i = 0; i < (after == After::kill ? acks.rows : acks.durable_rows); ++i) {
      const RowPlace& row = logged.at(static_cast<std::size_t>(i));
      if (row.split == Split::valid) step = row.step;
    }
    if (step <= counts) continue;
    const std::string group = text("superseded_arrays/attempt.", a);
    if (found_array(workload, file, group, report) < step)
      report.add(text("lost: the array of step ", step, " of attempt ", a));
  }
}

/// An attempt that began is on record.
void audit_attempts(const h5::Reader& file, const AckPage& page, Report& report) {
  const Array attempts = file.array("attempts/attempt");
  const auto* first = attempts.as<std::int64_t>();
  for (std::int64_t a = 1; a < static_cast<std::int64_t>(AckPage::max_attempts); ++a) {
    const bool is_there = std::find(first, first + attempts.count(), a) != first + attempts.count();
    if (page.attempts[a].begun && !is_there) report.add(text("lost: attempt ", a, ", which had begun"));
  }
}

void audit_run_file(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                    const h5::Reader& file, std::vector<RowPlace> expected, Report& report) {
  ++report.files;
  const FoundRows counted = rows_below(workload, file, "metrics");
  const FoundRows superseded = superseded_rows(workload, file);
  for (const FoundRows& found : {counted, superseded}) {
    report.rows += static_cast<std::int64_t>(found.rows.size());
    for (const std::string& wrong : found.wrong) report.add(wrong);
  }
  audit_arrays(workload, file, expected, page, after, report);
  audit_places(counted, std::move(expected), report);
  std::set<FoundRow> all(counted.rows.begin(), counted.rows.end());
  for (const FoundRow& row : superseded.rows) {
    if (!all.insert(row).second) report.add(text("twice: ", place_text(row)));
  }
  audit_acknowledged(workload, all, page, after, report);
  audit_attempts(file, page, report);
  audit_table(workload, file, folder, report);
}

void audit_finished_in(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                       Report& report) {
  const h5::Reader file = store::open_record(folder);
  audit_run_file(workload, folder, page, after, file, rows_to_the_end(workload, 0), report);
  audit_link(file, "final", workload.steps, report);
  audit_link(file, "best", best_step(workload, workload.steps), report);
}

}  // namespace

void Report::add(const Report& other) {
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
  rows += other.rows;
  checkpoints += other.checkpoints;
  files += other.files;
}

std::string run_folder(const Workload& workload, const std::string& runs_dir) {
  const store::BeginRun begin = begin_of(workload, runs_dir);
  return join_path(join_path(runs_dir, begin.name), begin.id);
}

void audit_as_found(const Workload& workload, const std::string& folder, Report& report) {
  for (const char* name : {"summary.json", "result.json"}) audit_json(join_path(folder, name), report);
  for (const std::string& name : list_folder(folder)) {
    if (name.starts_with("claim.") || name.starts_with("released."))
      audit_json(join_path(folder, name), report);
  }
  const std::string path = join_path(folder, "run.h5");
  if (!exists(path)) return;
  ++report.files;
  try {
    const h5::Reader file = h5::Reader::open(path);
    const FoundRows found = rows_below(workload, file, "metrics");
    report.rows += static_cast<std::int64_t>(found.rows.size());
    for (const std::string& wrong : found.wrong) report.add("as found: " + wrong);
  } catch (const Error& error) {
    report.add(text("unreadable: ", path, ": ", error.what()));
  }
}

void audit_rows(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                std::int64_t step, Report& report) {
  const h5::Reader file = h5::Reader::open(join_path(folder, "run.h5"));
  audit_run_file(workload, folder, page, after, file, rows_of(workload, 0, step), report);
}

void audit_resume(const AckPage& page, std::int64_t step, Report& report) {
  for (std::size_t a = 1; a < AckPage::max_attempts; ++a) {
    if (page.attempts[a].settled_step > step)
      report.add(text("lost: the checkpoint of step ", page.attempts[a].settled_step, " of attempt ", a,
                      "; the run goes on from step ", step));
  }
}

void audit_end(const AckPage& page, const store::RunStatus& previous, Report& report) {
  for (std::size_t a = 1; a < AckPage::max_attempts; ++a) {
    if (page.attempts[a].finished) report.add("lost: that the run had finished");
  }
  const auto last = static_cast<std::size_t>(previous.attempt);
  if (page.attempts[last].stopped && previous.state != store::RunState::stopped)
    report.add(text("lost: that attempt ", last, " was stopped"));
}

void audit_state(const Workload& workload, std::int64_t step, const State& state, Report& report) {
  ++report.checkpoints;
  for (const std::string& name : differences(workload, step, state))
    report.add(text("checkpoint of step ", step, " differs in ", name));
}

void audit_finished(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                    Report& report) {
  audit_finished_in(workload, folder, page, after, report);
  if (!has_journals(folder)) return;
  // The journals stay where a process that was overtaken may replace run.h5: they must be able to make it
  // again.
  const std::string copy = join_path(parent_folder(parent_folder(parent_folder(folder))), "copy");
  remove_tree(copy);
  std::filesystem::copy(folder, copy, std::filesystem::copy_options::recursive);
  publish(join_path(copy, "run.h5"), "of another attempt");
  Report of_copy;
  audit_finished_in(workload, copy, page, after, of_copy);
  for (std::string& violation : of_copy.violations) violation += ", when made again from the journals";
  report.add(of_copy);
  remove_tree(copy);
}

}  // namespace assay::crash
