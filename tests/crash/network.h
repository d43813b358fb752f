// What a network file system does to one process: replies that get lost on their way, and names that others
// made and that it does not see yet, because its machine remembers what it was told before. For the shim.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include <unistd.h>

namespace assay::crash {

class Network {
 public:
  /// lost: the share of calls whose reply is lost. stale_ms: how long what was seen of a name or of a folder
  /// is believed.
  Network(double lost, std::int64_t stale_ms) : lost_(lost), stale_ms_(stale_ms) {}

  bool is_stale() const { return stale_ms_ > 0; }

  /// Whether the reply to this call is lost: the call was done all the same.
  bool loses_reply() {
    if (lost_ <= 0) return false;
    const std::lock_guard lock(mutex_);
    // Mixed with the process, as those that were forked have the same state.
    std::uint64_t x = ++n_calls_ * 0x9e3779b97f4a7c15U ^ static_cast<std::uint64_t>(::getpid()) << 32U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<double>((x ^ (x >> 31U)) >> 11U) * 0x1p-53 < lost_;
  }

  /// This process looked for the path, and it was not there.
  void missed(const std::string& path) {
    if (!is_stale()) return;
    const std::lock_guard lock(mutex_);
    missed_.try_emplace(path, now_ms());
  }

  /// The path is there; whether this process still believes that it is not.
  bool is_hidden(const std::string& path) {
    if (!is_stale()) return false;
    const std::lock_guard lock(mutex_);
    const auto found = missed_.find(path);
    if (found == missed_.end()) return false;
    if (now_ms() - found->second < stale_ms_) return true;
    missed_.erase(found);
    return false;
  }

  /// This process made the path, or was told by the server that it is there.
  void made(const std::string& path) {
    if (!is_stale()) return;
    const std::lock_guard lock(mutex_);
    missed_.erase(path);
    const std::size_t slash = path.rfind('/');
    const auto folder = folders_.find(slash == std::string::npos ? "" : path.substr(0, slash));
    if (folder != folders_.end()) folder->second.names.insert(path.substr(slash + 1));
  }

  /// A folder with these names is listed: whether they are what this process gets to see from now on. If not,
  /// what it saw before still holds.
  bool lists_anew(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    const auto found = folders_.find(folder);
    return found == folders_.end() || now_ms() - found->second.since_ms >= stale_ms_;
  }
  void listed(const std::string& folder, std::set<std::string> names) {
    const std::lock_guard lock(mutex_);
    folders_[folder] = {now_ms(), std::move(names)};
  }
  bool is_listed(const std::string& folder, const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = folders_.find(folder);
    return found == folders_.end() || found->second.names.contains(name);
  }

 private:
  struct Listing {
    std::int64_t since_ms = 0;
    std::set<std::string> names;
  };

  static std::int64_t now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);  // the one that the shim never hurries
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
  }

  const double lost_;
  const std::int64_t stale_ms_;
  std::mutex mutex_;
  std::uint64_t n_calls_ = 0;
  std::map<std::string, std::int64_t> missed_;
  std::map<std::string, Listing> folders_;
};

}  // namespace assay::crash
