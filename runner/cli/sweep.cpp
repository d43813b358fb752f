// `assay sweep`: a study of a config, begun or continued.
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/build_info.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/open_study.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/sweep_work.h"
#include "runner/config/provenance.h"
#include "runner/store/run_folder.h"
#include "runner/sweep/plan.h"

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
        "`assay worker` joins from other machines.";
    config_.describe(syntax);
    syntax.option("--workers", "N", workers_, "trials at a time (default: as many as there are processors)");
    syntax.flag("--dry-run", is_dry_, "all checks, then says what would run");
    syntax.flag("--yes", is_sure_, text("also for more than ", many_trials, " trials"));
    syntax.flag("--quiet", is_quiet_,
                "prints one line, the study's folder; messages only if something is wrong");
    runs_.describe(syntax);
    syntax.example("assay sweep configs/digits_sweep.yaml", "the search that the file describes");
    syntax.example("assay sweep configs/digits_sweep.yaml sweep.trials=64 --workers 4", "with other values");
    syntax.example("assay sweep configs/digits_sweep.yaml --dry-run", "how many trials, and which");
  }

  int run(Session& session) override {
    ConfigRequest request = config_.request();
    OpenStudy open = open_study(request);
    const std::size_t n_workers = workers_of(workers_, *open.study);
    sweep::DataCache data(*open.parts, shipped_data());
    check_study_data(open, data);
    const sweep::Plan plan =
        plan_of(*open.study,
                {is_sure_ ? 0 : many_trials, [&](const BoundConfig& bound) { check_bound(bound, data); }});
    print_problems(session.err, open.study->config().warnings);
    const std::string digest = sweep::study_digest(*open.study);
    const sweep::StudyFolder folder = place(*open.study, digest);
    if (is_dry_) return show_plan(session, *open.study, plan, folder, n_workers);
    create_or_check(*open.study, digest, folder, data.get(open.study->config().experiment), session);
    if (!is_quiet_) session.err.write(plan_text(session, *open.study, plan, folder, n_workers));
    return work_on(session, open, folder, data, {n_workers, again(), is_quiet_});
  }

 private:
  static void check_bound(const BoundConfig& bound, sweep::DataCache& data) {
    try {
      data.get(bound.experiment);
    } catch (const Error& error) {
      std::vector<Problem> problems = error.problems();
      assay::place(problems, bound.composed);
      throw Error(error.kind(), std::move(problems));
    }
  }

  sweep::StudyFolder place(const sweep::Study& study, const std::string& digest) const {
    const std::string& name = study.config().experiment.name;
    return sweep::StudyFolder(absolute_path(
        store::find_place(runs_.path(), name, sweep::study_id(digest), /*is_new=*/false).folder));
  }

  /// The study's own request: with absolute paths, so that it means the same from every folder.
  static ConfigRequest lasting_request(const sweep::Study& study) {
    ConfigRequest request = study.request();
    request.file = absolute_path(request.file);
    for (std::string& folder : request.config_path) folder = absolute_path(folder);
    request.texts.clear();
    return open_study(request).study->request();
  }

  static void create_or_check(const sweep::Study& study, const std::string& digest,
                              const sweep::StudyFolder& folder, const Prepared& prepared,
                              const Session& session) {
    const std::optional<sweep::Spec> known = sweep::find_spec(folder);
    if (known) {
      sweep::require_same_study(*known, study, folder);
      require_same_data(*known, prepared);
    }
    if (known && known->n_configurations == study.layout().n_configurations) return folder.take_back_stop();
    sweep::Spec spec;
    spec.revision = known ? known->revision + 1 : 1;
    spec.name = study.config().experiment.name;
    spec.id = base_name(folder.path());
    spec.digest = digest;
    spec.request = lasting_request(study);
    spec.config = study.config().resolved;
    spec.n_configurations = study.layout().n_configurations;
    spec.n_trials = study.layout().n_trials();
    for (const DataFile& file : prepared.files)
      spec.data.push_back({base_name(file.path), file.path, file.sha256, file.bytes});
    spec.assay_version = build_info::version;
    spec.command = session.words;
    spec.wall_ns = system_clock().wall_ns();
    if (!sweep::publish_spec(folder, spec)) sweep::require_same_study(sweep::get_spec(folder), study, folder);
    folder.take_back_stop();
  }

  std::string plan_text(const Session& session, const sweep::Study& study, const sweep::Plan& plan,
                        const sweep::StudyFolder& folder, std::size_t n_workers) const {
    const sweep::Layout& layout = plan.layout;
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
    facts.emplace_back("workers", text(n_workers));
    facts.emplace_back("study", folder.path());
    const std::string title = text(printable(study.config().experiment.name), '/', base_name(folder.path()));
    return session.err.paint(Style::bold, title) + '\n' + facts_text(facts, session.err);
  }

  int show_plan(Session& session, const sweep::Study& study, const sweep::Plan& plan,
                const sweep::StudyFolder& folder, std::size_t n_workers) const {
    if (is_quiet_) {
      session.out.write(folder.path() + '\n');
      return 0;
    }
    std::string lines = "would run  " + plan_text(session, study, plan, folder, n_workers);
    const std::size_t n = std::min(plan.configurations.size(), n_previewed);
    for (std::size_t i = 0; i < n; ++i)
      lines += text("  ", i == 0 ? "first  " : "       ", printable(plan.configurations[i].label), '\n');
    if (plan.configurations.size() > n)
      lines += text("         and ", plan.configurations.size() - n, " more\n");
    if (!plan.is_complete) lines += "  what comes then is proposed from results\n";
    session.out.write(lines);
    return 0;
  }

  std::string again() const { return text("assay sweep ", config_.command_text(), runs_.command_text()); }

  ConfigArguments config_;
  RunsFolder runs_;
  std::string workers_;
  bool is_dry_ = false;
  bool is_sure_ = false;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_sweep() { return std::make_unique<Sweep>(); }

}  // namespace assay::cli
