// Where a run lies and how it stands.
//
//   runs/<name>/<id>/   claim.K  released.K  a.K/{ckpt/step-<10 digits>.h5, log.txt}  result.json  run.h5
//   summary.json
//
// `<id>` is run_id(); `<id>.2`, `<id>.3`, ... are further runs of the same config (--new).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/io/files.h"
#include "runner/store/claim.h"

namespace assay::store {

enum class RunState {
  absent,    // no folder, or nobody claimed it yet
  running,   // claimed by a process which is alive, or which cannot be seen from this machine
  finished,  // result.json is there, or its last attempt says that it finished the run
  stopped,   // its last attempt was stopped: it can go on
  failed,    // its last attempt ended with an error
  lost,      // its last attempt is neither alive nor ended: killed, or the machine went down
};
std::string_view to_string(RunState state);
/// The state of that name; `absent` if there is none.
RunState state_named(std::string_view name);

struct RunStatus {
  RunState state = RunState::absent;
  int attempt = 0;             // the last one; 0 if absent
  std::optional<Claim> claim;  // of that attempt
  bool is_visible = true;      // false: `running` is a guess, as the claim is another machine's
  std::string message;         // why it stopped or failed
};

// How attempt K ended is said once, in `released.K`, by link(2): by itself or, when its process is gone, by
// whoever goes on. Attempt K + 1 is claimed behind that only, so an attempt that finished has no successor,
// even where a network file system does not show yet that it finished.

/// What stands in `released.K` of an attempt that did not finish the run.
Json release_json(int attempt, RunState state, const std::string& message, std::int64_t step,
                  std::int64_t wall_ns);

/// The record of attempt K before it has finished the run, in the run's folder: where many attempts at many
/// runs are made, nothing gets the name run.h5 that may have to be replaced.
std::string own_record(int attempt);

/// Ends attempt K with the text of result.json, which becomes that file. All that it names is there by then;
/// what lies at own_record(K) becomes run.h5. False, without a change, if another process has ended the
/// attempt: nothing of it counts.
bool commit_result(const std::string& folder, int attempt, std::string_view result,
                   AsideFile::Durable durable);
/// Ends attempt K, whose process is gone by all that can be seen, as lost, unless it has ended. Returns how
/// it ended: it may have finished; `running` if its end is there and cannot be read yet.
RunState end_lost(const std::string& folder, int attempt, AsideFile::Durable durable);
/// Whether what stands in a `released.K` was said by end_lost, not by the attempt or by who watched it.
bool was_found_lost(const Json& release);

/// The text of the result of a finished run. Where its process was killed before result.json had its name, it
/// gets that now.
std::optional<std::string> find_result(const std::string& folder);

/// Reads the folder. Throws Kind::store if a file in it is damaged, Kind::data if it cannot be read.
RunStatus status_of(const std::string& folder);

/// Where `assay run` goes with a config.
struct RunPlace {
  std::string folder;  // runs_dir/name/id
  std::string id;      // with the suffix: "3f2a91c0de.2"
  RunStatus status;    // of what is there now
};

/// The latest run of this name and identity, or the place for its first one. With `is_new`, the place of a
/// further one if there is any yet. Nothing is written. Throws Kind::usage if `name` cannot be a folder's
/// name.
RunPlace find_place(const std::string& runs_dir, const std::string& name, const std::string& id, bool is_new);

/// Throws Kind::store if a process of this machine works on it, with what to do. One that cannot be seen from
/// here has to be watched first: RecordWriter::begin does.
void refuse_if_running(const RunPlace& place);

}  // namespace assay::store
