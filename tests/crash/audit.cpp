#include "tests/crash/audit.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"

namespace assay::crash {
namespace {

struct FoundRow {
  RowPlace place;
  int attempt = 0;

  auto operator<=>(const FoundRow&) const = default;
};

struct FoundRows {
  std::vector<FoundRow> rows;  // training rows in file order, then validation rows
  std::vector<std::string> wrong;
};

/// The rows of one split below `group`; every value is compared with what it must be.
void read_split(const Workload& workload, const h5::Reader& file, const std::string& group, bool is_valid,
                FoundRows& out) {
  if (!file.has(group) || !file.is_group(group)) return;
  const std::string split = is_valid ? "valid" : "train";
  const auto column = [&](const std::string& name, const char* part) {
    return file.array(group + '/' + name + '/' + part);
  };
  if (!file.has(group + "/attempt")) return out.wrong.push_back(group + " has no series `attempt`");
  const Array step = column("attempt", "step");
  const Array attempt = column("attempt", "value");
  for (std::int64_t i = 0; i < attempt.count(); ++i)
    out.rows.push_back({{step.as<std::int64_t>()[i], is_valid}, static_cast<int>(attempt.as<double>()[i])});
  for (const std::string& name : file.names(group)) {
    const Array steps = column(name, "step");
    const Array epochs = column(name, "epoch");
    const Array values = column(name, "value");
    if (values.count() != attempt.count() || steps.count() != values.count() ||
        epochs.count() != values.count())
      return out.wrong.push_back(
          text(group, '/', name, " has ", values.count(), " rows, not ", attempt.count()));
    for (std::int64_t i = 0; i < values.count(); ++i) {
      const std::int64_t at = steps.as<std::int64_t>()[i];
      const bool is_place = at == step.as<std::int64_t>()[i] && epochs.as<std::int64_t>()[i] == epoch_of(at);
      const bool is_value =
          name == "attempt" || values.as<double>()[i] == value_of(workload, split + '/' + name, at);
      if (!is_place || !is_value) {
        out.wrong.push_back(
            text(group, '/', name, " row ", i, " is wrong: step ", at, " value ", values.as<double>()[i]));
        break;
      }
    }
  }
}

FoundRows rows_below(const Workload& workload, const h5::Reader& file, const std::string& group) {
  FoundRows out;
  for (const bool is_valid : {false, true})
    read_split(workload, file, group + (is_valid ? "/valid" : "/train"), is_valid, out);
  return out;
}

/// The rows in the order in which they are stored: training first.
std::vector<RowPlace> stored_order(std::vector<RowPlace> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const RowPlace& a, const RowPlace& b) { return a.is_valid < b.is_valid; });
  return rows;
}

std::string place_text(const FoundRow& row) {
  return text(row.place.is_valid ? "valid" : "train", " row of step ", row.place.step, " of attempt ",
              row.attempt);
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

void audit_checkpoint_link(const Workload& workload, const h5::Reader& file, const std::string& folder,
                           const char* kind, std::int64_t step, Report& report) {
  const std::string link = text("checkpoints/", kind);
  if (!file.has(link)) return report.add(text("the finished run has no ", link));
  const std::string path = join_path(folder, file.external_link(link).first);
  const Array digests_step = file.array("checkpoints/table/step");
  const std::vector<std::string> files = file.texts("checkpoints/table/file");
  const std::vector<std::string> digests = file.texts("checkpoints/table/digest");
  const std::string name = file.external_link(link).first;
  for (std::size_t i = files.size(); i-- > 0;) {
    if (files[i] != name) continue;
    const std::int64_t found = digests_step.as<std::int64_t>()[i];
    if (found != step) report.add(text(link, " is of step ", found, ", not ", step));
    return audit_state(workload, step, store::read_checkpoint(path, digests[i]), report);
  }
  report.add(text(link, " leads to ", name, ", which is not in the table"));
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
  ++report.files;
  const FoundRows counted = rows_below(workload, file, "metrics");
  const FoundRows superseded = rows_below(workload, file, "superseded");
  for (const FoundRows& found : {counted, superseded}) {
    report.rows += static_cast<std::int64_t>(found.rows.size());
    for (const std::string& wrong : found.wrong) report.add(wrong);
  }

  std::vector<RowPlace> places;
  for (const FoundRow& row : counted.rows) places.push_back(row.place);
  const std::vector<RowPlace> expected = stored_order(rows_of(workload, 0, step));
  if (places != expected)
    report.add(
        text("/metrics has ", places.size(), " rows, not the ", expected.size(), " up to step ", step));

  std::set<FoundRow> all(counted.rows.begin(), counted.rows.end());
  for (const FoundRow& row : superseded.rows) {
    if (!all.insert(row).second) report.add(text("twice: ", place_text(row)));
  }
  for (std::size_t a = 1; a < AckPage::max_attempts && page.attempts[a].begun; ++a) {
    const AttemptAcks& acks = page.attempts[a];
    const std::int64_t n = after == After::kill ? acks.rows : acks.durable_rows;
    const std::vector<RowPlace> logged = rows_of(workload, acks.resumed_step, workload.steps);
    for (std::int64_t i = 0; i < n; ++i) {
      const FoundRow row{logged.at(static_cast<std::size_t>(i)), static_cast<int>(a)};
      if (all.contains(row)) continue;
      report.add(text("lost: ", place_text(row), ", ", n - i, " of ", n, " at most"));
      break;
    }
    report.rows += n;
  }
}

void audit_resume(const AckPage& page, std::int64_t step, Report& report) {
  for (std::size_t a = 1; a < AckPage::max_attempts; ++a) {
    if (page.attempts[a].settled_step > step)
      report.add(text("lost: the checkpoint of step ", page.attempts[a].settled_step, " of attempt ", a,
                      "; the run goes on from step ", step));
  }
}

void audit_state(const Workload& workload, std::int64_t step, const State& state, Report& report) {
  ++report.checkpoints;
  for (const std::string& name : differences(workload, step, state))
    report.add(text("checkpoint of step ", step, " differs in ", name));
}

void audit_finished(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                    Report& report) {
  audit_rows(workload, folder, page, after, workload.steps, report);
  const h5::Reader file = h5::Reader::open(join_path(folder, "run.h5"));
  audit_checkpoint_link(workload, file, folder, "final", workload.steps, report);
  audit_checkpoint_link(workload, file, folder, "best", best_step(workload, workload.steps), report);
}

}  // namespace assay::crash
