#include "runner/prepare/host_memory.h"

#include <algorithm>
#include <fstream>

#include <unistd.h>

#include "core/text.h"

namespace assay::preparing {
namespace {

using Bytes = std::optional<std::int64_t>;

// The only number of a file: "max", and what cannot be read, is none.
Bytes number_in(const std::string& file) {
  std::ifstream in(file);
  std::string word;
  in >> word;
  return parse_integer(word);
}

// The number behind `key` at the start of a line: `MemAvailable:   23 kB`, `inactive_file 4096`.
Bytes number_behind(const std::string& key, const std::string& file) {
  std::ifstream in(file);
  std::string word;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const std::string_view rest = trim(std::string_view(line).substr(key.size()));
    return parse_integer(rest.substr(0, rest.find(' ')));
  }
  return std::nullopt;
}

void take_least(Bytes& least, Bytes other) {
  if (other && (!least || *other < *least)) least = other;
}

// How the two versions of control groups name what we read.
struct Names {
  const char* limit;
  const char* used;
  const char* reclaimable;  // in memory.stat
};
constexpr Names version_1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
constexpr Names version_2{"memory.max", "memory.current", "inactive_file"};

Bytes left_in_group(const std::string& folder, const Names& names) {
  const Bytes limit = number_in(folder + '/' + names.limit);
  const Bytes used = number_in(folder + '/' + names.used);
  if (!limit || !used) return std::nullopt;
  return *limit - *used + number_behind(names.reclaimable, folder + "/memory.stat").value_or(0);
}

// The least that the group and those it is in have left. In a container the path may be one of the host's,
// which is not there; its own group is then the root.
Bytes left_in_groups(const std::string& mount, std::string path, const Names& names) {
  Bytes least;
  while (true) {
    take_least(least, left_in_group(mount + path, names));
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return least;
    path.erase(slash);
  }
}

// /proc/self/cgroup has `0::/path` for version 2 and `4:memory:/path` for version 1.
Bytes left_by_control_groups(const std::string& root) {
  Bytes least;
  std::ifstream in(root + "/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> parts = split(line, ':');
    if (parts.size() < 3) continue;
    const std::string path = parts[2] == "/" ? std::string() : parts[2];
    if (parts[0] == "0") take_least(least, left_in_groups(root + "/sys/fs/cgroup", path, version_2));
    if (parts[1] == "memory")
      take_least(least, left_in_groups(root + "/sys/fs/cgroup/memory", path, version_1));
  }
  return least;
}

// The second number of /proc/self/statm: resident pages.
std::int64_t held_now(const std::string& root) {
  std::ifstream in(root + "/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  in >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace

std::optional<std::int64_t> host_memory(const std::string& root) {
  Bytes left;
  if (const Bytes kib = number_behind("MemAvailable:", root + "/proc/meminfo")) left = *kib * 1024;
  take_least(left, left_by_control_groups(root));
  if (!left) return std::nullopt;
  return std::max<std::int64_t>(*left, 0) + held_now(root);
}

}  // namespace assay::preparing
