#include "runner/cli/command.h"

namespace assay::cli {

std::vector<CommandInfo> commands() {
  return {
      {"run", "Experiments", "train an experiment and write its record", &make_run},
      {"check", "Experiments", "find everything wrong with a config, before anything runs", &make_check},
      {"show", "Experiments", "print a config with everything it implies", &make_show},
      {"runs list", "Runs", "the runs of a folder, newest first", &make_runs_list},
      {"runs show", "Runs", "one run: its numbers, data, machine and checkpoints", &make_runs_show},
      {"list", "Components", "what a config can name: models, optimizers, data sets, ...", &make_list},
      {"describe", "Components", "one component: its parameters and an example", &make_describe},
  };
}

}  // namespace assay::cli
