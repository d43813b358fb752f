// A command of assay: what it takes and what it does. One file per command; the table of all of them is
// commands.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runner/cli/output.h"
#include "runner/cli/syntax.h"

namespace assay::cli {

/// What every command is given.
struct Session {
  Output& out;                     // results only
  Output& err;                     // messages and progress
  std::vector<std::string> words;  // the command line as it was typed, the program's name first
};

class Command {
 public:
  virtual ~Command() = default;
  virtual void describe(Syntax& syntax) = 0;
  /// Called once, after the arguments were read. Returns the exit code; what goes wrong is thrown.
  virtual int run(Session& session) = 0;
};

struct CommandInfo {
  std::string name;     // "run", "runs list"
  std::string group;    // its heading in `assay --help`
  std::string summary;  // one line
  std::unique_ptr<Command> (*make)();
  bool is_hidden = false;  // for scripts: not in help
};

/// All commands, in the order in which help shows them.
std::vector<CommandInfo> commands();

std::unique_ptr<Command> make_run();
std::unique_ptr<Command> make_resume();
std::unique_ptr<Command> make_verify();
std::unique_ptr<Command> make_reproduce();
std::unique_ptr<Command> make_replay();
std::unique_ptr<Command> make_eval();
std::unique_ptr<Command> make_predict();
std::unique_ptr<Command> make_check();
std::unique_ptr<Command> make_show();
std::unique_ptr<Command> make_explain();
std::unique_ptr<Command> make_diff();
std::unique_ptr<Command> make_upgrade();
std::unique_ptr<Command> make_new_config();
std::unique_ptr<Command> make_new_experiment();
std::unique_ptr<Command> make_new_plugin();
std::unique_ptr<Command> make_convert();
std::unique_ptr<Command> make_export();
std::unique_ptr<Command> make_list();
std::unique_ptr<Command> make_describe();
std::unique_ptr<Command> make_schema();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_complete();
std::unique_ptr<Command> make_data_list();
std::unique_ptr<Command> make_data_fetch();
std::unique_ptr<Command> make_data_verify();
std::unique_ptr<Command> make_sweep();
std::unique_ptr<Command> make_sweep_status();
std::unique_ptr<Command> make_sweep_show();
std::unique_ptr<Command> make_sweep_best();
std::unique_ptr<Command> make_sweep_extend();
std::unique_ptr<Command> make_sweep_replay();
std::unique_ptr<Command> make_sweep_resume();
std::unique_ptr<Command> make_sweep_stop();
std::unique_ptr<Command> make_worker();
std::unique_ptr<Command> make_job();
std::unique_ptr<Command> make_runs_list();
std::unique_ptr<Command> make_runs_show();
std::unique_ptr<Command> make_runs_compare();
std::unique_ptr<Command> make_runs_tail();
std::unique_ptr<Command> make_runs_export();
std::unique_ptr<Command> make_runs_check();
std::unique_ptr<Command> make_runs_tag();
std::unique_ptr<Command> make_runs_rm();
std::unique_ptr<Command> make_runs_gc();
std::unique_ptr<Command> make_watch();
std::unique_ptr<Command> make_report();

}  // namespace assay::cli
