#include "runner/store/recovery.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/io/files.h"
#include "core/io/sync.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/run_folder.h"

namespace assay::store {
namespace {

struct Found {
  CheckpointRow row;
  State state;
  State best;
};

class Search {
 public:
  Search(const std::string& folder, const std::vector<CheckpointRow>& rows, std::vector<Problem>& warnings)
      : folder_(folder), rows_(rows), warnings_(warnings) {}

  /// The newest one that can be gone on from.
  std::optional<Found> newest() {
    bool was_there_any = false;
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
      if (!row->is_kept) continue;
      was_there_any = true;
      if (auto found = read(*row)) return found;
    }
    if (was_there_any) {
      warnings_.push_back({Where::path(folder_),
                           {},
                           "none of its checkpoints can be read: the run starts at its first step",
                           {},
                           {},
                           true});
    }
    return std::nullopt;
  }

 private:
  std::optional<Found> read(const CheckpointRow& row) {
    try {
      Found found{row, read_checkpoint(join_path(folder_, row.file), row.digest), {}};
      if (row.best_file == row.file) {
        found.best = found.state;
      } else if (!row.best_file.empty()) {
        found.best = read_checkpoint(join_path(folder_, row.best_file), digest_of(row.best_file));
      }
      return found;
    } catch (const Error& error) {
      Problem problem = error.problems().front();
      if (error.kind() == Kind::data) {  // whole, for all that is known: nothing is given up for that
        problem.hint = "try again; if it stays so, move the file away to go on from the checkpoint before it";
        throw Error(Kind::data, std::move(problem));
      }
      problem.message += text("; the checkpoint of step ", row.step, " cannot be gone on from");
      problem.is_warning = true;
      warnings_.push_back(std::move(problem));
      return std::nullopt;
    }
  }

  std::string digest_of(const std::string& file) const {
    for (const CheckpointRow& row : rows_) {
      if (row.file == file) return row.digest;
    }
    throw Error(Kind::store, Problem{Where::path(join_path(folder_, file)), {}, "was never committed", {}});
  }

  const std::string& folder_;
  const std::vector<CheckpointRow>& rows_;
  std::vector<Problem>& warnings_;
};

bool is_aside(const std::string& name) { return name.ends_with(".tmp"); }

/// Claims are left alone: another process may be publishing one now.
void remove_leftovers_of_run(const std::string& folder) {
  for (const std::string& name : list_folder(folder)) {
    const bool is_projection = name.starts_with(".run.h5.") || name.starts_with(".summary.json.");
    if (is_projection && is_aside(name)) remove_file(join_path(folder, name));
  }
}

/// What an attempt before left and no journal knows. Where a journal is damaged it may have known.
void remove_leftovers_of_attempt(const std::string& folder, int attempt, const Record& record,
                                 bool is_intact) {
  const std::string own = text("a.", attempt);
  remove_file(join_path(folder, own_record(attempt)));
  std::set<std::string> kept;
  for (const CheckpointRow& row : record.checkpoints) {
    if (row.is_kept) kept.insert(row.file);
  }
  for (const std::string& name : list_folder(join_path(folder, own))) {
    if (is_aside(name)) remove_file(join_path(folder, text(own, '/', name)));
  }
  for (const std::string& name : list_folder(join_path(folder, own + "/ckpt"))) {
    const std::string file = text(own, "/ckpt/", name);
    if (is_aside(name) || (is_intact && !kept.contains(file))) remove_file(join_path(folder, file));
  }
}

/// What was written and not synced when its writer was killed would not survive a power cut. This attempt
/// builds on it, and what it writes itself will.
void keep_journals(const std::string& folder, int attempt) {
  for (int k = 1; k < attempt; ++k) {
    const std::string own = join_path(folder, text("a.", k));
    bool has_journal = false;
    for (const std::string& name : list_folder(own)) {
      if (!name.starts_with("journal.")) continue;
      sync_path(join_path(own, name));
      has_journal = true;
    }
    if (has_journal) sync_path(own);
  }
}

bool is_intact(const std::vector<AttemptJournal>& journals, const std::string& folder, int attempt) {
  const auto found = std::find_if(journals.begin(), journals.end(),
                                  [&](const AttemptJournal& journal) { return journal.attempt == attempt; });
  if (found != journals.end()) return found->problems.empty();
  const std::vector<std::string> names = list_folder(join_path(folder, text("a.", attempt)));
  return std::none_of(names.begin(), names.end(),
                      [](const std::string& name) { return name.starts_with("journal."); });
}

}  // namespace

Recovery recover(const std::string& folder, int attempt) {
  keep_journals(folder, attempt);
  const std::vector<AttemptJournal> journals = find_journals(folder, attempt - 1);
  std::vector<Problem> warnings;
  const Record before = replay(journals);
  for (const std::string& problem : problems_of(journals, folder, attempt - 1)) {
    warnings.push_back({Where::path(folder), {}, problem, {}, {}, true});
  }
  std::optional<Found> found = Search(folder, before.checkpoints, warnings).newest();
  for (int k = 1; k < attempt; ++k) {
    remove_leftovers_of_attempt(folder, k, before, is_intact(journals, folder, k));
  }
  remove_leftovers_of_run(folder);

  Origin origin;
  if (found) {
    const CheckpointRow& row = found->row;
    origin = {static_cast<int>(row.attempt), row.file, row.step, row.at, row.seconds, {}};
  }
  for (const AttemptJournal& journal : journals) origin.seen[journal.attempt] = journal.bytes.size();
  Replay again(chain_of(journals, attempt, origin));
  apply_all(journals, again);
  Recovery recovery{std::move(again), origin, {}, std::nullopt, std::move(warnings)};
  if (found) {
    recovery.best_file = found->row.best_file;
    recovery.point = ResumePoint{std::move(found->state), std::move(found->best),
                                 latest_values(recovery.replay.record()), origin.seconds};
  }
  return recovery;
}

}  // namespace assay::store
