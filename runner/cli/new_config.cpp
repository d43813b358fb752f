// `assay new config` and `assay new experiment`: a commented config to begin with, alone or with the numbers
// that it is to reproduce.
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/starter.h"

namespace assay::cli {
namespace {

constexpr const char* default_task = "classification";

void add_task(Syntax& syntax, std::string& task) {
  std::vector<std::string> names;
  std::string docs;
  for (const Starter& starter : starters()) {
    names.push_back(starter.name);
    docs += text(docs.empty() ? "" : "; ", starter.name, ": ", starter.about);
  }
  syntax.optional_positional("TASK", task, text(docs, " (default ", default_task, ')'));
  syntax.arguments.back().choices = names;
}

class NewConfig final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Writes a config to begin with: right as it is, on data that ship, with a comment on what to change "
        "for yours.";
    add_task(syntax, task_);
    syntax.option("-o", "FILE", file_, "writes there instead of printing; never over a file that exists");
    syntax.example("assay new config regression -o house.yaml", "then name your table in it");
    syntax.example("assay check house.yaml", "and see whether it is right");
  }

  int run(Session& session) override {
    const std::string config = starter_config(task_, shipped_data());
    if (file_.empty()) {
      session.out.write(config);
      return 0;
    }
    if (!publish_once(file_, config))
      throw Error(Kind::usage, text("new config: ", printable(file_), " is there already"),
                  "choose another name; nothing was written");
    session.err.write(
        text("wrote ", printable(file_), "; now: assay check ", printable(shell_quoted(file_)), '\n'));
    return 0;
  }

 private:
  std::string task_ = default_task;
  std::string file_;
};

// A row that nobody has published cannot hold: what is written runs, and says what is to be filled in.
constexpr std::string_view numbers_to_reproduce =
    R"(# What was published, and how far ours may be from it. docs/reproducing.md has every key.
expected: 1
title: what was published, in a few words
source: authors, year, title, and where in it the numbers stand

rows:
  - name: loss on test data
    metric: test/loss           # as a run records it; `assay runs show RUN` lists all
    value: 0                    # what was published
    tolerance: {absolute: 0.01}
    reason: why so much, written before you look at your own numbers

quick: {train.until: 10 steps, sweep.repeat.seeds: 2}   # for `assay reproduce --quick`
)";

constexpr std::string_view several_seeds = R"(sweep:
  repeat: {seeds: 3}   # as many as were published; the mean is judged
)";

// A run's name is a folder's name, and stands in YAML as it is.
bool is_name_of_runs(const std::string& name) {
  constexpr const char* allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(allowed) == std::string::npos;
}

std::string read_me(const std::string& name) {
  return text("# ", name, R"(

**Protocol.** What was done, in your words: data and how they were split, network, first values, optimizer, when it stopped.

**What differs** from the publication, and why.

**Time needed**, and on what.

    assay reproduce )",
              name, '\n');
}

class NewExperiment final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Writes an experiment to begin with: a folder with a config, the published numbers that it is to "
        "reproduce, and a README for its reviewer.";
    syntax.positional("DIR", folder_, "the folder to write; never one that exists");
    add_task(syntax, task_);
    syntax.example("assay new experiment our-paper", "then fill in the config and the numbers");
    syntax.example("assay reproduce our-paper --quick", "and see whether it runs");
  }

  int run(Session& session) override {
    if (exists(folder_)) {
      throw Error(Kind::usage, text("new experiment: ", printable(folder_), " is there already"),
                  "choose another name; nothing was written");
    }
    const std::string name = base_name(absolute_path(folder_));
    if (!is_name_of_runs(name)) {
      throw Error(Kind::usage, text("new experiment: '", printable(name), "' is no name of runs"),
                  "take letters, digits, - and _, as our-paper");
    }
    make_folders(folder_);
    publish(join_path(folder_, "experiment.yaml"),
            text(starter_config(task_, shipped_data()), "\nname: ", name, '\n', several_seeds));
    publish(join_path(folder_, "expected.yaml"), numbers_to_reproduce);
    publish(join_path(folder_, "README.md"), read_me(name));
    const std::string folder = printable(shell_quoted(folder_));
    session.err.write(text("wrote ", folder, "; now: assay reproduce ", folder, " --quick\n"));
    return 0;
  }

 private:
  std::string folder_;
  std::string task_ = default_task;
};

}  // namespace

std::unique_ptr<Command> make_new_config() { return std::make_unique<NewConfig>(); }
std::unique_ptr<Command> make_new_experiment() { return std::make_unique<NewExperiment>(); }

}  // namespace assay::cli
