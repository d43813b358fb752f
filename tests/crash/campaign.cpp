#include "tests/crash/campaign.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace assay::crash {
namespace {

constexpr std::int64_t most_printed = 20;

std::string whole_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

[[noreturn]] void become(const std::vector<std::string>& words,
                         const std::map<std::string, std::string>& variables,
                         const std::string& output_file) {
  const int out = ::open(output_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(out, 1);
  ::dup2(out, 2);
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

Options::Options(int argc, char** argv, std::map<std::string, std::string> known)
    : values_(std::move(known)) {
  for (int i = 1; i < argc; i += 2) {
    const std::string word = argv[i];
    const auto found = word.rfind("--", 0) == 0 ? values_.find(word.substr(2)) : values_.end();
    if (found != values_.end() && i + 1 < argc) {
      found->second = argv[i + 1];
      continue;
    }
    std::fprintf(stderr, "%s: what is %s? known:\n", argv[0], word.c_str());
    for (const auto& [key, value] : values_)
      std::fprintf(stderr, "  --%s (now '%s')\n", key.c_str(), value.c_str());
    std::exit(2);
  }
}

std::int64_t Options::number(const std::string& key) const { return std::atoll(text(key).c_str()); }

Scratch::Scratch(const std::string& where) {
  std::string base = where;
  if (base.empty() && ::access("/dev/shm", W_OK) == 0) base = "/dev/shm";
  if (base.empty()) base = std::filesystem::temp_directory_path().string();
  std::string pattern = base + "/crash-XXXXXX";
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make a folder in " + base);
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Scratch::clear() const {
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    std::filesystem::remove_all(entry.path());
}

std::string beside_this_program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

Child::Child(const std::vector<std::string>& words, const std::map<std::string, std::string>& variables,
             std::string output_file)
    : output_file_(std::move(output_file)) {
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become(words, variables, output_file_);
}

Child::~Child() {
  if (has_ended_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, &status_, 0);
}

void Child::send(int signal) const { ::kill(pid_, signal); }

bool Child::runs() {
  if (!has_ended_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) has_ended_ = true;
  return !has_ended_;
}

Ended Child::wait(double timeout_s) {
  const double end_s = seconds_now() + timeout_s;
  bool is_late = false;
  while (runs()) {
    if (seconds_now() > end_s) {
      is_late = true;
      send(SIGKILL);
    }
    sleep_s(0.0002);
  }
  Ended ended;
  if (WIFEXITED(status_)) ended.code = WEXITSTATUS(status_);
  if (WIFSIGNALED(status_)) ended.signal = is_late ? SIGXCPU : WTERMSIG(status_);
  ended.output = whole_file(output_file_);
  return ended;
}

Writer::Writer(const Scratch& scratch, Workload workload)
    : scratch_(scratch), workload_(workload), runs_dir_(scratch / "runs") {
  start_over();
}

void Writer::start_over() {
  std::filesystem::remove_all(runs_dir_);
  std::filesystem::create_directory(runs_dir_);
  std::filesystem::remove(scratch_ / "acks");
  acks_ = std::make_unique<AckFile>(scratch_ / "acks");
}

// They keep the file that they have mapped; everybody else gets a copy under its name.
void Writer::part_from_running() {
  const std::string copy = scratch_ / "acks.copy";
  std::filesystem::copy_file(scratch_ / "acks", copy);
  std::filesystem::rename(copy, scratch_ / "acks");
  acks_ = std::make_unique<AckFile>(scratch_ / "acks");
}

std::unique_ptr<Child> Writer::start(std::map<std::string, std::string> shim,
                                     const std::string& output) const {
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  std::vector<std::string> words{beside_this_program("crash_writer"),
                                 runs_dir_,
                                 scratch_ / "acks",
                                 "--seed",
                                 number(static_cast<std::int64_t>(workload_.seed)),
                                 "--steps",
                                 number(workload_.steps),
                                 "--evaluate-every",
                                 number(workload_.evaluate_every),
                                 "--checkpoint-every",
                                 number(workload_.checkpoint_every),
                                 "--bytes",
                                 number(workload_.state_bytes)};
  words.insert(words.end(), more.begin(), more.end());
  if (!shim.empty()) {
    const char* others = std::getenv("LD_PRELOAD");
    shim["LD_PRELOAD"] =
        beside_this_program("lib/libcrash_shim.so") + (others ? std::string(":") + others : "");
    shim["CRASH_ROOT"] = runs_dir_;
    shim["CRASH_ACKS"] = scratch_ / "acks";
  }
  return std::make_unique<Child>(words, shim, scratch_ / output);
}

Ended Writer::run(std::map<std::string, std::string> shim) const { return start(std::move(shim))->wait(); }

std::int64_t& Tally::operator[](const std::string& name) {
  const auto found =
      std::find_if(counts_.begin(), counts_.end(), [&](const auto& count) { return count.first == name; });
  return found != counts_.end() ? found->second : counts_.emplace_back(name, 0).second;
}

void Tally::violation(const std::string& text) {
  if (++violations_ <= most_printed) std::printf("VIOLATION %s\n", text.c_str());
  std::fflush(stdout);
}

void Tally::add(const Ended& ended, const std::string& what) {
  std::istringstream lines(ended.output);
  for (std::string line; std::getline(lines, line);) {
    long long rows = 0;
    long long checkpoints = 0;
    long long files = 0;
    if (line.rfind("violation: ", 0) == 0) violation(what + ": " + line.substr(11));
    if (std::sscanf(line.c_str(), "%lld rows, %lld checkpoints, %lld files", &rows, &checkpoints, &files) !=
        3)
      continue;
    (*this)["rows checked"] += rows;
    (*this)["checkpoints verified"] += checkpoints;
    (*this)["files opened"] += files;
  }
}

void Tally::add(const Report& report, const std::string& what) {
  for (const std::string& text : report.violations) violation(what + ": " + text);
  (*this)["rows checked"] += report.rows;
  (*this)["checkpoints verified"] += report.checkpoints;
  (*this)["files opened"] += report.files;
}

int Tally::conclude(const std::string& title) const {
  std::printf("%s:", title.c_str());
  for (const auto& [name, count] : counts_)
    std::printf(" %lld %s,", static_cast<long long>(count), name.c_str());
  std::printf(" %lld violations\n", static_cast<long long>(violations_));
  return violations_ == 0 ? 0 : 1;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void sleep_s(double seconds) { ::usleep(static_cast<useconds_t>(seconds * 1e6)); }

}  // namespace assay::crash
