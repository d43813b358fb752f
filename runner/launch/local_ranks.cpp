#include "runner/launch/local_ranks.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/sockets.h"
#include "core/text.h"
#include "runner/launch/rank_variables.h"

namespace assay::launch {

constexpr int stopped_exit_code = 10;  // docs/exit-codes.md

/// One of them, from its start to its end.
struct RankProcess {
  int rank = 0;
  pid_t pid = -1;
  bool is_running = false;
  int status = 0;
  Descriptor words;  // what it says; closed for rank 0, which has the terminal
  std::string last_words;

  bool ended_badly() const {
    if (is_running) return false;
    return !WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != stopped_exit_code);
  }
  bool was_killed() const { return !is_running && WIFSIGNALED(status); }
};

namespace {

using Steady = std::chrono::steady_clock;

constexpr const char* loopback = "127.0.0.1";
constexpr int look_every_ms = 50;
constexpr std::chrono::seconds grace(15);  // to end by itself once another one has ended badly
constexpr std::size_t kept_words = 8192;   // of what a rank says, the last so many bytes
constexpr int not_started = 127;

[[noreturn]] void fail_to_start_rank(int error) {
  throw Error(Kind::run, text("a process could not be started: ", std::generic_category().message(error)));
}

struct PipeEnds {
  Descriptor read, write;
};

PipeEnds open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_to_start_rank(errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Names and values as a new process takes them, without one's own rank.
class Variables {
 public:
  Variables() {
    for (char** one = environ; *one != nullptr; ++one) all_.emplace_back(*one);
  }
  void set(const std::string& name, const std::string& value) {
    std::erase_if(all_, [&](const std::string& one) { return one.starts_with(name + "="); });
    all_.push_back(text(name, '=', value));
  }
  std::vector<char*> pointers() {
    std::vector<char*> out;
    for (std::string& one : all_) out.push_back(one.data());
    out.push_back(nullptr);
    return out;
  }

 private:
  std::vector<std::string> all_;
};

/// What a new process is given besides its variables.
struct Given {
  int out = -1;  // its stdout and stderr; -1: those of this process
  int err = -1;
  std::array<int, 2> inherited{-1, -1};
};

/// In the new process: only what is safe between fork and exec.
[[noreturn]] void become_rank(const char* program, char* const* words, char* const* variables,
                              const Given& given, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(not_started);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
  if (given.out >= 0 && ::dup2(given.out, STDOUT_FILENO) < 0) ::_exit(not_started);
  if (given.err >= 0 && ::dup2(given.err, STDERR_FILENO) < 0) ::_exit(not_started);
  for (const int descriptor : given.inherited) {
    if (descriptor >= 0) ::fcntl(descriptor, F_SETFD, 0);
  }
  ::execve(program, words, variables);
  ::_exit(not_started);
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string how_it_ended(const RankProcess& process) {
  if (WIFSIGNALED(process.status)) {
    const int signal = WTERMSIG(process.status);
    return text("rank ", process.rank, " was killed by signal ", signal, " (", ::strsignal(signal), ")");
  }
  std::string out = text("rank ", process.rank, " ended with exit code ", WEXITSTATUS(process.status));
  const std::string words{trim(process.last_words)};
  return words.empty() ? out : text(out, ": ", one_line(words));
}

}  // namespace

class LocalRanks::Group {
 public:
  Group(const std::vector<std::string>& words, int size) : meeting_(listen_at(loopback, 0)) {
    PipeEnds news = open_pipe();
    news_ = std::move(news.write);
    nothing_ = Descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    for (int rank = 0; rank < size; ++rank) start(words, rank, size, news.read.get());
    meeting_.close();
  }

  ~Group() {
    for (RankProcess& process : ranks_) {
      if (!process.is_running) continue;
      ::kill(process.pid, SIGKILL);
      ::waitpid(process.pid, nullptr, 0);
    }
  }

  RanksEnd wait(const std::atomic<bool>& stop) {
    bool is_told_to_stop = false;
    std::optional<Steady::time_point> kill_at;
    while (is_any_running()) {
      listen_for(look_every_ms);
      look_who_ended();
      if (stop && !std::exchange(is_told_to_stop, true)) send_all(SIGTERM);
      if (cause_.empty() && find_cause()) kill_at = Steady::now() + grace;
      if (kill_at && Steady::now() > *kill_at) send_all(SIGKILL);
    }
    find_cause();
    return end();
  }

 private:
  void start(const std::vector<std::string>& words, int rank, int size, int news) {
    PipeEnds said = open_pipe();
    Variables variables;
    variables.set("RANK", text(rank));
    variables.set("LOCAL_RANK", text(rank));
    variables.set("WORLD_SIZE", text(size));
    variables.set("MASTER_ADDR", loopback);
    variables.set("MASTER_PORT", text(port_of(meeting_.get())));
    variables.set("TORCH_CPP_LOG_LEVEL", "ERROR");  // c10d's own warnings: what matters is said by us
    Given given;
    if (rank == 0) {
      variables.set(socket_variable, text(meeting_.get()));
      variables.set(news_variable, text(news));
      given.inherited = {meeting_.get(), news};
    } else {
      given.out = nothing_.get();
      given.err = said.write.get();
    }
    std::vector<std::string> all{"assay"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : all) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::vector<char*> environment = variables.pointers();
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) fail_to_start_rank(errno);
    if (pid == 0) become_rank(program_.c_str(), arguments.data(), environment.data(), given, parent);
    RankProcess process;
    process.rank = rank;
    process.pid = pid;
    process.is_running = true;
    if (rank > 0) process.words = std::move(said.read);
    ranks_.push_back(std::move(process));
  }

  bool is_any_running() const {
    return std::ranges::any_of(ranks_, [](const RankProcess& process) { return process.is_running; });
  }

  void send_all(int signal) const {
    for (const RankProcess& process : ranks_) {
      if (process.is_running) ::kill(process.pid, signal);
    }
  }

  /// Keeps what is said, for so long at most.
  void listen_for(int milliseconds) {
    std::vector<pollfd> streams;
    for (const RankProcess& process : ranks_) streams.push_back({process.words.get(), POLLIN, 0});
    if (::poll(streams.data(), streams.size(), milliseconds) <= 0) return;
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
      if (streams[i].revents != 0) hear(ranks_[i]);
    }
  }

