#include "runner/sweep/lanes.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/io/files.h"
#include "core/text.h"

namespace assay::sweep {
namespace {

/// -1 with errno: EWOULDBLOCK if somebody else has it.
int locked_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  // In a folder of all users a system may refuse to "create" what another user has created.
  if (fd < 0 && errno == ENOENT) fd = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return -1;
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

Machine this_machine() {
  Machine machine;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    machine.cores.clear();
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &set)) machine.cores.push_back(core);
    }
  }
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) {
    for (const std::string& gpu : split(visible, ',')) {
      if (!trim(gpu).empty()) machine.gpus.emplace_back(trim(gpu));
    }
    return machine;
  }
  const std::size_t n_gpus = list_folder("/proc/driver/nvidia/gpus").size();
  for (std::size_t i = 0; i < n_gpus; ++i) machine.gpus.push_back(text(i));
  return machine;
}

std::vector<Lane> lanes_of(const Machine& machine, const LaneNeeds& needs) {
  std::vector<Lane> lanes;
  const bool is_on_gpu =
      needs.device.starts_with("cuda") || (needs.device == "auto" && !machine.gpus.empty());
  if (is_on_gpu) {
    const auto colon = needs.device.find(':');
    if (colon != std::string::npos) return {{{"gpu-" + needs.device.substr(colon + 1)}, {}}};
    for (const std::string& gpu : machine.gpus) lanes.push_back({{"gpu-" + gpu}, gpu});
    if (lanes.empty()) lanes.push_back({{"gpu-0"}, {}});
    return lanes;
  }
  const std::size_t n = machine.cores.size();
  const std::size_t threads = std::clamp<std::size_t>(static_cast<std::size_t>(needs.threads), 1, n);
  for (std::size_t first = 0; first + threads <= n; first += threads) {
    Lane lane;
    for (std::size_t i = first; i < first + threads; ++i)
      lane.places.push_back(text("core-", machine.cores[i]));
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

std::string lanes_folder() {
  if (const char* folder = std::getenv("ASSAY_LANES"); folder && *folder) return folder;
  return "/tmp/assay-lanes";
}

Lanes::~Lanes() {
  for (const int fd : locks_) ::close(fd);
}

bool Lanes::lock(const Lane& lane) {
  std::vector<int> fds;
  for (const std::string& place : lane.places) {
    const int fd = locked_file(join_path(folder_, place));
    if (fd < 0 && errno == EWOULDBLOCK) {
      for (const int one : fds) ::close(one);
      return false;
    }
    if (fd >= 0) fds.push_back(fd);
  }
  locks_.insert(locks_.end(), fds.begin(), fds.end());
  return true;
}

const Lane& Lanes::lane_of(std::size_t place) const {
  const std::vector<Lane>& lanes = taken_.empty() ? all_ : taken_;
  return lanes[place % lanes.size()];
}

std::size_t Lanes::take(std::size_t most) {
  if (::mkdir(folder_.c_str(), 0777) == 0)
    ::chmod(folder_.c_str(), 01777);  // for all users, whatever umask says
  for (const Lane& lane : all_) {
    if (taken_.size() >= most) break;
    if (lock(lane)) taken_.push_back(lane);
  }
  return taken_.size();
}

}  // namespace assay::sweep
