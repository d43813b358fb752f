#include "core/io/command.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr int not_found = 127;

[[noreturn]] void fail_to_start(const std::string& program, int error) {
  throw Error(Kind::run, text(program, " could not be started: ", std::generic_category().message(error)));
}

/// Two ends of a pipe, closed when it goes.
class Pipe {
 public:
  explicit Pipe(const std::string& program) {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail_to_start(program, errno);
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// In the new process: only what is safe between fork and exec.
[[noreturn]] void become(char* const* words, const char* folder, int in, int out, int err) {
  ::setpgid(0, 0);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_DFL);
  if (::dup2(in, STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 || ::dup2(err, STDERR_FILENO) < 0)
    ::_exit(not_found);
  if (*folder != '\0' && ::chdir(folder) != 0) ::_exit(not_found);
  ::execvp(words[0], words);
  ::_exit(not_found);
}

class RunningCommand {
 public:
  RunningCommand(const std::vector<std::string>& words, const CommandOptions& options)
      : in_(words.front()), out_(words.front()), err_(words.front()), input_(options.input) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) fail_to_start(words.front(), errno);
    if (pid_ == 0) {
      become(arguments.data(), options.folder.c_str(), in_.read_end(), out_.write_end(), err_.write_end());
    }
    in_.close(0);
    out_.close(1);
    err_.close(1);
    ::fcntl(in_.write_end(), F_SETFL, O_NONBLOCK);
  }

  CommandEnd wait(double seconds) {
    using Steady = std::chrono::steady_clock;
    const auto deadline = Steady::now() + std::chrono::duration<double>(seconds);
    CommandEnd end;
    while (out_.read_end() >= 0 || err_.read_end() >= 0) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now()).count();
      if (left <= 0) {
        end.is_late = true;
        ::kill(-pid_, SIGKILL);
        break;
      }
      exchange(static_cast<int>(left), end);
    }
    end.exit_code = collect();
    return end;
  }

 private:
  /// Waits for one of the three streams and moves what can be moved.
  void exchange(int milliseconds, CommandEnd& end) {
    std::array<pollfd, 3> streams{{{input_.empty() ? -1 : in_.write_end(), POLLOUT, 0},
                                   {out_.read_end(), POLLIN, 0},
                                   {err_.read_end(), POLLIN, 0}}};
    if (input_.empty()) in_.close(1);
    if (::poll(streams.data(), streams.size(), milliseconds) <= 0) return;
    if (streams[0].revents != 0) give();
    if (streams[1].revents != 0) take(out_, end.out);
    if (streams[2].revents != 0) take(err_, end.err);
  }

  void give() {
    const ssize_t n = ::write(in_.write_end(), input_.data(), input_.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    input_.remove_prefix(n < 0 ? input_.size() : static_cast<std::size_t>(n));  // it may not want it
  }

  static void take(Pipe& pipe, std::string& into) {
    std::array<char, 16384> part{};
    const ssize_t n = ::read(pipe.read_end(), part.data(), part.size());
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) return pipe.close(0);
    into.append(part.data(), static_cast<std::size_t>(n));
  }

  int collect() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
      if (errno != EINTR) return not_found;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  Pipe in_, out_, err_;
  std::string_view input_;
  pid_t pid_ = -1;
};

}  // namespace

CommandEnd run_command(const std::vector<std::string>& words, const CommandOptions& options) {
  ASSAY_ASSERT(!words.empty());
  return RunningCommand(words, options).wait(options.seconds);
}

}  // namespace assay
