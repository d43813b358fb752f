// Runs a program as a user would and keeps what it said. Nothing is inherited but what is asked for.
//
//   const Finished run = run_process({binary(), "check", "configs/digits.yaml"}, {.folder =
//   source_folder()}); EXPECT_EQ(run.exit_code, 0) << run.err;
#pragma once

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace assay::testing {

struct ProcessOptions {
  std::string folder = {};                            // working folder; empty: this process's
  std::map<std::string, std::string> variables = {};  // added to the environment; empty text takes one away
  std::string out_file = {};                          // stdout goes here instead of into Finished::out
  long file_size_limit = -1;                          // bytes a file may have (RLIMIT_FSIZE); -1: no limit
  int terminal_columns = 0;  // above 0: both streams are a terminal of this width, read as `out`
  double timeout_s = 60;     // then it is killed
};

struct Finished {
  int exit_code = -1;  // 128 + n if signal n ended it
  std::string out;
  std::string err;
  double seconds = 0;      // wall clock
  double cpu_seconds = 0;  // of the program, user and system
  long peak_bytes = 0;     // resident, at most
};

/// Starts the program, waits for its end, reads both streams. words[0] is its path.
Finished run_process(const std::vector<std::string>& words, const ProcessOptions& options = {});

/// A program that runs while the test looks on. Killed at the end of the scope if it is still there.
class Process {
 public:
  Process(const std::vector<std::string>& words, const ProcessOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads until a stream holds `text`; false if the program ended or the time is over before that.
  bool wait_for(const std::string& text);
  void send(int signal) const;
  pid_t pid() const { return pid_; }
  Finished wait();

 private:
  /// Reads what is there within a tenth of a second; false once both streams are closed.
  bool read_some();
  void close_streams();

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  double start_s_ = 0;
  double timeout_s_ = 0;
  Finished finished_;
};

/// False where the system gives no pseudo-terminal, as in a bare root without /dev/pts.
bool has_terminals();

/// The program under test: ASSAY_BINARY. Throws if it is not set.
std::string binary();

}  // namespace assay::testing
