#include "runner/store/claim.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/json_at.h"

namespace assay::store {
namespace {

constexpr std::string_view prefix = "claim.";

std::string claim_path(const std::string& folder, int attempt) {
  return join_path(folder, text(prefix, attempt));
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string boot_id() {
  const auto id = find_file("/proc/sys/kernel/random/boot_id");
  return id ? std::string(trim(*id)) : std::string();
}

std::string pid_namespace() {
  std::array<char, 256> target{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

/// What /proc says of a process; nothing if there is none. The file of one that is reaped just then opens and
/// cannot be read: that process is gone, and the file is not damaged.
std::optional<std::string> stat_of(std::int64_t pid) {
  const std::string path = text("/proc/", pid, "/stat");
  std::array<char, 1024> bytes{};
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t size = fd < 0 ? -1 : ::read(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (size >= 0) return std::string(bytes.data(), static_cast<std::size_t>(size));
  if (error == ENOENT || error == ESRCH) return std::nullopt;
  throw Error(
      Kind::data,
      Problem{Where::path(path), {}, "cannot be read: " + std::generic_category().message(error), {}});
}

/// When a process started, in ticks since the boot; nothing if it does not run (a zombie does not).
std::optional<std::int64_t> start_ticks_of(std::int64_t pid) {
  const auto stat = stat_of(pid);
  if (!stat) return std::nullopt;
  // The second field is the name in parentheses, which may hold anything; the state is the third, the start
  // the 22nd.
  const std::size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat->size()) return std::nullopt;
  const std::vector<std::string> fields = split(std::string_view(*stat).substr(name_end + 2), ' ');
  constexpr std::size_t state = 0;
  constexpr std::size_t start = 19;
  if (fields.size() <= start || fields[state] == "Z" || fields[state] == "X") return std::nullopt;
  return parse_integer(fields[start]);
}

}  // namespace

Json to_json(const Claim& claim) {
  Json json;
  json.set("attempt", claim.attempt);
  json.set("host", claim.host);
  json.set("boot_id", claim.boot_id);
  json.set("pid_namespace", claim.pid_namespace);
  json.set("pid", claim.pid);
  json.set("start_ticks", claim.start_ticks);
  json.set("time", iso_time(claim.wall_ns));
  json.set("time_ns", claim.wall_ns);
  return json;
}

Claim claim_of(const Json& json) {
  Claim claim;
  claim.attempt = static_cast<int>(integer_at(json, "attempt"));
  claim.host = text_at(json, "host");
  claim.boot_id = text_at(json, "boot_id");
  claim.pid_namespace = text_at(json, "pid_namespace");
  claim.pid = integer_at(json, "pid");
  claim.start_ticks = integer_at(json, "start_ticks");
  claim.wall_ns = integer_at(json, "time_ns");
  return claim;
}

Claim claim_of_this_process(int attempt, std::int64_t wall_ns) {
  Claim claim;
  claim.attempt = attempt;
  claim.host = host_name();
  claim.boot_id = boot_id();
  claim.pid_namespace = pid_namespace();
  claim.pid = ::getpid();
  claim.start_ticks = start_ticks_of(claim.pid).value_or(0);
  claim.wall_ns = wall_ns;
  return claim;
}

bool publish_claim(const std::string& folder, const Claim& claim) {
  return publish_once(claim_path(folder, claim.attempt), to_text(to_json(claim), 2) + '\n');
}

std::optional<Claim> find_claim(const std::string& folder, int attempt) {
  const std::string path = claim_path(folder, attempt);
  const auto bytes = find_file(path);
  if (!bytes) return std::nullopt;
  Claim claim = claim_of(parse_json(*bytes, path));
  claim.attempt = attempt;
  return claim;
}

int latest_attempt(const std::string& folder) {
  std::int64_t latest = 0;
  for (const std::string& name : list_folder(folder)) {
    if (!name.starts_with(prefix)) continue;
    latest = std::max(latest, parse_integer(std::string_view(name).substr(prefix.size())).value_or(0));
  }
  return static_cast<int>(latest);
}

Liveness liveness_of(const Claim& claim) {
  if (claim.boot_id != boot_id()) return claim.host == host_name() ? Liveness::dead : Liveness::unseen;
  if (claim.pid_namespace != pid_namespace()) return Liveness::unseen;
  return start_ticks_of(claim.pid) == claim.start_ticks ? Liveness::alive : Liveness::dead;
}

}  // namespace assay::store
