#include "tests/support/process.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"

extern char** environ;

namespace assay::testing {
namespace {

[[noreturn]] void fail(const char* what, int reason) {
  throw Error(Kind::internal, text(what, ": ", std::strerror(reason)));
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    if (variables.find(line.substr(0, line.find('='))) == variables.end()) out.push_back(line);
  }
  for (const auto& [name, value] : variables) {
    if (!value.empty()) out.push_back(name + '=' + value);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& one : texts) out.push_back(one.data());
  out.push_back(nullptr);
  return out;
}

class Actions {
 public:
  Actions() { posix_spawn_file_actions_init(&actions_); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() { posix_spawnattr_init(&attributes_); }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

// posix_spawn cannot set a limit for the child alone: it is this process's while the child starts, and
// inherited.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(long bytes) : is_set_(bytes >= 0) {
    if (!is_set_) return;
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(bytes);
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    if (is_set_) setrlimit(RLIMIT_FSIZE, &before_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  bool is_set_;
  rlimit before_{};
};

/// A pseudo-terminal: ends[0] is the side that looks at it, ends[1] the program's.
void open_terminal(int columns, int (&ends)[2]) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = static_cast<unsigned short>(columns);
  if (openpty(&ends[0], &ends[1], nullptr, nullptr, &size) != 0) fail("openpty", errno);
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

void read_available(int& descriptor, std::string& into) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    close(descriptor);
    descriptor = -1;
  }
}

}  // namespace

Process::Process(const std::vector<std::string>& words, const ProcessOptions& options)
    : start_s_(system_clock().monotonic_s()), timeout_s_(options.timeout_s) {
  int out_pipe[2], err_pipe[2];  // where to read, where to write
  if (pipe2(err_pipe, O_CLOEXEC) != 0) fail("pipe", errno);
  const bool is_terminal = options.terminal_columns > 0;
  if (is_terminal) {
    open_terminal(options.terminal_columns, out_pipe);
  } else if (pipe2(out_pipe, O_CLOEXEC) != 0) {
    fail("pipe", errno);
  }
  Actions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (options.out_file.empty()) {
    posix_spawn_file_actions_adddup2(actions.get(), out_pipe[1], STDOUT_FILENO);
  } else {
    posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, options.out_file.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0644);
  }
  posix_spawn_file_actions_adddup2(actions.get(), is_terminal ? out_pipe[1] : err_pipe[1], STDERR_FILENO);
  if (!options.folder.empty()) posix_spawn_file_actions_addchdir_np(actions.get(), options.folder.c_str());

  // The child starts with the signals as a shell would give them, whatever the test runner does with its own.
  Attributes attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(attributes.get(), &none);
  posix_spawnattr_setsigdefault(attributes.get(), &all);
  posix_spawnattr_setflags(attributes.get(), POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> arguments = words;
  std::vector<std::string> variables = environment_with(options.variables);
  int failure = 0;
  {
    const FileSizeLimit limit(options.file_size_limit);
    failure = posix_spawn(&pid_, words.front().c_str(), actions.get(), attributes.get(),
                          pointers(arguments).data(), pointers(variables).data());
  }
  close(out_pipe[1]);
  close(err_pipe[1]);
  out_ = out_pipe[0];
  err_ = err_pipe[0];
  if (failure != 0) {
    close_streams();
    pid_ = -1;
    fail(words.front().c_str(), failure);
  }
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close_streams();
}

void Process::close_streams() {
  for (int* descriptor : {&out_, &err_}) {
    if (*descriptor >= 0) close(*descriptor);
    *descriptor = -1;
  }
}

bool Process::read_some() {
  if (out_ < 0 && err_ < 0) return false;
  std::array<pollfd, 2> streams{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};  // poll skips negative descriptors
  constexpr int wait_ms = 100;
  if (poll(streams.data(), streams.size(), wait_ms) > 0) {
    if (streams[0].revents != 0) read_available(out_, finished_.out);
    if (streams[1].revents != 0) read_available(err_, finished_.err);
  }
  if (system_clock().monotonic_s() - start_s_ > timeout_s_) {
    kill(pid_, SIGKILL);
    finished_.err += text("\n[killed after ", timeout_s_, " s]");
    return false;
  }
  return true;
}

bool Process::wait_for(const std::string& text) {
  while (finished_.err.find(text) == std::string::npos && finished_.out.find(text) == std::string::npos) {
    if (!read_some()) return false;
  }
  return true;
}

void Process::send(int signal) const { kill(pid_, signal); }

Finished Process::wait() {
  while (read_some()) {
  }
  int status = 0;
  rusage used{};
  wait4(pid_, &status, 0, &used);
  pid_ = -1;
  finished_.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  finished_.peak_bytes = used.ru_maxrss * 1024;
  finished_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  finished_.seconds = system_clock().monotonic_s() - start_s_;
  return finished_;
}

Finished run_process(const std::vector<std::string>& words, const ProcessOptions& options) {
  Process process(words, options);
  return process.wait();
}

bool has_terminals() {
  int ends[2] = {-1, -1};
  if (openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) != 0) return false;
  for (const int end : ends) close(end);
  return true;
}

std::string binary() {
  if (const char* path = std::getenv("ASSAY_BINARY")) return path;
  throw Error(Kind::internal, "ASSAY_BINARY is not set: run the tests through ctest");
}

}  // namespace assay::testing