  static void hear(RankProcess& process) {
    std::array<char, 4096> part{};
    const ssize_t n = ::read(process.words.get(), part.data(), part.size());
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) return process.words.close();
    process.last_words.append(part.data(), static_cast<std::size_t>(n));
    if (process.last_words.size() > kept_words)
      process.last_words.erase(0, process.last_words.size() - kept_words);
  }

  void look_who_ended() {
    for (RankProcess& process : ranks_) {
      if (!process.is_running || ::waitpid(process.pid, &process.status, WNOHANG) != process.pid) continue;
      process.is_running = false;
      while (process.words.is_open()) hear(process);
    }
  }

  /// The first that ended badly, to be told to rank 0. Of several at a time one that was killed: the others
  /// ended because it did.
  bool find_cause() {
    if (!cause_.empty()) return false;
    const RankProcess* found = nullptr;
    for (const RankProcess& process : ranks_) {
      if (!process.ended_badly()) continue;
      if (found == nullptr || (process.was_killed() && !found->was_killed())) found = &process;
    }
    if (found == nullptr) return false;
    cause_ = how_it_ended(*found);
    const std::string line = cause_ + '\n';
    [[maybe_unused]] const ssize_t n = ::write(news_.get(), line.data(), line.size());
    return true;
  }

  RanksEnd end() const {
    const RankProcess& first = ranks_.front();
    if (first.was_killed()) return {not_started, cause_};
    return {WEXITSTATUS(first.status), {}};
  }

  std::string program_ = std::filesystem::read_symlink("/proc/self/exe").string();
  Descriptor meeting_;  // where they meet: rank 0 listens there
  Descriptor news_;     // to rank 0
  Descriptor nothing_;
  std::vector<RankProcess> ranks_;
  std::string cause_;
};

LocalRanks::LocalRanks(const std::vector<std::string>& words, int size)
    : group_(std::make_unique<Group>(words, size)) {}

LocalRanks::~LocalRanks() = default;

RanksEnd LocalRanks::wait(const std::atomic<bool>& stop) { return group_->wait(stop); }

}  // namespace assay::launch
