#include "runner/cli/execute.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/no_record.h"
#include "runner/cli/changes.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/environment.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/profile_text.h"
#include "runner/cli/progress.h"
#include "runner/cli/result_text.h"
#include "runner/cli/run_text.h"
#include "runner/cli/signals.h"
#include "runner/cli/speed.h"
#include "runner/config/canonical.h"
#include "runner/store/read_record.h"
#include "runner/store/record_writer.h"
#include "runner/store/run_id.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// Under it, the environment says which run this one repeats.
constexpr const char* repeats_key = "repeats";

const std::vector<DataFile>& files_of(const Checked& plan) { return plan.prepared.files; }

class Execution {
 public:
  Execution(Session& session, Checked& plan, const RunOptions& options)
      : session_(session), plan_(plan), options_(options) {}

  int go() {
    const store::RunPlace place = find_place();
    folder_ = place.folder;
    if (place.status.state == store::RunState::finished) return is_first() ? show_done(place.folder) : 0;
    if (!is_first()) return follow();
    store::refuse_if_running(place);
    if (starts_processes()) return run_in_processes(session_, *options_.processes, options_.again);

    const std::unique_ptr<Engine> engine = open_engine(plan_.parts, plan_.plugins);
    device_ = engine->resolve_device(experiment().device);
    if (options_.is_dry) return show_plan(place);
    const std::optional<store::Record> before = find_record(place);
    find_speed(*engine, before);
    if (options_.repeated != nullptr)
      look_what_changed(options_.repeated->folder, options_.repeated->environment,
                        options_.repeated->other_data);
    if (before) look_what_changed(place.folder, before->begin.environment);

    const StopOnSignal stop;
    const auto record = store::RecordWriter::begin(begin_run(stop.flag(), before));
    folder_ = record->folder();
    std::optional<ResumePoint> resume = record->resume_point();
    ResumePoint* point = resume ? &*resume : start_of_fork();
    say_what_runs(*record, point, before ? before->step : 0);
    const Outcome outcome = train(*engine, *record, point, stop.flag());
    print_problems(session_.err, record->take_warnings());
    if (!options_.is_quiet) session_.err.write("\n");
    return show_outcome(outcome, record->folder());
  }

  const std::string& folder() const { return folder_; }

 private:
  // ---- Of several processes.

  int n_processes() const { return options_.processes == nullptr ? 1 : options_.processes->count; }
  bool is_rank() const { return options_.processes != nullptr && options_.processes->is_rank(); }
  bool is_first() const { return !is_rank() || options_.processes->is_first(); }
  bool starts_processes() const { return n_processes() > 1 && !is_rank() && !options_.is_dry; }

  /// What all of them must have in common.
  std::optional<RankPlace> rank_place() const {
    if (!is_rank()) return std::nullopt;
    RankPlace place = *options_.processes->place;
    place.run = text(experiment().name, '/', id());
    return place;
  }

  /// Trains with rank 0, which records what comes of it.
  int follow() {
    const std::unique_ptr<Engine> engine = open_engine(plan_.parts, plan_.plugins);
    const StopOnSignal stop;
    NoRecord nothing;
    Silence silence;
    const std::optional<RankPlace> place = rank_place();
    TrainJob job{experiment(), plan_.prepared, plan_.parts, nothing, silence, options_.is_fast};
    job.stop = &stop.flag();
    job.place = &*place;
    const Outcome outcome = engine->train(job);
    if (outcome.status == Outcome::Status::failed) throw Error(Kind::run, outcome.message);
    return outcome.status == Outcome::Status::stopped ? exit_code(Kind::stopped) : 0;
  }

  const Experiment& experiment() const { return plan_.config.experiment; }
  std::string id() const { return identity_of(plan_, options_.is_fast, options_.fork); }

  /// A trial of a sweep lies in the folder of its study, not in one of its own name.
  bool is_trial() const {
    return !options_.only_folder.empty() &&
           base_name(parent_folder(absolute_path(options_.only_folder))) != experiment().name;
  }

