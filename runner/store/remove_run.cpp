#include "runner/store/remove_run.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/file_stamp.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/claim.h"
#include "runner/store/journal_reader.h"
#include "runner/store/json_at.h"
#include "runner/store/read_record.h"
#include "runner/store/record_file.h"
#include "runner/store/replay.h"
#include "runner/store/run_folder.h"

namespace assay::store {
namespace {

constexpr std::string_view removed_prefix = ".removing-";
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t leftover_after_ns = 3600 * second_ns;
constexpr std::int64_t gone_after_ns = 7 * 24 * 3600 * second_ns;

[[noreturn]] void refuse_removal(const std::string& folder, const std::string& message,
                                 const std::string& hint) {
  throw Error(Kind::store, Problem{Where::path(folder), {}, message, hint});
}

/// Takes the run, so that nobody goes on with it meanwhile.
void take(const std::string& folder, const RunStatus& status) {
  if (status.state == RunState::running) {
    refuse_removal(folder,
                   status.claim ? text("is running, in process ", status.claim->pid, " of ",
                                       printable(status.claim->host))
                                : std::string("is running"),
                   "stop it first; of a process that is gone for certain, an empty file `released." +
                       text(status.attempt) + "` in its folder says so");
  }
  if (status.state == RunState::finished || status.state == RunState::absent) return;
  if (end_lost(folder, status.attempt, AsideFile::Durable::at_once) == RunState::finished) return;
  if (!publish_claim(folder, claim_of_this_process(status.attempt + 1, system_clock().wall_ns())))
    refuse_removal(folder, "was taken up again just now", "look at `assay runs list`");
}

void give_back(const std::string& folder, const RunStatus& status) {
  if (status.state == RunState::finished || status.state == RunState::absent) return;
  const int attempt = status.attempt + 1;
  const RunState state = status.state == RunState::lost ? RunState::stopped : status.state;
  publish_once(join_path(folder, text("released.", attempt)),
               to_text(release_json(attempt, state, status.message, 0, system_clock().wall_ns())) + '\n');
}

std::int64_t age_ns(const std::string& path) {
  const auto stamp = file_stamp(path);
  return stamp ? system_clock().wall_ns() - stamp->changed_ns : 0;
}

class WasteFinder {
 public:
  explicit WasteFinder(std::vector<Waste>& out) : out_(out) {}

  void add(const std::string& path, const std::string& why) {
    out_.push_back({path, is_folder(path) ? bytes_below(path) : file_size(path), why});
  }

  void add_leftovers(const std::string& folder) {
    for (const std::string& name : list_folder(folder)) {
      const std::string path = join_path(folder, name);
      if (name.starts_with(removed_prefix)) {
        add(path, "left of a run that was removed");
      } else if (name.ends_with(".tmp") && age_ns(path) > leftover_after_ns) {
        add(path, "left of a process that was killed");
      }
    }
  }

  void add_of(const RunSummary& run) {
    add_leftovers(run.folder);
    for (int attempt = 1; attempt <= run.attempt; ++attempt) {
      for (const char* within : {"", "/ckpt"}) {
        const std::string folder = join_path(run.folder, text("a.", attempt, within));
        if (is_folder(folder)) add_leftovers(folder);
      }
    }
    if (run.state == RunState::finished) add_of_finished(run.folder, latest_attempt(run.folder));
  }

 private:
  void add_of_finished(const std::string& folder, int last) {
    const Record record = read_record(folder);
    std::set<std::string> kept;
    for (const CheckpointRow& row : record.checkpoints) {
      if (row.is_kept) kept.insert(row.file);
    }
    for (int attempt = 1; attempt <= last; ++attempt) {
      const std::string within = text("a.", attempt, "/ckpt");
      if (!is_folder(join_path(folder, within))) continue;
      for (const std::string& name : list_folder(join_path(folder, within))) {
        if (name.ends_with(".h5") && !kept.contains(text(within, '/', name)))
          add(join_path(folder, text(within, '/', name)), "a checkpoint that the record does not keep");
      }
    }
    add_journals(folder, last, record);
  }

  void add_journals(const std::string& folder, int last, const Record& record) {
    const std::vector<AttemptJournal> journals = find_journals(folder, last);
    if (journals.empty() || may_be_alive(folder, last) || !holds_the_same(replay(journals), record)) return;
    for (int attempt = 1; attempt <= last; ++attempt) {
      const std::string own = join_path(folder, text("a.", attempt));
      if (!is_folder(own)) continue;
      for (const std::string& name : list_folder(own)) {
        if (name.starts_with("journal.") && !name.ends_with(".tmp"))
          add(join_path(own, name), "a journal whose rows are in run.h5");
      }
    }
  }

