#include "registry/contracts/sweep.h"

namespace assay {

void ObjectiveSection::describe(Fields<ObjectiveSection>& f) {
  f.about("What the best trial is best at.");
  f("metric", &ObjectiveSection::metric, "a metric of the valid split, as `valid/accuracy`", required);
  f("mode", &ObjectiveSection::mode,
    "whether lower or higher is better (default: what the metric says of itself; a loss is minimised)",
    one_of({"min", "max"}));
}

void RepeatSection::describe(Fields<RepeatSection>& f) {
  f.about("Every configuration several times, for statistics: the objective is the mean.");
  f("seeds", &RepeatSection::seeds,
    "how many seeds, counted up from the config's; the same for every configuration", at_least(2));
  f("folds", &RepeatSection::folds, "how many folds, all of them: dataset.split must be a k_fold",
    at_least(2));
  f("stop", &RepeatSection::stop,
    "`cannot_win` leaves out further repeats of configurations that are significantly worse than the best",
    one_of({"never", "cannot_win"}));
  f("confidence", &RepeatSection::confidence, "of intervals and tests", above(0.5) && below(1));
  f.check("either seeds or folds are given",
          [](const RepeatSection& p) { return p.seeds.has_value() != p.folds.has_value(); });
}

void SummarySection::describe(Fields<SummarySection>& f) {
  f.about(
      "The table at the end: means over the groups of `per`, of the trials of `refit` where there is one.");
  f("metrics", &SummarySection::metrics, "as `test/accuracy`", required, non_empty());
  f("over", &SummarySection::over, "the key of `per` to average over (default: all of them)");
  f("spread", &SummarySection::spread, "what stands behind the mean",
    one_of({"sd", "standard_error", "interval"}));
}

void LimitSection::describe(Fields<LimitSection>& f) {
  f.about("What a trial may use. One that wants more has failed.");
  f("time", &LimitSection::time, "of training, as `30 min`, in all attempts together", required);
  f.check("time is a stretch of time above 0, as `30 min`",
          [](const LimitSection& p) { return p.time.is_time() && p.time.amount > 0; });
}

void RetrySection::describe(Fields<RetrySection>& f) {
  f.about("How often a trial is tried again. One that used up its `limit` is not.");
  f("lost", &RetrySection::lost,
    "further attempts for a trial whose worker was lost; each goes on from a checkpoint", at_least(0));
  f("failed", &RetrySection::failed,
    "further attempts for a trial that failed: diverged, out of memory, an error", at_least(0));
  f("out_of_memory", &RetrySection::out_of_memory,
    "further attempts, before those of `failed`, for a trial that ran out of memory: each with its batches "
    "in twice as many parts (train.accumulate) and evaluated in batches of half the size",
    at_least(0));
}

void SweepSection::describe(Fields<SweepSection>& f) {
  f.about("A search over values of this config.");
  f("sampler", &SweepSection::sampler, "chooses the values of the next trial");
  f("pruner", &SweepSection::pruner, "pauses and stops trials that will not win (default: none)");
  f("objective", &SweepSection::objective, "what the best trial is best at; a grid may do without");
  f("trials", &SweepSection::trials,
    "how many configurations a sampler other than grid proposes, in each group", at_least(1));
  f("seed", &SweepSection::seed, "of what samplers draw; not the runs'", at_least(0));
  f("space", &SweepSection::space, "keys of this config with what to draw from, as {uniform: [0, 1]}");
  f("zip", &SweepSection::zip,
    "keys with lists of equal length that are walked together; a list for several such");
  f("list", &SweepSection::list, "points one by one: keys with values");
  f("zip_file", &SweepSection::zip_file, "points one by one: a CSV file whose columns are keys");
  f("forbid", &SweepSection::forbid, "combinations that are left out: keys with a value or a list of values");
  f("enqueue", &SweepSection::enqueue, "points that are tried first: keys of `space` with values");
  f("per", &SweepSection::per, "finite keys as in `space`; the search is done anew for each of their points");
  f("repeat", &SweepSection::repeat, "every configuration several times, for statistics");
  f("refit", &SweepSection::refit, "the best configuration of each group once more, with these values");
  f("summary", &SweepSection::summary, "the table at the end");
  f("sync", &SweepSection::sync,
    "`window` lets a proposal see whole windows of earlier results only, so that trials do not depend on the "
    "number "
    "and speed of workers; `free` lets it see whatever is finished",
    one_of({"free", "window"}));
  f("window", &SweepSection::window, "configurations in a window, with `sync: window`", at_least(1));
  f("limit", &SweepSection::limit, "what a trial may use, as `{time: 30 min}` (default: anything)");
  f("retry", &SweepSection::retry, "how often a trial is tried again");
}

}  // namespace assay