  store::RunPlace find_place() const {
    if (is_trial()) return {options_.only_folder, id(), store::status_of(options_.only_folder)};
    store::RunPlace place = store::find_place(options_.runs_dir, experiment().name, id(), options_.is_new);
    const std::string& only = options_.only_folder;
    if (only.empty() || absolute_path(place.folder) == absolute_path(only)) return place;
    throw Error(
        Kind::usage,
        Problem{Where::path(only),
                {},
                "is not where the latest run of this config is: " + place.folder,
                "the latest can go on, in the folder of its name; `run --fork` begins a further one"});
  }

  /// What `threads: auto` and `train.memory_format: auto` are: once they were measured, the run keeps them.
  void find_speed(Engine& engine, const std::optional<store::Record>& before) {
    Experiment& experiment = plan_.config.experiment;
    if (before) take_recorded_speed(*before, experiment);
    if (!leaves_speed_open(experiment)) return;
    choice_ = engine.measure_speed(experiment, plan_.prepared, plan_.parts);
    experiment.threads.count = choice_->threads;
    experiment.train.memory_format = choice_->memory_format;
  }

  /// What the environment was, except for what the engine adds to it in the end.
  Json environment_now() const {
    Json now = environment(plan_.plugins);
    now.set("device", device_);
    now.set("threads", experiment().threads.count);
    now.set("memory_format", experiment().train.memory_format);
    now.set(processes_key, n_processes());
    return now;
  }

