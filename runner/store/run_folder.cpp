#include "runner/store/run_folder.h"

#include <algorithm>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/loose_files.h"
#include "core/text.h"
#include "runner/store/json_at.h"

namespace assay::store {
namespace {

constexpr std::size_t longest_name = 200;
/// The key in `released.K` that says who said it.
constexpr std::string_view found_lost = "found_lost";

void check_name(const std::string& name) {
  const bool has_odd = std::any_of(name.begin(), name.end(), [](char c) {
    return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!name.empty() && name.front() != '.' && !has_odd && name.size() <= longest_name) return;
  throw Error(Kind::usage, text("the name '", printable(name), "' cannot be a folder's name"),
              "choose one without '/', control characters and a leading dot, of at most 200 bytes");
}

std::string numbered(const std::string& id, std::int64_t number) {
  return number == 1 ? id : text(id, '.', number);
}

/// 1 for `id`, n for `id.n`, 0 for anything else.
std::int64_t number_of(std::string_view folder, const std::string& id) {
  if (folder == id) return 1;
  if (!folder.starts_with(id + '.')) return 0;
  return parse_integer(folder.substr(id.size() + 1)).value_or(0);
}

RunStatus released(const std::string& path, const std::string& bytes, RunStatus status) {
  status.state = RunState::lost;
  if (trim(bytes).empty()) return status;  // released by hand
  const Json json = parse_json(bytes, path);
  const RunState state = state_named(text_at(json, "status"));
  if (state != RunState::absent && state != RunState::running) status.state = state;
  status.message = text_at(json, "message");
  return status;
}

std::string release_path(const std::string& folder, int attempt) {
  return join_path(folder, text("released.", attempt));
}

std::string result_path(const std::string& folder) { return join_path(folder, "result.json"); }

/// Whether these were the last words on the attempt: the first are.
bool say_last(const std::string& folder, int attempt, std::string_view words, AsideFile::Durable durable) {
  AsideFile file(release_path(folder, attempt), words.size(), durable);
  file.write(words);
  return file.put_once();
}

}  // namespace

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::absent:
      return "absent";
    case RunState::running:
      return "running";
    case RunState::finished:
      return "finished";
    case RunState::stopped:
      return "stopped";
    case RunState::failed:
      return "failed";
    case RunState::lost:
      return "lost";
  }
  return "?";
}

RunState state_named(std::string_view name) {
  for (const RunState state :
       {RunState::running, RunState::finished, RunState::stopped, RunState::failed, RunState::lost}) {
    if (to_string(state) == name) return state;
  }
  return RunState::absent;
}

Json release_json(int attempt, RunState state, const std::string& message, std::int64_t step,
                  std::int64_t wall_ns) {
  Json json;
  json.set("attempt", attempt);
  json.set("status", to_string(state));
  json.set("message", message);
  json.set("step", step);
  json.set("time", iso_time(wall_ns));
  return json;
}

std::string own_record(int attempt) { return text("a.", attempt, "/run.h5"); }

bool commit_result(const std::string& folder, int attempt, std::string_view result,
                   AsideFile::Durable durable) {
  if (!say_last(folder, attempt, result, durable)) return false;
  link_loose(release_path(folder, attempt), result_path(folder));
  rename_loose(join_path(folder, own_record(attempt)), join_path(folder, "run.h5"));
  return true;
}

RunState end_lost(const std::string& folder, int attempt, AsideFile::Durable durable) {
  const std::string path = release_path(folder, attempt);
  auto bytes = find_file(path);
  if (!bytes) {
    Json json = release_json(attempt, RunState::lost, "", 0, system_clock().wall_ns());
    json.set(found_lost, true);
    if (say_last(folder, attempt, to_text(json, 2) + '\n', durable)) return RunState::lost;
    bytes = find_file(path);
  }
  // A name that is taken and not to be seen says no more than that the run is not ours to go on with yet.
  return bytes ? released(path, *bytes, {}).state : RunState::running;
}

bool was_found_lost(const Json& release) { return boolean_at(release, found_lost); }

std::optional<std::string> find_result(const std::string& folder) {
  if (auto bytes = find_file(result_path(folder))) return bytes;
  const std::string last = release_path(folder, latest_attempt(folder));
  auto bytes = find_file(last);
  const std::optional<Json> json = bytes ? json_in(*bytes) : std::nullopt;
  if (!json || text_at(*json, "status") != to_string(RunState::finished)) return std::nullopt;
  try {
    link_loose(last, result_path(folder));
  } catch (const Error&) {  // the folder may be read only
  }
  return bytes;
}

RunStatus status_of(const std::string& folder) {
  RunStatus status;
  status.attempt = is_folder(folder) ? latest_attempt(folder) : 0;
  if (status.attempt == 0) return status;
  status.claim = find_claim(folder, status.attempt);
  if (exists(result_path(folder))) {
    status.state = RunState::finished;
    return status;
  }
  const std::string release = release_path(folder, status.attempt);
  if (const auto bytes = find_file(release)) return released(release, *bytes, status);
  const Liveness liveness = status.claim ? liveness_of(*status.claim) : Liveness::dead;
  status.state = liveness == Liveness::dead ? RunState::lost : RunState::running;
  status.is_visible = liveness != Liveness::unseen;
  return status;
}

RunPlace find_place(const std::string& runs_dir, const std::string& name, const std::string& id,
                    bool is_new) {
  check_name(name);
  const std::string folder = join_path(runs_dir, name);
  std::int64_t latest = 0;
  const std::vector<std::string> entries =
      is_folder(folder) ? list_folder(folder) : std::vector<std::string>();
  for (const std::string& entry : entries) latest = std::max(latest, number_of(entry, id));
  const auto place = [&](std::int64_t number) {
    const std::string numbered_id = numbered(id, number);
    return RunPlace{join_path(folder, numbered_id), numbered_id, status_of(join_path(folder, numbered_id))};
  };
  RunPlace found = place(std::max<std::int64_t>(latest, 1));
  return is_new && found.status.state != RunState::absent ? place(latest + 1) : found;
}

void refuse_if_running(const RunPlace& place) {
  if (place.status.state != RunState::running || !place.status.is_visible || !place.status.claim) return;
  const std::int64_t pid = place.status.claim->pid;
  throw Error(Kind::store, Problem{Where::path(place.folder),
                                   {},
                                   text("this run is running, in process ", pid, " of this machine"),
                                   text("wait for it, stop it with `kill ", pid,
                                        "`, or pass --new for a further run of the same config")});
}

}  // namespace assay::store
