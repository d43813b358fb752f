#include "core/io/in_child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/h5_handles.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr char answered = 'a';
constexpr char refused = 'r';

[[noreturn]] void refuse(const std::string& path, std::string message, std::string hint = {}) {
  throw Error(Kind::store, Problem{Where::path(path), {}, std::move(message), std::move(hint)});
}

void limit(int resource, rlim_t value) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return;
  now.rlim_cur = std::min(value, now.rlim_max);
  now.rlim_max = now.rlim_cur;
  ::setrlimit(resource, &now);
}

/// Bytes of address space that this process has.
rlim_t address_space() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  unsigned long long pages = 0;
  const bool known = file && std::fscanf(file, "%llu", &pages) == 1;
  if (file) std::fclose(file);
  return known ? static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool limits_address_space = false;  // sanitizers map terabytes
#else
constexpr bool limits_address_space = true;
#endif

/// After so much processor time SIGPROF ends the process. RLIMIT_CPU knows whole seconds only.
void limit_processor(double seconds) {
  std::signal(SIGPROF, SIG_DFL);
  sigset_t ends{};
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGPROF);
  ::sigprocmask(SIG_UNBLOCK, &ends, nullptr);
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - std::floor(seconds)) * 1e6);
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

/// Takes from the child what the work does not need. Where the system refuses, the work goes on without.
void confine(const ChildLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE}) std::signal(signal, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
  }
  const rlim_t now = address_space();
  if (limits_address_space && now > 0) limit(RLIMIT_AS, now + limits.memory_bytes);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 0);
  if (limits.cpu_seconds) limit_processor(*limits.cpu_seconds);
}

bool send(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// The work's answer or the message of what it threw, behind one character that says which.
std::string outcome_of(const std::function<std::string()>& work) {
  try {
    return answered + work();
  } catch (const Error& error) {
    return refused + (error.problems().empty() ? std::string(error.what()) : error.problems()[0].message);
  } catch (const std::exception&) {
    return std::string(1, refused) + "cannot be read in the memory that a file of its size needs";
  }
}

[[noreturn]] void be_child(int fd, const ChildLimits& limits, const std::function<std::string()>& work) {
  confine(limits);
  const std::string outcome = outcome_of(work);
  const std::uint64_t size = outcome.size();
  std::array<char, sizeof size> head{};
  std::memcpy(head.data(), &size, sizeof size);
  const bool sent = send(fd, {head.data(), head.size()}) && send(fd, outcome);
  ::_exit(sent ? 0 : 1);  // nothing that this process has set up is taken down twice
}

/// No other thread is within HDF5 at that instant, so the copy can use it.
pid_t fork_between_calls() {
  const auto held = h5::lock();
  return ::fork();
}

class Child {
 public:
  Child(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::close(fd_);
    if (pid_ > 0) end();
  }

  /// What it sent, as far as it came within the time; nothing if the time was up.
  std::optional<std::string> receive(const ChildLimits& limits) const {
    using Steady = std::chrono::steady_clock;
    const auto deadline = Steady::now() + std::chrono::duration<double>(limits.seconds);
    const std::uint64_t most = limits.answer_bytes + sizeof(std::uint64_t) + 1;
    std::string bytes;
    std::array<char, 65536> part{};
    while (bytes.size() <= most) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now()).count();
      pollfd waited{fd_, POLLIN, 0};
      const int ready = left > 0 ? ::poll(&waited, 1, static_cast<int>(left)) : 0;
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return std::nullopt;
      const ssize_t n = ::read(fd_, part.data(), part.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      bytes.append(part.data(), static_cast<std::size_t>(n));
    }
    return bytes;
  }

  /// Ends it, if it has not ended, and returns its status; 0 if the system does not tell.
  int end() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
      if (errno != EINTR) {
        status = 0;
        break;
      }
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
  int fd_;
};

constexpr const char* other_copy = "it is not used; take another checkpoint, or another copy of the file";

/// What became of a child that gave no outcome.
std::string end_text(int status, const ChildLimits& limits) {
  if (limits.cpu_seconds && WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
    return text("reading it took over ", *limits.cpu_seconds, " s of processor time");
  return text("reading it crashed (", WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "it ended early",
              ')');
}

/// The outcome within what was received, or nothing if it is not whole.
std::optional<std::string_view> whole(std::string_view received) {
  std::uint64_t size = 0;
  if (received.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, received.data(), sizeof size);
  received.remove_prefix(sizeof size);
  if (size == 0 || received.size() != size) return std::nullopt;
  return received;
}

}  // namespace

double cpu_seconds_for(std::uint64_t file_bytes) { return 1 + static_cast<double>(file_bytes >> 20U); }

std::string in_child(const std::string& path, const ChildLimits& limits,
                     const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Kind::run,
                text("no pipe to a child process could be made: ", std::generic_category().message(errno)));
  }
  const pid_t pid = fork_between_calls();
  if (pid == 0) {
    ::close(ends[0]);
    be_child(ends[1], limits, work);
  }
  const int error = errno;
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    throw Error(Kind::run, text("no child process could be made: ", std::generic_category().message(error)));
  }
  Child child(pid, ends[0]);
  const std::optional<std::string> received = child.receive(limits);
  if (!received) {
    refuse(path, text("is damaged, or made to do harm: reading it took over ", limits.seconds, " s"),
           other_copy);
  }
  const std::optional<std::string_view> outcome = whole(*received);
  if (!outcome)
    refuse(path, text("is damaged, or made to do harm: ", end_text(child.end(), limits)), other_copy);
  if (outcome->front() != answered) refuse(path, std::string(outcome->substr(1)));
  return std::string(outcome->substr(1));
}

}  // namespace assay