  /// Of the attempts before; nothing if there were none, or if they came to nothing that can be read.
  static std::optional<store::Record> find_record(const store::RunPlace& place) {
    if (place.status.attempt == 0) return std::nullopt;
    try {
      return store::read_record(place.folder);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  /// more: what else is not as it was, in words.
  void look_what_changed(const std::string& folder, const Json& before,
                         const std::vector<std::string>& more = {}) const {
    Json then = before;
    then.set(processes_key, processes_of(before));
    std::vector<std::string> changed = changes(then, environment_now());
    changed.insert(changed.end(), more.begin(), more.end());
    if (changed.empty()) return;
    const char* fact = options_.repeated != nullptr
                           ? "what runs now is not what ran then: the numbers may differ"
                           : "what runs now is not what ran before: the numbers may differ from those of an "
                             "uninterrupted run";
    Problem problem{Where::path(folder), {}, fact, {}, changed};
    if (options_.is_strict) {
      problem.hint = "take up what there was, or go on without --strict";
      throw Error(Kind::verdict, std::move(problem));
    }
    problem.is_warning = true;
    print_problems(session_.err, {std::move(problem)});
  }

  /// Null for a run that is no fork.
  ResumePoint* start_of_fork() const {
    if (options_.fork == nullptr) return nullptr;
    if (options_.fork->point) return &*options_.fork->point;
    throw Error(Kind::store,
                text("no checkpoint of this fork can be read, and that of its parent is gone: ",
                     fork_text(*options_.fork)),
                "begin it again with `--fork`");
  }

  static std::string fork_text(const ForkPoint& fork) { return text(printable(fork.run), '@', fork.step); }

  static Json parent_json(const ForkPoint& fork) {
    return Json(Json::Map{{"run", fork.run}, {"step", fork.step}, {"digest", fork.digest}});
  }

  /// What a run repeats stays with it, whoever goes on with it.
  Json find_repeated(const std::optional<store::Record>& before) const {
    if (options_.repeated != nullptr) return Json(Json::Map{{"run", options_.repeated->run}});
    const Json* known = before ? before->begin.environment.find(repeats_key) : nullptr;
    return known == nullptr ? Json() : *known;
  }

  store::BeginRun begin_run(const std::atomic<bool>& stop, const std::optional<store::Record>& before) const {
    store::BeginRun begin;
    begin.runs_dir = options_.runs_dir;
    begin.name = experiment().name;
    begin.id = id();
    begin.is_new = options_.is_new;
    if (is_trial()) begin.folder = options_.only_folder;
    begin.resolved = plan_.config.resolved;
    begin.provenance = plan_.config.provenance;
    for (const SourceText& source : plan_.config.sources) begin.sources.push_back({source.name, source.text});
    begin.environment = environment(plan_.plugins);
    begin.environment.set("threads", experiment().threads.count);
    begin.environment.set("memory_format", experiment().train.memory_format);
    if (choice_) begin.environment.set("speed_measured", cli::to_json(*choice_));
    if (n_processes() > 1) begin.environment.set(processes_key, n_processes());
    if (options_.fork != nullptr) begin.environment.set("parent", parent_json(*options_.fork));
    if (Json repeated = find_repeated(before); repeated.is_map())
      begin.environment.set(repeats_key, std::move(repeated));
    for (const DataFile& file : files_of(plan_)) {
      begin.data.push_back({base_name(file.path), file.path, file.sha256, file.bytes});
    }
    begin.command = session_.words;
    begin.seed = experiment().seed;
    begin.tags = experiment().tags;
    const bool is_tagged = std::find(begin.tags.begin(), begin.tags.end(), "fast") != begin.tags.end();
    if (options_.is_fast && !is_tagged) begin.tags.emplace_back("fast");
    begin.retention = {experiment().checkpoint.keep_last, experiment().checkpoint.keep_best_count};
    begin.waiting = [this, &stop, is_said = false](const store::Claim& claim, double seconds_left) mutable {
      if (stop) throw Error(Kind::stopped, "stopped before the run went on", options_.again);
      if (std::exchange(is_said, true)) return;
      session_.err.write(text("attempt ", claim.attempt, " may still run on ", printable(claim.host),
                              ": watching it for signs of life, at most ", duration_text(seconds_left),
                              '\n'));
    };
    return begin;
  }

  Outcome train(Engine& engine, store::RecordWriter& record, ResumePoint* point,
                const std::atomic<bool>& stop) {
    Silence silence;
    std::optional<Progress> progress;
    if (!options_.is_quiet) {
      progress.emplace(session_.err, stop, step_of(point), point == nullptr ? 0 : point->seconds);
    }
    Listener& listener = options_.is_quiet ? static_cast<Listener&>(silence) : *progress;
    TrainJob job{experiment(), plan_.prepared, plan_.parts, record, listener, options_.is_fast};
    const std::optional<RankPlace> place = rank_place();
    job.stop = &stop;
    job.resume = point;
    job.place = place ? &*place : nullptr;
    if (options_.is_profiled) {
      profile_.emplace();
      profile_->trace_file = text(record.folder(), "/a.", record.attempt(), "/trace.json");
      job.profile = &*profile_;
    }
    return engine.train(job);
  }

  static std::int64_t step_of(const ResumePoint* point) {
    return point == nullptr ? 0 : StateReader(point->state).integer("position/step");
  }

  // ---- What is said.

  Facts facts() const {
    Facts facts = plan_facts(experiment(), plan_.prepared);
    facts.emplace_back(
        "device", text(device_, ", ", choice_ ? speed_text(*choice_) : threads_text(experiment().threads)));
    if (n_processes() > 1)
      facts.emplace_back("processes", text(n_processes(), ", each with its part of a batch"));
    if (options_.is_fast) facts.emplace_back("fast", "one batch of each phase");
    if (options_.fork != nullptr) facts.emplace_back("fork of", fork_text(*options_.fork));
    if (options_.repeated != nullptr) facts.emplace_back("repeats", printable(options_.repeated->run));
    return facts;
  }

  void say_what_runs(store::RecordWriter& record, const ResumePoint* point, std::int64_t reached) const {
    print_problems(session_.err, record.take_warnings());
    if (options_.is_quiet) return;
    const std::string title =
        session_.err.paint(Style::bold, text(printable(experiment().name), '/', record.id()));
    Facts all = facts();
    if (record.previous().attempt > 0) {
      all.emplace_back("attempt", attempt_text(record, point, reached));
    }
    session_.err.write(title + '\n' + facts_text(all, session_.err));
  }

  /// `2: goes on from step 450 (attempt 1: lost); 20 steps are done again`
  static std::string attempt_text(const store::RecordWriter& record, const ResumePoint* point,
                                  std::int64_t reached) {
    const store::RunStatus& previous = record.previous();
    const std::string how = text(" (attempt ", previous.attempt, ": ", to_string(previous.state), ')');
    const std::int64_t from = step_of(point);
    const std::string where =
        point == nullptr ? "starts anew, as there is no checkpoint" : text("goes on from step ", from);
    const std::string again =
        reached > from ? text("; ", count_text(reached - from, "step"), " done again") : std::string();
    return text(record.attempt(), ": ", where, how, again);
  }

  int show_plan(const store::RunPlace& place) const {
    Facts all = facts();
    all.emplace_back("record", place.folder);
    const std::string title = text("would run  ", printable(experiment().name), '/', place.id);
    session_.out.write(options_.is_quiet ? place.folder + '\n'
                                         : title + '\n' + facts_text(all, session_.out));
    return 0;
  }

  int show_done(const std::string& folder) const {
    show_result(folder);
    if (!options_.is_quiet) session_.err.write("already done; --new runs it again\n");
    return 0;
  }

  void show_result(const std::string& folder) const {
    if (!options_.prints_result) return;
    store::RunSummary run = store::get_run(folder);
    run.folder = folder;  // relative, as --runs is
    session_.out.write(options_.is_quiet ? folder + '\n' : result_text(run, session_.out));
    if (options_.is_profiled && !options_.is_quiet) show_profile();
  }

  void show_profile() const {
    if (profile_ && profile_->measured_steps > 0) {
      session_.out.write('\n' + profile_text(*profile_, session_.out));
    } else if (profile_) {
      session_.err.write(text("no profile: the run ended within its first ",
                              count_text(profile_->skip, "step"), ", which are not looked at\n"));
    }
  }

  int show_outcome(const Outcome& outcome, const std::string& folder) const {
    show_result(folder);
    switch (outcome.status) {
      case Outcome::Status::finished:
        return 0;
      case Outcome::Status::stopped:
        session_.err.write(text("stopped at step ", outcome.step, "; this goes on: ", options_.again, '\n'));
        return exit_code(Kind::stopped);
      case Outcome::Status::failed:
        throw failure_of(outcome, folder);
    }
    return exit_code(Kind::internal);
  }

  static Error failure_of(const Outcome& outcome, const std::string& folder) {
    auto [cause, hint] = cause_and_hint(outcome.message);
    Problem problem{{}, {}, "the run failed: " + cause, std::move(hint)};
    problem.notes.push_back(text("`assay runs show ", shell_quoted(folder), "` shows what it recorded"));
    return {Kind::run, std::move(problem)};
  }

  Session& session_;
  Checked& plan_;
  const RunOptions& options_;
  std::string device_;
  std::string folder_;
  std::optional<Profile> profile_;
  std::optional<SpeedChoice> choice_;  // where threads were measured for this run
};

}  // namespace

std::string identity_of(const Checked& plan, bool is_fast, const ForkPoint* fork) {
  Json identity = plan.config.identity;
  if (is_fast) identity.set("fast", true);
  if (fork != nullptr) identity.set("parent", fork->digest);
  std::vector<std::string> digests;
  for (const DataFile& file : files_of(plan)) digests.push_back(file.sha256);
  return store::run_id(canonical_json(identity), std::move(digests));
}

Executed execute(Session& session, Checked& plan, const RunOptions& options) {
  Execution execution(session, plan, options);
  const int exit_code = execution.go();
  return {exit_code, execution.folder()};
}

bool repeats(const store::Record& now, const std::string& ran) {
  const Json* repeated = now.begin.environment.find(repeats_key);
  const Json* run = repeated == nullptr ? nullptr : repeated->find("run");
  return run != nullptr && run->is_text() && run->text() == ran;
}

}  // namespace assay::cli
