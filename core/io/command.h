// Another program's answer: run with its words, what it printed and how it ended, within a limit of time.
//
//   const CommandEnd end = run_command({"squeue", "-h", "-o", "%T"}, {.seconds = 5});
//   if (end.is_good()) ...
#pragma once

#include <string>
#include <vector>

namespace assay {

struct CommandOptions {
  std::string input = {};   // what it reads from stdin
  std::string folder = {};  // where it runs; empty: here
  double seconds = 30;      // then it is ended with SIGKILL
};

struct CommandEnd {
  int exit_code = 0;  // 128 + n if signal n ended it, 127 if there is no such program
  std::string out;
  std::string err;
  bool is_late = false;  // it was ended as its time was up

  bool is_good() const { return exit_code == 0 && !is_late; }
};

/// words[0] is looked for on the PATH. It is in a process group of its own: what a terminal or a scheduler
/// sends to this process does not reach it. Throws Kind::run if no process can be made.
CommandEnd run_command(const std::vector<std::string>& words, const CommandOptions& options = {});

}  // namespace assay
