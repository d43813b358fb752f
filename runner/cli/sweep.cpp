// `assay sweep`: a study of a config, begun or continued.
#include <algorithm>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/launch.h"
#include "runner/cli/plan_study.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/sweep_work.h"

namespace assay::cli {
namespace {

/// More trials than this are asked about.
constexpr std::int64_t many_trials = 1000;
constexpr std::size_t n_previewed = 8;

class Sweep final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Runs a config many times with the values that its `sweep:` section says, on several processes of "
        "this "
        "machine. Checks all of it first. The same command again goes on with a study that was stopped or "
        "killed, and prints the result of one that is over. Ctrl-C stops every trial at a checkpoint. "
        "`assay worker` joins from other machines. With a launcher of a cluster it submits workers and ends.";
    config_.describe(syntax);
    launcher_.describe(syntax);
    syntax.option(
        "--workers", "N", workers_,
        "trials at a time (default: as many as there are processors or GPUs that no other sweep has)");
    syntax.flag("--dry-run", is_dry_, "all checks, then says what would run");
    syntax.flag("--yes", is_sure_, text("also for more than ", many_trials, " trials"));
    syntax.flag("--quiet", is_quiet_,
                "prints one line, the study's folder; messages only if something is wrong");
    runs_.describe(syntax);
    syntax.example("assay sweep configs/digits_sweep.yaml", "the search that the file describes");
    syntax.example("assay sweep configs/digits_sweep.yaml sweep.trials=64 --workers 4", "with other values");
    syntax.example("assay sweep configs/digits_sweep.yaml --dry-run", "how many trials, and which");
    syntax.example("assay sweep configs/digits_sweep.yaml --launcher slurm launcher.partition=gpu",
                   "as jobs of a cluster, which go on when this command has ended");
  }

  int run(Session& session) override {
    PlannedStudy planned =
        plan_study(launcher_.over(config_.request()), {runs_.path(), workers_, is_sure_ ? 0 : many_trials});
    print_problems(session.err, planned.open.study->config().warnings);
    const OpenLauncher launcher =
        open_launcher(planned.open.study->config().experiment.launcher, *planned.open.parts);
    if (launcher.cluster() != nullptr) refuse_workers(workers_);
    if (is_dry_) return show_plan(session, planned, launcher.cluster());
    begin_study(planned, session);
    if (!is_quiet_) session.err.write(plan_text(session, planned, launcher.cluster()));
    if (launcher.cluster() != nullptr)
      return launch_study(session, planned.open, planned.folder, launcher, is_quiet_);
    return work_on(session, planned.open, planned.folder, *planned.data,
                   {.n_workers = planned.n_workers,
                    .again = again(),
                    .is_quiet = is_quiet_,
                    .takes_what_is_free = workers_.empty()});
  }

 private:
  static std::string plan_text(const Session& session, const PlannedStudy& planned, const Cluster* cluster) {
    const sweep::Study& study = *planned.open.study;
    const std::string& folder = planned.folder.path();
    const sweep::Layout& layout = planned.plan.layout;
    std::string count = text(layout.n_trials());
    std::vector<std::string> factors;
    if (layout.n_groups > 1 || layout.n_repeats > 1)
      factors.push_back(count_text(layout.n_configurations, "configuration"));
    if (layout.n_groups > 1) factors.push_back(count_text(layout.n_groups, "group"));
    if (layout.n_repeats > 1) factors.push_back(count_text(layout.n_repeats, "repeat"));
    if (!factors.empty()) count += text(" (", join(factors, " x "), ')');
    if (layout.has_refits) count += text(" and ", count_text(layout.n_refits(), "refit"));
    Facts facts{{"trials", count}, {"sampler", study.section().sampler.name()}};
    if (!study.section().pruner.is_empty()) facts.emplace_back("pruner", study.section().pruner.name());
    if (study.objective())
      facts.emplace_back("objective", text(printable(study.objective()->metric),
                                           study.objective()->is_better_high ? ", the higher" : ", the lower",
                                           " the better"));
    if (cluster == nullptr) facts.emplace_back("workers", text(planned.n_workers));
    facts.emplace_back("study", folder);
    const std::string title = text(printable(study.config().experiment.name), '/', base_name(folder));
    return session.err.paint(Style::bold, title) + '\n' + facts_text(facts, session.err);
  }

  int show_plan(Session& session, const PlannedStudy& planned, const Cluster* cluster) const {
    if (is_quiet_) {
      session.out.write(planned.folder.path() + '\n');
      return 0;
    }
    const sweep::Plan& plan = planned.plan;
    std::string lines = "would run  " + plan_text(session, planned, cluster);
    const std::size_t n = std::min(plan.configurations.size(), n_previewed);
    for (std::size_t i = 0; i < n; ++i)
      lines += text("  ", i == 0 ? "first  " : "       ", printable(plan.configurations[i].label), '\n');
    if (plan.configurations.size() > n)
      lines += text("         and ", plan.configurations.size() - n, " more\n");
    if (!plan.is_complete) lines += "  what comes then is proposed from results\n";
    session.out.write(lines);
    if (cluster != nullptr) show_order(session, *cluster, first_order(planned, *cluster));
    return 0;
  }

  /// Of a study that nobody has begun.
  static LaunchOrder first_order(const PlannedStudy& planned, const Cluster& cluster) {
    const sweep::Layout& layout = planned.plan.layout;
    const std::int64_t n_trials = layout.n_trials() + layout.n_refits();
    LaunchOrder order = order_of(planned.open, planned.folder, cluster, 1);
    order.n_jobs =
        launch::jobs_wanted(n_trials, room_in(cluster, *planned.open.study), cluster.most_jobs(), {});
    return order;
  }

  std::string again() const {
    return text("assay sweep ", config_.command_text(), launcher_.command_text(), runs_.command_text());
  }

  ConfigArguments config_;
  LauncherOption launcher_;
  RunsFolder runs_;
  std::string workers_;
  bool is_dry_ = false;
  bool is_sure_ = false;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_sweep() { return std::make_unique<Sweep>(); }

}  // namespace assay::cli
