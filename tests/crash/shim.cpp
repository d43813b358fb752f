// Preloaded into a process whose storage is tested: it stands between the process and the kernel for the
// calls that change files below one folder. All else passes through untouched.
//
//   CRASH_ROOT=/abs/folder     what is watched; without it the shim does nothing
//   CRASH_ACKS=file            counts the calls in this AckPage
//   CRASH_KILL=before:17       SIGKILL before (or after) the 17th call
//   CRASH_FAIL=full:3:once     the 3rd call that a full disk can refuse is refused; `on`: and all behind it
//                              (full ENOSPC, broken EIO, no_descriptors EMFILE, read_only EROFS, short_write:
//                              half of the bytes are taken, with `on` the disk is full from then on;
//                              broken_sync EIO of fsync and fdatasync). Several are separated by commas
//   CRASH_RECORD=file          adds every call that changed something, for the power-cut simulator
//   CRASH_FULL=file            while this file is there, the disk is full
//   CRASH_LOST=0.02            of link and rename this share is done, but answered as if a network file
//   system
//                              had lost the reply: asked again, the name is there or the source is gone
//   CRASH_STALE_MS=200         for so long a process believes that a file is not there which it did not find,
//   and
//                              that a folder holds what it held
//   CRASH_SYNC_US=2000         how long a sync takes at least
//   CRASH_HURRY=60             CLOCK_MONOTONIC runs so many times as fast, and so do waits that end by it:
//   what
//                              takes minutes, as a lease, takes seconds
//   CRASH_BOOT_ID=file         is read instead of the machine's boot id, and CRASH_HOST=name is its name
//
// Calls that the C library makes within itself are not seen. crash_power checks after each recording that the
// replay of all of it is the folder that is there: nothing was missed.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tests/crash/ack_page.h"
#include "tests/crash/network.h"
#include "tests/crash/recording.h"

