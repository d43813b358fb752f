#include "runner/store/run_index.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <sys/stat.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/file_stamp.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/loose_files.h"
#include "core/text.h"
#include "runner/store/flat_config.h"
#include "runner/store/journal_format.h"
#include "runner/store/read_record.h"
#include "runner/store/record_file.h"

namespace assay::store {
namespace {

bool is_run(const std::string& folder) {
  return exists(join_path(folder, "summary.json")) || exists(join_path(folder, "claim.1"));
}

/// A run with its config; null where it is not known.
struct ReadRun {
  RunSummary summary;
  Json config;
};

/// Its summary.json, or nothing if there is none or it is damaged.
std::optional<ReadRun> read_summary(const std::string& folder) {
  const std::string path = join_path(folder, "summary.json");
  const auto bytes = find_file(path);
  if (!bytes) return std::nullopt;
  try {
    const Json json = parse_json(*bytes, path);
    const Json* config = json.find("config");
    return ReadRun{summary_of(json), config ? *config : Json()};
  } catch (const Error&) {
    return std::nullopt;  // the folder still tells the rest
  }
}

std::string tags_path(const std::string& folder) { return join_path(folder, "tags.json"); }

/// Those that `assay runs tag` left, in place of those of the config.
void read_tags(const std::string& folder, RunSummary& summary) {
  const auto bytes = find_file(tags_path(folder));
  if (!bytes) return;
  try {
    summary.tags = summary_of(parse_json(*bytes, tags_path(folder))).tags;
  } catch (const Error&) {  // damaged: those of the config stay
  }
}

/// Whether what an ended run's summary says is final: nobody went on with it since.
bool is_final(const RunSummary& summary) {
  if (summary.state == RunState::finished) return true;
  if (summary.state != RunState::stopped && summary.state != RunState::failed) return false;
  return !exists(join_path(summary.folder, text("claim.", summary.attempt + 1)));
}

/// What the journals tell of a run: a killed one may have done more than its summary says.
void update_from_record(ReadRun& run) {
  try {
    Record record = read_record(run.summary.folder);
    RunSummary told = summary_of(record);
    told.folder = run.summary.folder;
    run.summary = std::move(told);
    run.config = std::move(record.begin.resolved);
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
void update(ReadRun& run, bool to_the_row) {
  RunSummary& summary = run.summary;
  const RunStatus status = status_of(summary.folder);
  const bool is_enough =
      status.state == RunState::running || is_summary_enough(summary.folder, status.attempt);
  if (to_the_row || !is_enough) update_from_record(run);
  summary.state = status.state;
  summary.attempt = status.attempt;
  if (!status.message.empty()) summary.message = status.message;
  if (summary.start_ns == 0 && status.claim) summary.start_ns = status.claim->wall_ns;
}

ReadRun read_run(const std::string& folder, bool to_the_row) {
  ReadRun run;
  try {
    if (auto stored = read_summary(folder)) run = std::move(*stored);
    run.summary.folder = folder;
    if (!is_final(run.summary)) update(run, to_the_row);
    read_tags(folder, run.summary);
  } catch (const Error& error) {
    run.summary.state = RunState::lost;
    run.summary.message = error.problems().empty() ? error.what() : error.problems().front().message;
  }
  run.summary.folder = folder;
  run.summary.id = base_name(folder);
  if (run.summary.name.empty()) run.summary.name = base_name(parent_folder(folder));
  return run;
}

/// The config of a run whose summary.json does not say it.
Json config_of(const std::string& folder) {
  try {
    return parse_json(open_record(folder).text("config/resolved"), folder);
  } catch (const Error&) {
    return {};
  }
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
  constexpr std::size_t longest_typed = 100;  // what nobody types is no hint
  for (const RunSummary& run : runs) {
    if (run.name.size() <= longest_typed) names.push_back(run.name);
  }
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

/// When something was last added to a folder, replaced or removed in it; nothing if it is no folder.
std::optional<std::int64_t> time_of_folder(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return std::nullopt;
  return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

std::vector<std::string> visible_names(const std::string& folder) {
  std::vector<std::string> names = list_folder(folder);
  std::erase_if(names, [](const std::string& name) { return name.front() == '.'; });
  return names;
}

/// What may be runs, by their places below `runs_dir`: <name>/<id>, of a study t/<part>/<trial> and
/// refit/<group>.
std::vector<std::string> places_in(const std::string& runs_dir) {
  std::vector<std::string> places;
  const auto add_below = [&](const std::string& folder) {
    if (!time_of_folder(join_path(runs_dir, folder))) return;
    for (const std::string& name : visible_names(join_path(runs_dir, folder)))
      places.push_back(text(folder, '/', name));
  };
  if (exists(join_path(runs_dir, "spec.json"))) {
    for (const std::string& part : visible_names(join_path(runs_dir, "t"))) add_below("t/" + part);
    add_below("refit");
    std::erase_if(places, [](const std::string& place) { return !parse_integer(base_name(place)); });
  } else {
    for (const std::string& name : visible_names(runs_dir)) add_below(name);
  }
  return places;
}

/// Of a run that may still change, or that changed just now, so that its folder's time may not tell the next
/// change, nothing is kept.
std::int64_t lasting_time(const RunSummary& run, std::int64_t changed_ns) {
  constexpr std::int64_t settled_after_ns = 3'000'000'000;
  const bool may_change = run.state == RunState::running || run.state == RunState::absent;
  const bool is_settled = system_clock().wall_ns() - changed_ns > settled_after_ns;
  return may_change || !is_settled ? 0 : changed_ns;
}

/// Puts the runs of a folder together from what the index kept and what has to be read.
class IndexMaker {
 public:
  IndexMaker(const std::string& runs_dir, RunIndex::With with)
      : runs_dir_(runs_dir), with_(with), known_(read_index(path()).value_or(IndexFile())) {
    for (std::size_t i = 0; i < known_.runs.size(); ++i) by_place_.emplace(known_.runs[i].place, i);
  }

  IndexFile collect() && {
    std::vector<IndexedRun> runs;
    for (const std::string& place : places_in(runs_dir_)) {
      const std::string folder = join_path(runs_dir_, place);
      const auto changed_ns = time_of_folder(folder);
      if (!changed_ns) continue;
      if (auto kept = take_known(place, *changed_ns)) {
        runs.push_back(std::move(*kept));
      } else if (is_run(folder)) {
        runs.push_back(read(place, folder, *changed_ns));
      }
      if (!runs.empty() && runs.back().place == place) runs.back().summary.folder = folder;
    }
    is_changed_ = is_changed_ || n_known_used_ != known_.runs.size();
    known_.runs = std::move(runs);
    std::sort(known_.runs.begin(), known_.runs.end(),
              [](const IndexedRun& a, const IndexedRun& b) { return is_newer(a.summary, b.summary); });
    keep();
    return std::move(known_);
  }

 private:
  std::string path() const { return join_path(runs_dir_, ".index"); }

  std::optional<IndexedRun> take_known(const std::string& place, std::int64_t changed_ns) {
    const auto found = by_place_.find(place);
    if (found == by_place_.end()) return std::nullopt;
    IndexedRun& run = known_.runs[found->second];
    if (run.changed_ns != changed_ns || (with_ == RunIndex::With::configs && run.config.empty()))
      return std::nullopt;
    ++n_known_used_;
    return std::move(run);
  }

  IndexedRun read(const std::string& place, const std::string& folder, std::int64_t changed_ns) {
    ReadRun now = read_run(folder, /*to_the_row=*/false);
    if (with_ == RunIndex::With::configs && now.config.is_null()) now.config = config_of(folder);
    IndexedRun run{place, lasting_time(now.summary, changed_ns), std::move(now.summary), {}};
    for (const auto& [key, value] : flatten(now.config))
      run.config.emplace_back(known_.texts.number_of(key), known_.texts.number_of(to_text(value)));
    is_changed_ = is_changed_ || run.changed_ns != 0;
    return run;
  }

  /// Few runs are read as quickly without. A folder that cannot be written in is only slower.
  void keep() {
    constexpr std::ptrdiff_t worth_keeping = 64;
    const auto n_lasting = std::count_if(known_.runs.begin(), known_.runs.end(),
                                         [](const IndexedRun& run) { return run.changed_ns != 0; });
    if (!is_changed_ || n_lasting < worth_keeping) return;
    try {
      put_loose(path(), index_bytes(known_));
    } catch (const Error&) {
    }
  }

  const std::string& runs_dir_;
  const RunIndex::With with_;
  IndexFile known_;
  std::unordered_map<std::string, std::size_t> by_place_;
  std::size_t n_known_used_ = 0;
  bool is_changed_ = false;
};

}  // namespace

RunIndex::RunIndex(const std::string& runs_dir, With with)
    : file_(IndexMaker(runs_dir, with).collect()), parsed_(file_.texts.size()) {}

const Json* RunIndex::value(std::size_t i, std::string_view key) const {
  const auto number = file_.texts.find(key);
  if (!number) return nullptr;
  for (const auto& [found, value] : file_.runs[i].config) {
    if (found != *number) continue;
    std::optional<Json>& parsed = parsed_[value];
    if (!parsed) parsed = parse_json(file_.texts.at(value), "index");
    return &*parsed;
  }
  return nullptr;
}

std::vector<std::string> RunIndex::keys() const {
  std::vector<bool> is_key(file_.texts.size());
  for (const IndexedRun& run : file_.runs) {
    for (const auto& [key, value] : run.config) is_key[key] = true;
  }
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < file_.texts.size(); ++i) {
    if (is_key[i]) keys.push_back(file_.texts.at(i));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<RunSummary> list_runs(const std::string& runs_dir) {
  const RunIndex index(runs_dir, RunIndex::With::summaries);
  std::vector<RunSummary> runs;
  for (std::size_t i = 0; i < index.size(); ++i) runs.push_back(index.run(i));
  return runs;
}

RunSummary get_run(const std::string& folder) {
  if (is_run(folder)) return read_run(absolute_path(folder), /*to_the_row=*/true).summary;
  throw Error(Kind::store, Problem{Where::path(folder), {}, "is not the folder of a run", {}});
}

void set_tags(const std::string& folder, const std::vector<std::string>& tags) {
  Json json = Json::map();
  json.set("format", "assay.tags");
  json.set("format_version", 1);
  json.set("tags", Json(Json::List(tags.begin(), tags.end())));
  publish(tags_path(folder), to_text(json, 2) + '\n');
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
