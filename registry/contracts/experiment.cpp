#include "registry/contracts/experiment.h"

#include "core/text.h"
#include "registry/contracts/weights.h"

namespace assay {
namespace {

Rule device_name() {
  return {"auto, cpu, cuda or cuda:N",
          [](const Json& v) {
            const std::string& name = v.text();
            if (name == "auto" || name == "cpu" || name == "cuda") return true;
            if (!name.starts_with("cuda:")) return false;
            const std::int64_t index = parse_integer(name.substr(5)).value_or(-1);
            return index >= 0 && index < 128;
          },
          Json(Json::Map{{"pattern", "^(auto|cpu|cuda(:[0-9]+)?)$"}})};
}

// A run's name is a folder's name.
Rule file_name() {
  return {
      "a file name: letters, digits, '.', '-' and '_', not starting with '.' or '-'",
      [](const Json& v) {
        const std::string& name = v.text();
        return !name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != '-' &&
               name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
                   std::string::npos;
      },
      Json(Json::Map{{"pattern", "^[A-Za-z0-9_][A-Za-z0-9._-]*$"}})};
}

Rule positive_duration() {
  return {"above 0",
          [](const Json& v) {
            const auto duration = parse_duration(v.text());
            return duration && (duration->unit == Duration::Unit::end || duration->amount > 0);
          },
          Json::map()};
}

Rule positive_durations() {
  return {"above 0",
          [one = positive_duration()](const Json& v) {
            if (v.is_text()) return one.holds(v);
            for (const Json& item : v.items()) {
              if (!one.holds(item)) return false;
            }
            return true;
          },
          Json::map()};
}

// What happens then must not depend on how fast the machine is.
Rule steps_of_training() {
  return {"epochs, steps, samples or a percentage, above 0",
          [](const Json& v) {
            const auto duration = parse_duration(v.text());
            return duration && !duration->is_time() && duration->unit != Duration::Unit::end &&
                   duration->amount > 0;
          },
          Json::map()};
}

}  // namespace

void ClipSection::describe(Fields<ClipSection>& f) {
  f.about("What bounds the gradients of a step: `norm` or `value`.");
  f.source("Pascanu et al. 2013, On the difficulty of training recurrent neural networks, sec. 3.2");
  f("norm", &ClipSection::norm, "largest L2 norm of all gradients together; larger ones are scaled down",
    positive);
  f("value", &ClipSection::value, "largest number of a gradient, either sign; larger ones are cut off",
    positive);
  f.check("clip has `norm` or `value`, not both",
          [](const ClipSection& p) { return p.norm.has_value() != p.value.has_value(); });
}

void EmaSection::describe(Fields<EmaSection>& f) {
  f.about("Averaged weights beside the trained ones: average = decay * average + (1 - decay) * weight.");
  f.source("Polyak and Juditsky 1992, Acceleration of stochastic approximation by averaging");
  f("decay", &EmaSection::decay, "how much of the average an update keeps", fraction);
  f("every", &EmaSection::every, "steps from one update to the next", at_least(1));
  f("warmup", &EmaSection::warmup,
    "let update n keep at most 1 - n^(-2/3), so that the first weights are soon forgotten");
  f("evaluate", &EmaSection::evaluate,
    "judge, keep as best and test the averaged weights instead of the trained ones");
}

void FreezeSection::describe(Fields<FreezeSection>& f) {
  f.about("Parameters that are not trained: no gradient, no update, no weight decay.");
  f("match", &FreezeSection::match, "names of parameters, as `features.*`", required, non_empty);
  f("until", &FreezeSection::until, "when they begin to be trained, as `5 epochs` (default: never)",
    steps_of_training);
}

void RollbackSection::describe(Fields<RollbackSection>& f) {
  f.about("What `on_divergence: rollback` does.");
  f("every", &RollbackSection::every, "how often a restore point is taken, from the first step on",
    steps_of_training);
  f("lr_factor", &RollbackSection::lr_factor, "what the learning rate is multiplied by each time",
    above(0) && at_most(1));
  f("at_most", &RollbackSection::limit, "how many times; then the run fails", at_least(1));
}

void PredictSection::describe(Fields<PredictSection>& f) {
  f.about("How outputs are predicted that metrics or people look at.");
  f("passes", &PredictSection::passes, "forward passes of each sample, for metrics that look at all of them",
    at_least(1));
  f("dropout", &PredictSection::dropout,
    "random layers draw in every pass, as in training (Monte-Carlo dropout)");
}

void TrainSection::describe(Fields<TrainSection>& f) {
  f.about("How to learn.");
  f("batch_size", &TrainSection::batch_size, "samples a step", at_least(1), log_scale);
  f("until", &TrainSection::until, "when to stop, as `20 epochs`; of a list, whichever comes first", required,
    positive_durations);
  f("shuffle", &TrainSection::shuffle,
    "a new order of the training rows every epoch; false keeps the order of the data");
  f("sample", &TrainSection::sample,
    "which training rows an epoch has: `each` once; `with_replacement`, as many, each drawn from all; "
    "`balanced`, as many, each drawn from a class that is drawn first",
    one_of({"each", "with_replacement", "balanced"}));
  f("drop_last", &TrainSection::drop_last, "leave out an epoch's last batch if it is not full");
  f("log_every", &TrainSection::log_every, "how often training loss and metrics are logged",
    positive_duration);
  f("accumulate", &TrainSection::accumulate,
    "parts that a batch goes through the model in: less memory, the same numbers", at_least(1));
  f("clip", &TrainSection::clip, "bounds the gradients of a step, as `{norm: 1}` (default: none)");
  f("ema", &TrainSection::ema, "averages the weights, as `{decay: 0.999}` (default: none)");
  f("freeze", &TrainSection::freeze,
    "parameters that are not trained, a list as `[{match: \"features.*\", until: 5 epochs}]`");
  f("precision", &TrainSection::precision,
    "numbers that the model computes in: `fp32`; `tf32` (CUDA), products with factors of 10 bits; `bf16` and "
    "`fp16` (CUDA), products in 16 bits by autocast, fp16 with scaled gradients",
    one_of({"fp32", "tf32", "bf16", "fp16"}));
  f("flush_denormals", &TrainSection::flush_denormals,
    "on a CPU, take numbers below 1.2e-38 for 0: they are slow there");
  f("memory_format", &TrainSection::memory_format,
    "how images lie in memory inside a convolutional network: `contiguous`, channel by channel; "
    "`channels_last`, pixel by pixel, which is faster for many; `auto` measures when the run is created, and "
    "keeps it",
    one_of({"contiguous", "channels_last", "auto"}));
  f("capture", &TrainSection::capture,
    "on CUDA, record the operations of a step once and replay them (a CUDA graph), which spares small models "
    "the launching; where a step cannot be recorded, the run says why and does without");
  f("on_divergence", &TrainSection::on_divergence,
    "what happens when a loss is no number: the run ends (`fail`), or goes back to a restore point and "
    "passes "
    "over the batch (`rollback`), which is also done for gradients",
    one_of({"fail", "rollback"}));
  f("rollback", &TrainSection::rollback, "how `on_divergence: rollback` goes back");
  f.check("accumulate is at most batch_size",
          [](const TrainSection& p) { return p.accumulate <= p.batch_size; });
  f.check("shuffle is true where sample draws rows at random",
          [](const TrainSection& p) { return p.shuffle || p.sample == "each"; });
}

void EvaluateSection::describe(Fields<EvaluateSection>& f) {
  f.about("How to judge.");
  f("every", &EvaluateSection::every, "how often the valid split is evaluated; `end` for once",
    positive_duration);
  f("test", &EvaluateSection::test,
    "which weights the test split is evaluated with, once, at the end (default best if checkpoint.keep_best "
    "is set, else last)",
    one_of({"best", "last", "never"}));
  f("batch_size", &EvaluateSection::batch_size,
    "samples in a batch of an evaluation; changes no number but its last bits", at_least(1));
}

void CheckpointSection::describe(Fields<CheckpointSection>& f) {
  f.about("What is kept of the weights.");
  f("every", &CheckpointSection::every,
    "how often a checkpoint is taken from which a killed run goes on; `end` for only the last",
    positive_duration, not_identity);
  f("keep_last", &CheckpointSection::keep_last, "how many of the newest checkpoints are kept", at_least(1),
    not_identity);
  f("keep_best", &CheckpointSection::keep_best,
    "a metric, as `valid/accuracy`: its best weights are kept beside the last");
  f("keep_best_count", &CheckpointSection::keep_best_count,
    "how many of the best checkpoints are kept, with keep_best", at_least(1), not_identity);
}

void Experiment::describe(Fields<Experiment>& f) {
  f.about("An experiment: what it is, data, model, how to learn, how to judge.");
  f("assay", &Experiment::assay, "version of the config language", required);
  f("plugins", &Experiment::plugins,
    "shared libraries with further components, as `[build/my_layers.so]`; they are loaded before anything "
    "else is checked",
    not_identity);
  f("name", &Experiment::name, "the run's name and folder (default: the file's name)", file_name,
    not_identity);
  f("tags", &Experiment::tags, "words to find runs by", not_identity);
  f("seed", &Experiment::seed, "of every random stream", at_least(0));
  f("device", &Experiment::device, "where tensors live; auto takes a GPU if there is one", device_name);
  f("threads", &Experiment::threads,
    "threads inside one tensor operation; auto measures what is fastest when the run is created, and keeps "
    "it",
    thread_count);
  f("deterministic", &Experiment::deterministic, "refuse operations whose result depends on timing");
  f("dataset", &Experiment::dataset, "where samples come from", required);
  f("model", &Experiment::model, "what learns", required);
  f("init_from", &Experiment::init_from,
    "a file whose weights the model starts with, as `{type: safetensors, file: resnet18.safetensors}` "
    "(default: "
    "none)");
  f("loss", &Experiment::loss, "what training minimises (default: what the task implies)");
  f("penalties", &Experiment::penalties,
    "what is added to the loss for the weights themselves, a list as `[{type: l2, match: \"*weight\", "
    "weight: "
    "1e-4}]`");
  f("optimizer", &Experiment::optimizer, "how weights move", required);
  f("schedule", &Experiment::schedule, "the learning rate over the run");
  f("metrics", &Experiment::metrics,
    "what a run is judged by, beside the loss (default: what the task implies)");
  f("predict", &Experiment::predict, "how outputs are predicted that metrics or people look at");
  f("train", &Experiment::train, "how to learn", required);
  f("evaluate", &Experiment::evaluate, "how to judge");
  f("checkpoint", &Experiment::checkpoint, "what is kept of the weights");
  f("observers", &Experiment::observers, "what watches the run and may ask it to stop or save");
  f("sweep", &Experiment::sweep, "a search over values of this config; a single run does without",
    not_identity);
  f("launcher", &Experiment::launcher,
    "where `run` and `sweep` do their work, as `{type: slurm, partition: gpu}` (default: on this machine)",
    not_identity);
}

std::vector<FreezeRule> freeze_rules(const Experiment& experiment) {
  std::vector<FreezeRule> rules;
  const std::vector<FreezeSection>& written = experiment.train.freeze;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::string key = text("train.freeze.", i);
    rules.push_back({written[i], key + ".match", key + ".until"});
  }
  if (!experiment.init_from.is_bound()) return rules;
  const WeightsCommon& weights = experiment.init_from.shared();
  if (!weights.freeze.items.empty())
    rules.push_back({{weights.freeze, weights.freeze_until}, "init_from.freeze", "init_from.freeze_until"});
  return rules;
}

std::vector<std::string> composition_keys() { return {"extends", "overrides", "vars"}; }

}  // namespace assay