namespace assay::crash {
namespace {

constexpr unsigned bit(Fault fault) { return 1U << static_cast<unsigned>(fault); }
constexpr unsigned changes = bit(Fault::broken) | bit(Fault::read_only);
constexpr unsigned grows = changes | bit(Fault::full);

int errno_of(Fault fault) {
  switch (fault) {
    case Fault::full:
    case Fault::short_write:
      return ENOSPC;
    case Fault::broken:
    case Fault::broken_sync:
      return EIO;
    case Fault::no_descriptors:
      return EMFILE;
    case Fault::read_only:
      return EROFS;
  }
  return EIO;
}

/// The next definition of a function behind this library's own.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == by)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// Absolute, without ".", ".." and doubled slashes. Links are not followed.
std::string normal(const std::string& folder, const char* path) {
  const std::string whole = path[0] == '/' ? path : folder + '/' + path;
  std::vector<std::string> kept;
  for (const std::string& part : split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      kept.push_back(part);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out;
  for (const std::string& part : kept) out += '/' + part;
  return out.empty() ? "/" : out;
}

/// A fault that is to come.
struct Planned {
  Fault fault = Fault::full;
  std::int64_t at = 0;
  bool lasts = false;
  std::atomic<bool> is_on = false;

  Fault lasting() const { return fault == Fault::short_write ? Fault::full : fault; }
};

struct OpenFile {
  std::atomic<bool> is_watched = false;
  bool is_folder = false;
  std::string path;  // below the root
};

class Shim {
 public:
  /// Null where nothing is watched, and while the shim opens its own files.
  static Shim* get() {
    static thread_local bool is_starting = false;
    if (is_starting) return nullptr;
    is_starting = true;
    static Shim* const shim = std::getenv("CRASH_ROOT") ? new Shim : nullptr;
    is_starting = false;
    return shim;
  }

  /// The path below the root, or nothing if it is elsewhere.
  std::optional<std::string> below(int folder_fd, const char* path) {
    if (path == nullptr) return std::nullopt;
    std::string base = start_folder_;
    if (folder_fd != AT_FDCWD && path[0] != '/') {
      const OpenFile* folder = find(folder_fd);
      if (!folder) return std::nullopt;
      base = root_ + '/' + folder->path;
    }
    const std::string whole = normal(base, path);
    if (whole == root_) return "";
    if (whole.compare(0, root_.size() + 1, root_ + '/') != 0) return std::nullopt;
    return whole.substr(root_.size() + 1);
  }

  const OpenFile* find(int fd) const {
    const bool fits = fd >= 0 && static_cast<std::size_t>(fd) < files_.size();
    return fits && files_[static_cast<std::size_t>(fd)].is_watched ? &files_[static_cast<std::size_t>(fd)]
                                                                   : nullptr;
  }
  void opened(int fd, const std::string& path) {
    if (fd < 0 || static_cast<std::size_t>(fd) >= files_.size()) return;
    struct stat info {};
    OpenFile& file = files_[static_cast<std::size_t>(fd)];
    file.is_folder = ::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
    file.path = path;
    file.is_watched = true;
  }
  void closed(int fd) {
    if (find(fd)) files_[static_cast<std::size_t>(fd)].is_watched = false;
  }

  /// One watched call, from before it to behind it. Recording calls exclude one another, so that the
  /// recording has the kernel's order; syncs, which take long, give way in between.
  class Call {
   public:
    Call(Shim& shim, unsigned can_fail) : shim_(shim) {
      if (shim_.recording_ >= 0) shim_.order_.lock();
      number_ = shim_.count(shim_.page_->calls);
      if (number_ == shim_.kill_before_) die();
      for (unsigned f = 0; f < static_cast<unsigned>(n_faults); ++f) {
        if (can_fail & (1U << f)) judge(static_cast<Fault>(f));
      }
    }
    ~Call() {
      const int error = errno;
      if (number_ == shim_.kill_after_) die();
      if (shim_.recording_ >= 0) shim_.order_.unlock();
      errno = error;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// 0, or what the call is to fail with.
    int error() const { return error_; }
    bool is_short() const { return is_short_; }

    void record(Op op, const std::string& path, const std::string& second = {}, std::uint64_t offset = 0,
                std::uint64_t length = 0, const void* bytes = nullptr) {
      OpHeader header;
      header.op = op;
      header.offset = offset;
      header.length = length;
      const bool has_site = op == Op::rename || op == Op::link || op == Op::unlink;
      shim_.write_record(header, path, second, has_site ? shim_.site() : "", bytes);
    }
    void record_sync(Op op, const OpenFile& file, bool is_data, std::uint64_t sync) {
      OpHeader header;
      header.op = op;
      header.is_folder = file.is_folder;
      header.is_data = is_data;
      header.sync = sync;
      shim_.write_record(header, file.path, {}, op == Op::sync_begin ? shim_.site() : "", nullptr);
    }
    std::uint64_t next_sync() { return ++shim_.syncs_; }
    void give_way() {
      if (shim_.recording_ >= 0) shim_.order_.unlock();
    }
    void come_back() {
      if (shim_.recording_ >= 0) shim_.order_.lock();
    }

   private:
    void judge(Fault fault) {
      if (fault == Fault::full && shim_.is_full()) error_ = errno_of(fault);
      const std::int64_t n = shim_.count(shim_.page_->can_fail[static_cast<int>(fault)]);
      for (Planned& planned : shim_.planned_) {
        if (planned.fault == fault && n == planned.at) {
          if (fault == Fault::short_write)
            is_short_ = true;
          else
            error_ = errno_of(fault);
          if (planned.lasts) planned.is_on = true;
        } else if (planned.is_on && fault == planned.lasting()) {
          error_ = errno_of(fault);
        }
      }
    }

    Shim& shim_;
    std::int64_t number_ = 0;
    int error_ = 0;
    bool is_short_ = false;
  };

  bool is_audited() const { return acked(page_->is_audited) != 0; }
  std::string boot_id_file() const { return boot_id_file_; }
  const std::string& host() const { return host_; }
  unsigned sync_us() const { return sync_us_; }
  Network& network() { return *network_; }
  bool is_full() const {
    return !full_file_.empty() && ::syscall(SYS_faccessat, AT_FDCWD, full_file_.c_str(), F_OK) == 0;
  }

  /// Folders that are being listed, by what opendir() gave.
  void lists(DIR* folder, const std::string& path) {
    const std::lock_guard lock(folders_mutex_);
    folders_[folder] = path;
  }
  std::optional<std::string> listed(DIR* folder) {
    const std::lock_guard lock(folders_mutex_);
    const auto found = folders_.find(folder);
    return found == folders_.end() ? std::nullopt : std::optional(found->second);
  }
  void listed_to_its_end(DIR* folder) {
    const std::lock_guard lock(folders_mutex_);
    folders_.erase(folder);
  }

 private:
  Shim() {
    std::array<char, 4096> folder{};
    start_folder_ = ::getcwd(folder.data(), folder.size()) ? folder.data() : "/";
    root_ = normal(start_folder_, variable("CRASH_ROOT").c_str());
    boot_id_file_ = variable("CRASH_BOOT_ID");
    host_ = variable("CRASH_HOST");
    sync_us_ = static_cast<unsigned>(std::atoi(variable("CRASH_SYNC_US").c_str()));
    full_file_ = variable("CRASH_FULL");
    network_ = std::make_unique<Network>(std::atof(variable("CRASH_LOST").c_str()),
                                         std::atoll(variable("CRASH_STALE_MS").c_str()));
    const std::string acks = variable("CRASH_ACKS");
    page_ = acks.empty() ? new AckPage : &(new AckFile(acks))->page();
    read_kill(split(variable("CRASH_KILL"), ':'));
    for (const std::string& fault : split(variable("CRASH_FAIL"), ',')) plan(split(fault, ':'));
    open_recording(variable("CRASH_RECORD"));
  }

  void read_kill(const std::vector<std::string>& words) {
    if (words.size() != 2) return;
    (words[0] == "before" ? kill_before_ : kill_after_) = std::atoll(words[1].c_str());
  }

  void plan(const std::vector<std::string>& words) {
    constexpr std::array<std::string_view, n_faults> names{"full",      "broken",      "no_descriptors",
                                                           "read_only", "short_write", "broken_sync"};
    for (std::size_t f = 0; f < names.size(); ++f) {
      if (words.size() != 3 || words[0] != names[f]) continue;
      Planned& planned = planned_.emplace_back();
      planned.fault = static_cast<Fault>(f);
      planned.at = std::atoll(words[1].c_str());
      planned.lasts = words[2] == "on";
    }
  }

  /// Far up, out of the way of the program's own descriptors, which it may count.
  void open_recording(const std::string& file) {
    if (file.empty()) return;
    const auto fd = static_cast<int>(
        ::syscall(SYS_openat, AT_FDCWD, file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    recording_ = ::fcntl(fd, F_DUPFD_CLOEXEC, 900);
    ::syscall(SYS_close, fd);
  }

  std::int64_t count(std::int64_t& counter) { return std::atomic_ref(counter).fetch_add(1) + 1; }

  [[noreturn]] static void die() {
    ::syscall(SYS_kill, ::getpid(), SIGKILL);
    for (;;) ::pause();
  }

  void write_record(OpHeader header, const std::string& path, const std::string& second,
                    const std::string& site, const void* bytes) {
    if (recording_ < 0) return;
    header.path_bytes = static_cast<std::uint32_t>(path.size());
    header.second_bytes = static_cast<std::uint32_t>(second.size());
    header.site_bytes = static_cast<std::uint32_t>(site.size());
    header.attempt = acked(page_->attempt);
    const AttemptAcks& acks = page_->attempts[header.attempt];
    header.acks = {acked(acks.begun),        acked(acks.resumed_step), acked(acks.rows),
                   acked(acks.durable_rows), acked(acks.settled_step), acked(acks.stopped),
                   acked(acks.finished)};
    std::string whole(reinterpret_cast<const char*>(&header), sizeof header);
    whole += path;
    whole += second;
    whole += site;
    if (header.op == Op::write) whole.append(static_cast<const char*>(bytes), header.length);
    for (std::size_t at = 0; at < whole.size();) {
      const long n = ::syscall(SYS_write, recording_, whole.data() + at, whole.size() - at);
      if (n <= 0) die();  // a recording with a hole would prove nothing
      at += static_cast<std::size_t>(n);
    }
  }

  /// The callers by name, innermost first, as far as the program exports them.
  std::string site() const {
    if (recording_ < 0) return {};
    std::array<void*, 24> frames{};
    const int n = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    Dl_info self{};
    ::dladdr(reinterpret_cast<const void*>(&variable), &self);
    std::string out;
    for (int i = 0, kept = 0; i < n && kept < 6; ++i) {
      Dl_info info{};
      if (::dladdr(frames[static_cast<std::size_t>(i)], &info) == 0 || info.dli_fbase == self.dli_fbase)
        continue;
      const auto offset = reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(i)]) -
                          reinterpret_cast<std::uintptr_t>(info.dli_fbase);
      out += kept++ == 0 ? "" : " ";
      out += (info.dli_sname ? info.dli_sname : "?") + ('+' + std::to_string(offset));
    }
    return out;
  }

  std::string root_;
  std::string start_folder_;
  std::string boot_id_file_;
  std::string host_;
  unsigned sync_us_ = 0;
  std::string full_file_;
  std::unique_ptr<Network> network_;
  std::mutex folders_mutex_;
  std::map<DIR*, std::string> folders_;
  AckPage* page_ = nullptr;
  std::int64_t kill_before_ = -1;
  std::int64_t kill_after_ = -1;
  std::deque<Planned> planned_;
  int recording_ = -1;
  std::mutex order_;
  std::uint64_t syncs_ = 0;
  std::array<OpenFile, 4096> files_;
};

template <class Real>
int open_watched(const char* path, int flags, int folder_fd, Real real) {
  Shim* shim = Shim::get();
  const auto below = shim ? shim->below(folder_fd, path) : std::nullopt;
  if (!below) {
    const bool is_boot_id = shim && path && std::strcmp(path, "/proc/sys/kernel/random/boot_id") == 0;
    if (is_boot_id && !shim->boot_id_file().empty()) {
      const std::string file = shim->boot_id_file();
      return next<int(const char*, int, ...)>("open")(file.c_str(), O_RDONLY | O_CLOEXEC);
    }
    const int fd = real();
    if (shim) shim->closed(fd);  // closedir() had it before, unseen
    return fd;
  }
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  const bool creates = (flags & O_CREAT) != 0;
  const bool is_audit = !writes && shim->is_audited();
  const unsigned faults = (is_audit ? 0U : bit(Fault::no_descriptors)) | (creates  ? grows
                                                                          : writes ? changes
                                                                                   : 0U);
  Shim::Call call(*shim, faults);
  if (call.error()) return errno = call.error(), -1;
  struct stat info {};
  const bool was_there = ::fstatat(folder_fd, path, &info, 0) == 0;
  const int fd = real();
  if (fd < 0) {
    if (errno == ENOENT) shim->network().missed(*below);
    return fd;
  }
  if (creates && !was_there) {
    shim->network().made(*below);
  } else if (!writes && shim->network().is_hidden(*below)) {
    next<int(int)>("close")(fd);
    return errno = ENOENT, -1;
  }
  shim->opened(fd, *below);
  if (creates && !was_there) call.record(Op::create, *below);
  if (writes && was_there && (flags & O_TRUNC) && info.st_size > 0) call.record(Op::resize, *below);
  return fd;
}

template <class Real>
ssize_t write_watched(int fd, const void* bytes, std::size_t n, off_t offset, Real real) {
  Shim* shim = Shim::get();
  const OpenFile* file = shim ? shim->find(fd) : nullptr;
  if (!file) return real(n);
  Shim::Call call(*shim, grows | (n > 1 ? bit(Fault::short_write) : 0U));
  if (call.error()) return errno = call.error(), -1;
  const ssize_t written = real(call.is_short() ? n / 2 : n);
  if (written <= 0) return written;
  const auto length = static_cast<std::uint64_t>(written);
  // Without an offset of its own, the write ended where the file now stands.
  const off_t at = offset >= 0 ? offset : ::lseek(fd, 0, SEEK_CUR) - static_cast<off_t>(length);
  call.record(Op::write, file->path, {}, static_cast<std::uint64_t>(at), length, bytes);
  return written;
}

template <class Real>
int resize_watched(int fd, off_t length, unsigned faults, Real real) {
  Shim* shim = Shim::get();
  const OpenFile* file = shim ? shim->find(fd) : nullptr;
  if (!file) return real();
  Shim::Call call(*shim, faults);
  if (call.error()) return errno = call.error(), -1;
  const int result = real();
  if (result == 0) call.record(Op::resize, file->path, {}, 0, static_cast<std::uint64_t>(length));
  return result;
}

/// An allocation never makes a file smaller.
template <class Real>
int allocate_watched(int fd, off_t end, Real real) {
  struct stat info {};
  const off_t now = ::fstat(fd, &info) == 0 ? info.st_size : 0;
  return resize_watched(fd, end > now ? end : now, grows, real);
}

template <class Real>
int sync_watched(int fd, bool is_data, Real real) {
  Shim* shim = Shim::get();
  const OpenFile* file = shim ? shim->find(fd) : nullptr;
  if (!file) return real();
  Shim::Call call(*shim, changes | bit(Fault::broken_sync));
  const std::uint64_t sync = call.next_sync();
  call.record_sync(Op::sync_begin, *file, is_data, sync);
  if (call.error()) {
    call.record_sync(Op::sync_failed, *file, is_data, sync);
    return errno = call.error(), -1;
  }
  call.give_way();
  if (shim->sync_us() > 0) ::usleep(shim->sync_us());
  const int result = real();
  const int error = errno;
  call.come_back();
  call.record_sync(result == 0 ? Op::sync_end : Op::sync_failed, *file, is_data, sync);
  errno = error;
  return result;
}

/// Calls that change names: one path, or two.
template <class Real>
int name_watched(Op op, unsigned faults, int folder_fd, const char* path, int second_fd, const char* second,
                 Real real) {
  Shim* shim = Shim::get();
  const auto below = shim ? shim->below(folder_fd, path) : std::nullopt;
  if (!below) return real();
  const auto second_below = second ? shim->below(second_fd, second) : std::nullopt;
  Shim::Call call(*shim, faults);
  if (call.error()) return errno = call.error(), -1;
  const int result = real();
  if (result == 0) call.record(op, *below, second_below.value_or(""));
  Network& network = shim->network();
  const bool is_there = result == 0 || errno == EEXIST;
  if (is_there && (op == Op::link || op == Op::rename)) network.made(second_below.value_or(""));
  if (is_there && op == Op::make_folder) network.made(*below);
  const bool is_lost = result == 0 && (op == Op::link || op == Op::rename) && network.loses_reply();
  if (is_lost) return errno = op == Op::link ? EEXIST : ENOENT, -1;
  return result;
}

/// Whether a path exists, as this process sees it.
template <class Real>
int look_watched(const char* path, Real real) {
  Shim* shim = Shim::get();
  const auto below = shim ? shim->below(AT_FDCWD, path) : std::nullopt;
  const int result = real();
  if (!below) return result;
  if (result != 0 && errno == ENOENT) shim->network().missed(*below);
  if (result == 0 && shim->network().is_hidden(*below)) return errno = ENOENT, -1;
  return result;
}

template <class Real>
FILE* open_stream_watched(const char* path, const char* mode, Real real) {
  Shim* shim = Shim::get();
  const auto below = shim ? shim->below(AT_FDCWD, path) : std::nullopt;
  if (below && mode[0] == 'r' && shim->network().is_hidden(*below)) return errno = ENOENT, nullptr;
  return real();
}

/// How many times as fast the monotonic clock runs.
std::int64_t hurry() {
  static const std::int64_t factor = [] {
    const char* value = std::getenv("CRASH_HURRY");
    return value ? std::max<std::int64_t>(std::atoll(value), 1) : 1;
  }();
  return factor;
}

timespec scaled(const timespec& time, std::int64_t by, std::int64_t of) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  const std::int64_t ns = (time.tv_sec * second_ns + time.tv_nsec) * by / of;
  return {ns / second_ns, ns % second_ns};
}

std::set<std::string> names_in(DIR* folder) {
  std::set<std::string> names;
  while (const dirent* entry = next<dirent*(DIR*)>("readdir")(folder)) names.insert(entry->d_name);
  ::rewinddir(folder);
  return names;
}

}  // namespace
}  // namespace assay::crash

using namespace assay::crash;

// The functions that are replaced. The names ending in 64 are the same functions on this machine.
extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_watched(path, flags, AT_FDCWD,
                      [&] { return next<int(const char*, int, ...)>("open")(path, flags, mode); });
}
int open64(const char* path, int flags, ...) __attribute__((alias("open")));

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_watched(path, flags, folder, [&] {
    return next<int(int, const char*, int, ...)>("openat")(folder, path, flags, mode);
  });
}
int openat64(int folder, const char* path, int flags, ...) __attribute__((alias("openat")));

