#include "runner/store/run_folder.h"

#include <algorithm>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::store {
namespace {

constexpr std::size_t longest_name = 200;

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
  const Json* state = json.find("status");
  const Json* message = json.find("message");
  if (state && state->is_text()) {
    if (state->text() == "stopped") status.state = RunState::stopped;
    if (state->text() == "failed") status.state = RunState::failed;
  }
  if (message && message->is_text()) status.message = message->text();
  return status;
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

RunStatus status_of(const std::string& folder) {
  RunStatus status;
  status.attempt = is_folder(folder) ? latest_attempt(folder) : 0;
  if (status.attempt == 0) return status;
  status.claim = find_claim(folder, status.attempt);
  if (exists(join_path(folder, "result.json"))) {
    status.state = RunState::finished;
    return status;
  }
  const std::string release = join_path(folder, text("released.", status.attempt));
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
