// What the crash campaigns share: their options, a folder that goes away, the workload's process with the
// shim before it, and the tally that they end with.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "tests/crash/ack_page.h"
#include "tests/crash/audit.h"
#include "tests/crash/disk.h"
#include "tests/crash/workload.h"

namespace assay::crash {

/// `--key value` pairs; exits with 2 and the list of keys for anything else.
class Options {
 public:
  /// known: key to its default.
  Options(int argc, char** argv, std::map<std::string, std::string> known);
  const std::string& text(const std::string& key) const { return values_.at(key); }
  std::int64_t number(const std::string& key) const;

 private:
  std::map<std::string, std::string> values_;
};

/// A new folder in memory where there is such a file system, else below the temporary folder; in `where` if
/// that is not empty. Removed with all it holds.
class Scratch {
 public:
  explicit Scratch(const std::string& where = {});
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + '/' + name; }
  /// Empties it.
  void clear() const;

 private:
  std::string path_;
};

/// Beside this program: "crash_writer", "lib/libcrash_shim.so".
std::string beside_this_program(const std::string& name);

struct Ended {
  int code = -1;   // if it ended by itself
  int signal = 0;  // else
  std::string output;
  bool was_killed() const { return signal == 9; }
};

/// A process with stdout and stderr in a file; killed at the end of the scope.
class Child {
 public:
  /// variables are added to the environment.
  Child(const std::vector<std::string>& words, const std::map<std::string, std::string>& variables,
        std::string output_file);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t pid() const { return pid_; }
  void send(int signal) const;
  /// Kills it after the time, in seconds: then the signal is SIGXCPU.
  Ended wait(double timeout_s = 240);
  /// False once it has ended.
  bool runs();

 private:
  pid_t pid_ = -1;
  bool has_ended_ = false;
  int status_ = 0;
  std::string output_file_;
};

/// The workload's process on one run folder, attempt after attempt.
class Writer {
 public:
  Writer(const Scratch& scratch, Workload workload);

  const Workload& workload() const { return workload_; }
  const std::string& runs_dir() const { return runs_dir_; }
  AckPage& page() const { return acks_->page(); }
  /// Away with the run and its acknowledgements.
  void start_over();
  /// What the attempts that run now acknowledge from here on counts for nobody.
  void part_from_running();

  /// More words for the next attempts: {"--pace-us", "100"}.
  std::vector<std::string> more;
  /// Starts an attempt; `shim` are the variables of shim.cpp, CRASH_ROOT and CRASH_ACKS are added.
  std::unique_ptr<Child> start(std::map<std::string, std::string> shim = {},
                               const std::string& output = "output") const;
  Ended run(std::map<std::string, std::string> shim = {}) const;

 private:
  const Scratch& scratch_;
  Workload workload_;
  std::string runs_dir_;
  std::unique_ptr<AckFile> acks_;
};

/// Counts by name in the order in which they came up, and violations.
class Tally {
 public:
  std::int64_t& operator[](const std::string& name);
  void violation(const std::string& text);
  /// Adds what a writer printed: its counts and violations.
  void add(const Ended& ended, const std::string& what);
  void add(const Report& report, const std::string& what);
  std::int64_t violations() const { return violations_; }
  /// Prints it; 0 if nothing was violated, else 1.
  int conclude(const std::string& title) const;

 private:
  std::vector<std::pair<std::string, std::int64_t>> counts_;
  std::int64_t violations_ = 0;
};

double seconds_now();
void sleep_s(double seconds);

}  // namespace assay::crash