int creat(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd) {
  if (Shim* shim = Shim::get()) shim->closed(fd);
  return next<int(int)>("close")(fd);
}

ssize_t write(int fd, const void* bytes, std::size_t n) {
  return write_watched(fd, bytes, n, -1, [&](std::size_t take) {
    return next<ssize_t(int, const void*, std::size_t)>("write")(fd, bytes, take);
  });
}

ssize_t pwrite(int fd, const void* bytes, std::size_t n, off_t offset) {
  return write_watched(fd, bytes, n, offset, [&](std::size_t take) {
    return next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite")(fd, bytes, take, offset);
  });
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t n, off_t offset) __attribute__((alias("pwrite")));

ssize_t writev(int fd, const iovec* parts, int n_parts) {
  Shim* shim = Shim::get();
  if (!shim || !shim->find(fd)) return next<ssize_t(int, const iovec*, int)>("writev")(fd, parts, n_parts);
  std::string whole;
  for (int i = 0; i < n_parts; ++i)
    whole.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  return write(fd, whole.data(), whole.size());
}

int ftruncate(int fd, off_t length) noexcept {
  return resize_watched(fd, length, changes, [&] { return next<int(int, off_t)>("ftruncate")(fd, length); });
}
int ftruncate64(int fd, off_t length) noexcept __attribute__((alias("ftruncate")));

