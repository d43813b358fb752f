#include "runner/store/run_index.h"

#include <algorithm>

#include "core/error.h"
#include "core/io/file_stamp.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/journal_format.h"
#include "runner/store/read_record.h"
#include "runner/store/record_file.h"

namespace assay::store {
namespace {

bool is_run(const std::string& folder) {
  return exists(join_path(folder, "summary.json")) || exists(join_path(folder, "claim.1"));
}

/// Its summary.json, or nothing if there is none or it is damaged.
std::optional<RunSummary> read_summary(const std::string& folder) {
  const std::string path = join_path(folder, "summary.json");
  const auto bytes = find_file(path);
  if (!bytes) return std::nullopt;
  try {
    return summary_of(parse_json(*bytes, path));
  } catch (const Error&) {
    return std::nullopt;  // the folder still tells the rest
  }
}

/// Whether what an ended run's summary says is final: nobody went on with it since.
bool is_final(const RunSummary& summary) {
  if (summary.state == RunState::finished) return true;
  if (summary.state != RunState::stopped && summary.state != RunState::failed) return false;
  return !exists(join_path(summary.folder, text("claim.", summary.attempt + 1)));
}

/// What the journals tell of a run: a killed one may have done more than its summary says.
void update_from_record(RunSummary& summary) {
  try {
    RunSummary told = summary_of(read_record(summary.folder));
    told.folder = summary.folder;
    summary = std::move(told);
  } catch (const Error&) {  // it has no record yet, or a damaged one: the folder still tells the rest
  }
}

/// Whether a killed run's summary says as good as all that its journal does, and reading that would take
/// long: ten thousand killed runs are to be listed in seconds.
bool is_summary_enough(const std::string& folder, int attempt) {
  constexpr std::uint64_t long_journal = 64U << 10U;
  constexpr std::int64_t few_seconds_ns = 15'000'000'000;
  const auto summary = file_stamp(join_path(folder, "summary.json"));
  const auto journal = file_stamp(join_path(folder, text("a.", attempt, '/', journal_name(1))));
  return summary && journal && journal->bytes >= long_journal &&
         journal->changed_ns - summary->changed_ns < few_seconds_ns;
}

/// Of a run that has not ended. A running one publishes its summary every few seconds, which is enough for
/// lists.
void update(RunSummary& summary, bool to_the_row) {
  const RunStatus status = status_of(summary.folder);
  const bool is_enough =
      status.state == RunState::running || is_summary_enough(summary.folder, status.attempt);
  if (to_the_row || !is_enough) update_from_record(summary);
  summary.state = status.state;
  summary.attempt = status.attempt;
  if (!status.message.empty()) summary.message = status.message;
  if (summary.start_ns == 0 && status.claim) summary.start_ns = status.claim->wall_ns;
}

RunSummary read_run(const std::string& folder, bool to_the_row) {
  RunSummary summary;
  try {
    if (const auto stored = read_summary(folder)) summary = *stored;
    summary.folder = folder;
    if (!is_final(summary)) update(summary, to_the_row);
  } catch (const Error& error) {
    summary.state = RunState::lost;
    summary.message = error.problems().empty() ? error.what() : error.problems().front().message;
  }
  summary.folder = folder;
  summary.id = base_name(folder);
  if (summary.name.empty()) summary.name = base_name(parent_folder(folder));
  return summary;
}

bool is_newer(const RunSummary& a, const RunSummary& b) {
  return a.start_ns != b.start_ns ? a.start_ns > b.start_ns : a.folder < b.folder;
}

/// The run's folder that a path names: itself, or the one above the file.
std::optional<std::string> folder_of(const std::string& path) {
  if (!exists(path)) return std::nullopt;
  const std::string folder = is_folder(path) ? path : parent_folder(path);
  if (!is_run(folder)) return std::nullopt;
  return folder;
}

template <class Matches>
std::vector<RunSummary> matching(const std::vector<RunSummary>& runs, Matches matches) {
  std::vector<RunSummary> found;
  std::copy_if(runs.begin(), runs.end(), std::back_inserter(found), matches);
  return found;
}

[[noreturn]] void fail_none(const std::string& runs_dir, const std::string& wanted,
                            const std::vector<RunSummary>& runs) {
  std::vector<std::string> names;
  for (const RunSummary& run : runs) names.push_back(run.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  throw Error(Kind::usage, text("no run in ", runs_dir, " is called '", printable(wanted), "'"),
              runs.empty() ? std::string("there is no run yet; --runs names another folder")
                           : text(suggest(wanted, names), "; `assay runs list` shows all"));
}

[[noreturn]] void fail_many(const std::string& wanted, const std::vector<RunSummary>& found) {
  constexpr std::size_t n_shown = 10;
  Problem problem{
      {}, {}, text("'", printable(wanted), "' means ", found.size(), " runs"), "name one by its id", {}};
  for (std::size_t i = 0; i < std::min(n_shown, found.size()); ++i) {
    problem.notes.push_back(text(found[i].name, '/', found[i].id, ", ", to_string(found[i].state)));
  }
  if (found.size() > n_shown) problem.notes.push_back(text("and ", found.size() - n_shown, " more"));
  throw Error(Kind::usage, std::move(problem));
}

}  // namespace

std::vector<RunSummary> list_runs(const std::string& runs_dir) {
  std::vector<RunSummary> runs;
  for (const std::string& name : list_folder(runs_dir)) {
    const std::string folder = join_path(runs_dir, name);
    if (name.front() == '.' || !is_folder(folder)) continue;
    for (const std::string& id : list_folder(folder)) {
      const std::string run = join_path(folder, id);
      if (is_run(run)) runs.push_back(read_run(run, /*to_the_row=*/false));
    }
  }
  std::sort(runs.begin(), runs.end(), is_newer);
  return runs;
}

RunSummary get_run(const std::string& folder) {
  if (is_run(folder)) return read_run(absolute_path(folder), /*to_the_row=*/true);
  throw Error(Kind::store, Problem{Where::path(folder), {}, "is not the folder of a run", {}});
}

RunSummary find_run(const std::string& runs_dir, const std::string& wanted) {
  if (const auto folder = folder_of(wanted)) return get_run(*folder);
  if (const auto folder = folder_of(join_path(runs_dir, wanted))) return get_run(*folder);
  const std::vector<RunSummary> runs = list_runs(runs_dir);
  std::vector<RunSummary> found = matching(runs, [&](const RunSummary& run) { return run.id == wanted; });
  if (found.empty()) found = matching(runs, [&](const RunSummary& run) { return run.name == wanted; });
  if (found.empty() && !wanted.empty()) {
    found = matching(runs, [&](const RunSummary& run) { return run.id.starts_with(wanted); });
  }
  if (found.empty()) fail_none(runs_dir, wanted, runs);
  if (found.size() > 1) fail_many(wanted, found);
  return found.front();
}

}  // namespace assay::store