  static bool has_said_its_end(const std::string& folder, int attempt) {
    const auto bytes = find_file(join_path(folder, text("released.", attempt)));
    return bytes && !was_found_lost(json_in(*bytes).value_or(Json::map()));
  }

  /// An attempt that slept and was overtaken replaces run.h5 once more before it notices, and then the
  /// journals are needed.
  static bool may_be_alive(const std::string& folder, int last) {
    const bool is_old = age_ns(join_path(folder, "result.json")) > gone_after_ns;
    for (int attempt = 1; attempt <= last; ++attempt) {
      const auto claim = find_claim(folder, attempt);
      if (!claim || has_said_its_end(folder, attempt)) continue;
      const Liveness liveness = liveness_of(*claim);
      if (liveness == Liveness::alive || (liveness == Liveness::unseen && !is_old)) return true;
    }
    return false;
  }

  std::vector<Waste>& out_;
};

/// Takes its name away and returns where it is now.
std::string set_aside(const std::string& folder) {
  std::string aside =
      join_path(parent_folder(folder), text(removed_prefix, base_name(folder), '-', std::int64_t{getpid()}));
  std::error_code failed;
  std::filesystem::rename(folder, aside, failed);
  if (failed) refuse_removal(folder, text("cannot be removed: ", failed.message()), "it is as it was");
  return aside;
}

void remove_aside(const std::string& folder, const std::string& aside) {
  try {
    remove_tree(aside);
  } catch (const Error& error) {
    refuse_removal(folder, text("is removed, but for some of its files: ", error.problems().front().message),
                   text("they lie in ", aside, "; `assay runs gc --yes` removes them"));
  }
  std::error_code failed;
  std::filesystem::remove(parent_folder(folder), failed);  // if it was the last of its name
}

}  // namespace

std::optional<std::string> study_of_trial(const std::string& folder) {
  std::string above = parent_folder(parent_folder(absolute_path(folder)));  // of a refit
  if (exists(join_path(above, "spec.json"))) return above;
  above = parent_folder(above);
  return exists(join_path(above, "spec.json")) ? std::optional(above) : std::nullopt;
}

void remove_run(const std::string& given) {
  const std::string folder = absolute_path(given);
  if (const auto study = study_of_trial(folder)) {
    throw Error(Kind::usage, Problem{Where::path(folder),
                                     {},
                                     "is a trial of a study, whose results and further trials count on it",
                                     "a study is removed as a whole: `assay runs rm " + *study + '`'});
  }
  const RunStatus status = status_of(folder);
  take(folder, status);
  std::string aside;
  try {
    aside = set_aside(folder);
  } catch (const Error&) {
    give_back(folder, status);
    throw;
  }
  remove_aside(folder, aside);
}

void remove_whole(const std::string& given) {
  const std::string folder = absolute_path(given);
  remove_aside(folder, set_aside(folder));
}

std::uint64_t bytes_below(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_regular_file(failed) && !at->is_symlink(failed)) bytes += at->file_size(failed);
  }
  return bytes;
}

std::vector<Waste> find_waste(const std::vector<RunSummary>& runs, const std::string& runs_dir,
                              const std::function<void(std::size_t)>& on_progress) {
  std::vector<Waste> waste;
  WasteFinder finder(waste);
  std::set<std::string> folders;
  if (is_folder(runs_dir)) folders.insert(runs_dir);
  for (const std::string& name : list_folder(runs_dir)) {
    if (name.front() != '.' && is_folder(join_path(runs_dir, name)))
      folders.insert(join_path(runs_dir, name));
  }
  for (const std::string& folder : folders) finder.add_leftovers(folder);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (on_progress) on_progress(i);
    if (runs[i].state == RunState::running || runs[i].state == RunState::absent) continue;
    try {
      finder.add_of(runs[i]);
    } catch (const Error&) {  // a damaged run: `assay runs check` says how, and nothing of it is removed
    }
  }
  std::sort(waste.begin(), waste.end(), [](const Waste& a, const Waste& b) { return a.path < b.path; });
  return waste;
}

void remove_waste(const Waste& waste) {
  if (is_folder(waste.path)) {
    remove_tree(waste.path);
  } else {
    remove_file(waste.path);
  }
}

}  // namespace assay::store
