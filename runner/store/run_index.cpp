#include "runner/store/run_index.h"

#include <algorithm>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"

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

bool has_ended(RunState state) {
  return state == RunState::finished || state == RunState::stopped || state == RunState::failed;
}

/// What an ended run's summary says is final; one that says `running` may have been killed since.
void update(RunSummary& summary) {
  const RunStatus status = status_of(summary.folder);
  summary.state = status.state;
  summary.attempt = status.attempt;
  if (!status.message.empty()) summary.message = status.message;
  if (summary.start_ns == 0 && status.claim) summary.start_ns = status.claim->wall_ns;
}

RunSummary read_run(const std::string& folder) {
  RunSummary summary;
  try {
    const auto stored = read_summary(folder);
    if (stored) summary = *stored;
    summary.folder = folder;
    if (!stored || !has_ended(summary.state)) update(summary);
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
      if (is_run(run)) runs.push_back(read_run(run));
    }
  }
  std::sort(runs.begin(), runs.end(), is_newer);
  return runs;
}

RunSummary get_run(const std::string& folder) {
  if (is_run(folder)) return read_run(absolute_path(folder));
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