int truncate(const char* path, off_t length) noexcept {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const int result = ftruncate(fd, length);
  close(fd);
  return result;
}
int truncate64(const char* path, off_t length) noexcept __attribute__((alias("truncate")));

int fallocate(int fd, int mode, off_t offset, off_t length) {
  const auto real = [&] { return next<int(int, int, off_t, off_t)>("fallocate")(fd, mode, offset, length); };
  return mode == 0 ? allocate_watched(fd, offset + length, real) : real();
}
int fallocate64(int fd, int mode, off_t offset, off_t length) __attribute__((alias("fallocate")));

int posix_fallocate(int fd, off_t offset, off_t length) {
  int error = 0;
  const int result = allocate_watched(fd, offset + length, [&] {
    error = next<int(int, off_t, off_t)>("posix_fallocate")(fd, offset, length);
    return error == 0 ? 0 : -1;
  });
  return result == 0 || error != 0 ? error : errno;
}
int posix_fallocate64(int fd, off_t offset, off_t length) __attribute__((alias("posix_fallocate")));

int fsync(int fd) {
  return sync_watched(fd, false, [&] { return next<int(int)>("fsync")(fd); });
}

int fdatasync(int fd) {
  return sync_watched(fd, true, [&] { return next<int(int)>("fdatasync")(fd); });
}

