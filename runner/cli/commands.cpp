#include "runner/cli/command.h"

namespace assay::cli {

std::vector<CommandInfo> commands() {
  return {
      {"run", "Experiments", "train an experiment and write its record", &make_run},
      {"resume", "Experiments", "go on with an interrupted run, by its record", &make_resume},
      {"verify", "Experiments", "do a run again: are the numbers the same?", &make_verify},
      {"reproduce", "Experiments", "judge a published experiment, or a run done anew", &make_reproduce},
      {"replay", "Experiments", "where the numbers of a diverged run broke", &make_replay},
      {"eval", "Experiments", "judge a run's weights, on its splits or on other data", &make_eval},
      {"predict", "Experiments", "what a run's weights say of new rows", &make_predict},
      {"check", "Experiments", "find everything wrong with a config, before anything runs", &make_check},
      {"show", "Experiments", "print a config with everything it implies", &make_show},
      {"explain", "Experiments", "where every value of a config came from", &make_explain},
      {"diff", "Experiments", "what two configs or runs do differently", &make_diff},
      {"new config", "Experiments", "a commented config to begin with", &make_new_config},
      {"new plugin", "Experiments", "a folder with a component of your own to begin with", &make_new_plugin},
      {"upgrade", "Experiments", "rename old keys in a config's text", &make_upgrade},
      {"sweep status", "Sweeps", "how a study stands", &make_sweep_status},
      {"sweep show", "Sweeps", "the best configurations, and what each parameter did", &make_sweep_show},
      {"sweep best", "Sweeps", "the best configuration, also as a config that runs", &make_sweep_best},
      {"sweep extend", "Sweeps", "give a study more configurations", &make_sweep_extend},
      {"sweep replay", "Sweeps", "would the sampler propose the same again?", &make_sweep_replay},
      {"sweep resume", "Sweeps", "go on with a study, by its folder", &make_sweep_resume},
      {"sweep stop", "Sweeps", "ask all workers of a study to stop at a checkpoint", &make_sweep_stop},
      {"sweep", "Sweeps", "search over values of a config, on several processes", &make_sweep},
      {"worker", "Sweeps", "join a study from another process or machine", &make_worker},
      {"runs list", "Runs", "the runs of a folder, newest first", &make_runs_list},
      {"runs show", "Runs", "one run: its numbers, data, machine and checkpoints", &make_runs_show},
      {"runs compare", "Runs", "what runs do not share, and what became of them", &make_runs_compare},
      {"runs tail", "Runs", "what happened last in a run", &make_runs_tail},
      {"runs export", "Runs", "runs for pandas, TensorBoard and others", &make_runs_export},
      {"runs tag", "Runs", "words by which runs are found again", &make_runs_tag},
      {"runs rm", "Runs", "remove runs with all they hold", &make_runs_rm},
      {"runs gc", "Runs", "what ended runs left behind and nothing needs", &make_runs_gc},
      {"runs check", "Runs", "whether the files of runs are as they were written", &make_runs_check},
      {"report", "Runs", "a page with plots: of runs, or of a sweep", &make_report},
      {"watch", "Runs", "a run or a sweep as it goes on, from its files", &make_watch},
      {"data list", "Data", "published data sets: size, licence, where they lie", &make_data_list},
      {"data fetch", "Data", "download published data sets, with their checksums", &make_data_fetch},
      {"data verify", "Data", "whether published data sets are as published", &make_data_verify},
      {"convert", "Weights", "weights from one format to another, with proof", &make_convert},
      {"export", "Weights", "a run's model as ONNX or TorchScript", &make_export},
      {"list", "Components", "what a config can name: models, optimizers, data sets, ...", &make_list},
      {"describe", "Components", "one component: its parameters and an example", &make_describe},
      {"schema", "Components", "the config language as a JSON Schema, for editors", &make_schema},
      {"completion", "Shell", "a script that completes commands, keys and values", &make_completion},
      {"complete", "Shell", "what the last word may become", &make_complete, true},
  };
}

}  // namespace assay::cli