int rename(const char* from, const char* to) noexcept {
  return name_watched(Op::rename, grows, AT_FDCWD, from, AT_FDCWD, to,
                      [&] { return next<int(const char*, const char*)>("rename")(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return name_watched(Op::rename, grows, from_folder, from, to_folder, to, [&] {
    return next<int(int, const char*, int, const char*)>("renameat")(from_folder, from, to_folder, to);
  });
}

int link(const char* from, const char* to) noexcept {
  return name_watched(Op::link, grows, AT_FDCWD, from, AT_FDCWD, to,
                      [&] { return next<int(const char*, const char*)>("link")(from, to); });
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  return name_watched(Op::link, grows, from_folder, from, to_folder, to, [&] {
    return next<int(int, const char*, int, const char*, int)>("linkat")(from_folder, from, to_folder, to,
                                                                        flags);
  });
}

int unlink(const char* path) noexcept {
  return name_watched(Op::unlink, changes, AT_FDCWD, path, AT_FDCWD, nullptr,
                      [&] { return next<int(const char*)>("unlink")(path); });
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  const Op op = flags & AT_REMOVEDIR ? Op::remove_folder : Op::unlink;
  return name_watched(op, changes, folder, path, AT_FDCWD, nullptr,
                      [&] { return next<int(int, const char*, int)>("unlinkat")(folder, path, flags); });
}

int rmdir(const char* path) noexcept {
  return name_watched(Op::remove_folder, changes, AT_FDCWD, path, AT_FDCWD, nullptr,
                      [&] { return next<int(const char*)>("rmdir")(path); });
}

int remove(const char* path) noexcept {
  struct stat info {};
  const bool is_folder = ::lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
  return is_folder ? rmdir(path) : unlink(path);
}

int mkdir(const char* path, mode_t mode) noexcept {
  return name_watched(Op::make_folder, grows, AT_FDCWD, path, AT_FDCWD, nullptr,
                      [&] { return next<int(const char*, mode_t)>("mkdir")(path, mode); });
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  return name_watched(Op::make_folder, grows, folder, path, AT_FDCWD, nullptr,
                      [&] { return next<int(int, const char*, mode_t)>("mkdirat")(folder, path, mode); });
}

int stat(const char* path, struct stat* info) noexcept {
  return look_watched(path, [&] { return next<int(const char*, struct stat*)>("stat")(path, info); });
}
int stat64(const char* path, struct stat64* info) noexcept {
  return look_watched(path, [&] { return next<int(const char*, struct stat64*)>("stat64")(path, info); });
}

FILE* fopen(const char* path, const char* mode) {
  return open_stream_watched(path, mode,
                             [&] { return next<FILE*(const char*, const char*)>("fopen")(path, mode); });
}
FILE* fopen64(const char* path, const char* mode) __attribute__((alias("fopen")));

DIR* opendir(const char* path) {
  DIR* folder = next<DIR*(const char*)>("opendir")(path);
  Shim* shim = Shim::get();
  const auto below = shim ? shim->below(AT_FDCWD, path) : std::nullopt;
  if (!folder || !below || !shim->network().is_stale()) return folder;
  if (shim->network().lists_anew(*below)) shim->network().listed(*below, names_in(folder));
  shim->lists(folder, *below);
  return folder;
}

dirent* readdir(DIR* folder) {
  Shim* shim = Shim::get();
  const auto listed = shim ? shim->listed(folder) : std::nullopt;
  for (;;) {
    dirent* entry = next<dirent*(DIR*)>("readdir")(folder);
    if (!listed || !entry || shim->network().is_listed(*listed, entry->d_name)) return entry;
  }
}
dirent64* readdir64(DIR* folder) { return reinterpret_cast<dirent64*>(readdir(folder)); }

int closedir(DIR* folder) {
  if (Shim* shim = Shim::get()) shim->listed_to_its_end(folder);
  return next<int(DIR*)>("closedir")(folder);
}

int clock_gettime(clockid_t id, timespec* time) noexcept {
  static const auto real = next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(id, time);
  if (id == CLOCK_MONOTONIC && result == 0 && hurry() > 1) *time = scaled(*time, hurry(), 1);
  return result;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t id,
                           const timespec* until) {
  static const auto real =
      next<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>("pthread_cond_clockwait");
  const timespec sooner = id == CLOCK_MONOTONIC ? scaled(*until, 1, hurry()) : *until;
  return real(condition, mutex, id, &sooner);
}

int gethostname(char* name, std::size_t size) noexcept {
  const Shim* shim = Shim::get();
  if (!shim || shim->host().empty()) return next<int(char*, std::size_t)>("gethostname")(name, size);
  std::strncpy(name, shim->host().c_str(), size);
  return 0;
}

}  // extern "C"
