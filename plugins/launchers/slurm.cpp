#include "plugins/launchers/slurm.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <unistd.h>

#include "core/error.h"
#include "core/io/command.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay::launchers {
namespace {

/// sbatch gives up by itself, after the site's MessageTimeout (10 s, on large sites up to 100).
constexpr double submit_s = 150;
constexpr double ask_s = 30;
constexpr double report_s = 15 * 60;

Rule time_above_0() {
  return {"a time above 0, as `4 h`",
          [](const Json& v) {
            const auto duration = parse_duration(v.text());
            return duration && duration->is_time() && duration->amount > 0;
          },
          Json::map()};
}

/// One line of a script.
Rule one_line() {
  return {"one line", [](const Json& v) { return v.text().find('\n') == std::string::npos; }, Json::map()};
}

Rule slurm_word() {
  return {"a word without blanks",
          [](const Json& v) { return v.text().find_first_of(" \t\n\"'") == std::string::npos; }, Json::map()};
}

Rule option() {
  return {"an option of sbatch on one line, as `--mail-type=END`",
          [](const Json& v) { return v.text().starts_with("-") && v.text().find('\n') == std::string::npos; },
          Json::map()};
}

/// `4:05:00`, in hours, minutes and seconds.
std::string slurm_time(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  const auto two = [](std::int64_t n) { return text(n < 10 ? "0" : "", n); };
  return text(whole / 3600, ':', two(whole / 60 % 60), ':', two(whole % 60));
}

/// For a shell, as it is.
std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string command_line(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const std::string& word : words) all.push_back(quoted(word));
  return join(all, " ");
}

/// A path in which Slurm sees no patterns.
std::string without_patterns(const std::string& path) {
  std::string out;
  for (const char c : path) out += c == '%' ? std::string("%%") : std::string(1, c);
  return out;
}

std::string report_name(const std::string& name) { return name + "-report"; }

/// What the work stands on, whatever variables as SBATCH_REQUEUE say: given on the command line as well.
std::vector<std::string> own_options(const LaunchOrder& order, double notice_s) {
  std::vector<std::string> options{
      "--job-name=" + order.name,
      "--output=" + join_path(without_patterns(order.folder), order.n_jobs > 1 ? "%A_%a.log" : "%j.log"),
      "--open-mode=append", "--requeue", text("--signal=USR2@", static_cast<std::int64_t>(notice_s))};
  if (order.n_jobs > 1) options.push_back(text("--array=0-", order.n_jobs - 1));
  return options;
}

std::string directives(const std::vector<std::string>& options) {
  std::string out;
  for (const std::string& option : options) {
    const auto value = option.find('=');
    const bool is_quoted =
        option.find(' ') != std::string::npos && value != std::string::npos && option.starts_with("--output");
    out += "#SBATCH " +
           (is_quoted ? text(option.substr(0, value + 1), '"', option.substr(value + 1), '"') : option) +
           '\n';
  }
  return out;
}

/// Slurm may have done what it was asked for, though it was not heard to say so.
bool is_lost(const CommandEnd& end) {
  return end.is_late || end.err.find("timed out") != std::string::npos ||
         end.err.find("ontact") != std::string::npos || end.err.find("onnect") != std::string::npos;
}

[[noreturn]] void fail(const std::string& fact, const CommandEnd& end, std::string hint) {
  const std::string said{trim(end.err)};
  Problem problem{{}, {}, fact, std::move(hint)};
  if (end.is_late) {
    problem.message += ": it does not answer";
  } else if (end.exit_code == 127) {
    problem.message += ": there is no such program on the PATH";
    problem.hint = "submit from a machine of the cluster, where sbatch is found";
  } else if (!said.empty()) {
    problem.notes = split(said, '\n');
  }
  throw Error(is_lost(end) ? Kind::fenced : Kind::run, std::move(problem));
}

std::string ask(const std::vector<std::string>& words) {
  const CommandEnd end = run_command(words, {.seconds = ask_s});
  if (!end.is_good()) fail(words.front() + " failed", end, "is Slurm up? `sinfo` says");
  return end.out;
}

/// Whose jobs are meant: names may be anybody's.
std::string user_option() { return text("--user=", static_cast<std::int64_t>(::getuid())); }

/// `12`, or `12;cluster`, as --parsable prints it.
std::string id_of(const std::string& out) {
  return std::string(trim(out.substr(0, out.find_first_of(";\n"))));
}

QueuedJobs::Stand stand_of(const std::string& state) {
  if (state == "PENDING" || state.starts_with("REQUEUE") || state == "SPECIAL_EXIT")
    return QueuedJobs::Stand::waits;
  return state == "COMPLETING" ? QueuedJobs::Stand::ends : QueuedJobs::Stand::runs;
}

}  // namespace

void SlurmParams::describe(Fields<SlurmParams>& f) {
  f.about(
      "Jobs of a Slurm cluster. A sweep becomes an array of workers, which come back after preemption and "
      "after "
      "their time until all trials are done, and a job for the report behind them; a run becomes one job. "
      "What "
      "is left empty is the site's default.");
  f.source("https://slurm.schedmd.com/sbatch.html");
  f("partition", &SlurmParams::partition,
    "where jobs run; a list as `gpu,preempt` takes the first that is free", slurm_word);
  f("account", &SlurmParams::account, "who pays", slurm_word);
  f("qos", &SlurmParams::qos, "quality of service", slurm_word);
  f("constraint", &SlurmParams::constraint, "features that a node must have, as `a100|h100`", slurm_word);
  f("gres", &SlurmParams::gres, "what each job needs beside processors, as `gpu:1` or `gpu:a100:2`",
    slurm_word);
  f("mem", &SlurmParams::mem, "memory of each job, as `16G`", slurm_word);
  f("cpus", &SlurmParams::cpus, "processors of each job", at_least(1));
  f("time", &SlurmParams::time,
    "how long a job may run; one that is not done comes back, so that short ones, which start sooner, do as "
    "well",
    time_above_0);
  f("notice", &SlurmParams::notice,
    "how long before that its trials stop at a checkpoint: at least what a step, an evaluation and a "
    "checkpoint take",
    time_above_0);
  f("width", &SlurmParams::width, "how many workers there are at most", at_least(1));
  f("workers", &SlurmParams::workers,
    "trials at a time in each job (default: one for each GPU in `gres`, else as many as its processors have "
    "threads for)",
    at_least(1));
  f("options", &SlurmParams::options, "further options of sbatch, a list as `[--reservation=course]`",
    each(option()));
  f("setup", &SlurmParams::setup, "lines of the batch script before the work, a list as `[module load cuda]`",
    each(one_line()));
  f.check("notice is less than half of time",
          [](const SlurmParams& p) { return 2 * p.notice.amount < p.time.amount; });
}

Slurm::Slurm(const Params& params, const Needs& /*needs*/) : params_(params) {}

std::int64_t Slurm::most_jobs() const {
  std::int64_t most = params_.width;
  for (const std::string& line : split(ask({"scontrol", "show", "config"}), '\n')) {
    if (!line.starts_with("MaxArraySize")) continue;
    const auto size = parse_integer(trim(std::string_view(line).substr(line.find('=') + 1)));
    if (size && *size > 0) most = std::min(most, *size);
  }
  return most;
}

std::int64_t Slurm::room(const LaunchNeeds& needs) const {
  if (params_.workers) return *params_.workers;
  if (needs.may_use_gpu && params_.gres.starts_with("gpu")) {
    const std::vector<std::string> parts = split(params_.gres.substr(0, params_.gres.find(',')), ':');
    return std::max<std::int64_t>(parse_integer(parts.back()).value_or(1), 1);
  }
  return std::max<std::int64_t>(params_.cpus / std::max<std::int64_t>(needs.threads, 1), 1);
}

std::vector<std::string> Slurm::site_options() const {
  std::vector<std::string> options;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) options.push_back(text("--", name, '=', value));
  };
  add("partition", params_.partition);
  add("account", params_.account);
  add("qos", params_.qos);
  options.insert(options.end(), params_.options.begin(), params_.options.end());
  return options;
}

std::string Slurm::script(const LaunchOrder& order) const {
  std::vector<std::string> options = own_options(order, notice_s());
  options.push_back("--time=" + slurm_time(params_.time.amount));
  options.emplace_back("--ntasks=1");
  options.push_back(text("--cpus-per-task=", params_.cpus));
  const std::vector<std::string> site = site_options();
  options.insert(options.end(), site.begin(), site.end());
  if (!params_.constraint.empty()) options.push_back("--constraint=" + params_.constraint);
  if (!params_.gres.empty()) options.push_back("--gres=" + params_.gres);
  if (!params_.mem.empty()) options.push_back("--mem=" + params_.mem);
  std::string out = "#!/bin/sh\n" + directives(options);
  for (const std::string& line : params_.setup) out += line + '\n';
  // A step: the batch script itself is not told of preemption. srun does not take over --cpus-per-task.
  return out + text("exec srun --ntasks=1 --cpus-per-task=", params_.cpus, " --kill-on-bad-exit=1 ",
                    command_line(order.work), '\n');
}

std::string Slurm::report_script(const LaunchOrder& order) const {
  std::vector<std::string> options{"--job-name=" + report_name(order.name),
                                   "--output=" + join_path(without_patterns(order.folder), "report-%j.log"),
                                   "--time=" + slurm_time(std::min(params_.time.amount, report_s)),
                                   "--ntasks=1"};
  const std::vector<std::string> site = site_options();
  options.insert(options.end(), site.begin(), site.end());
  std::string out = "#!/bin/sh\n" + directives(options);
  for (const std::string& line : params_.setup) out += line + '\n';
  for (const std::vector<std::string>& words : order.report) out += command_line(words) + '\n';
  return out;
}

std::string Slurm::rehearse(const LaunchOrder& order) const {
  const CommandEnd end =
      run_command({"sbatch", "--test-only"}, {.input = script(order), .seconds = submit_s});
  if (!end.is_good()) fail("Slurm would not take the job", end, "its words are above");
  return std::string(trim(end.err + end.out));
}

LaunchedJobs Slurm::submit(const LaunchOrder& order) const {
  std::vector<std::string> words{"sbatch", "--parsable"};
  for (std::string& own : own_options(order, notice_s())) words.push_back(std::move(own));
  const CommandEnd end = run_command(words, {.input = script(order), .seconds = submit_s});
  if (!end.is_good())
    fail("Slurm did not take the job", end, "`--dry-run` shows the script and what Slurm says of it");
  LaunchedJobs jobs{id_of(end.out), {}};
  if (!order.report.empty()) jobs.report = submit_report(order, jobs.work);
  return jobs;
}

/// Behind every job of the work, whatever became of each. Empty if Slurm does not take it: the report can be
/// had by hand.
std::string Slurm::submit_report(const LaunchOrder& order, const std::string& work) const {
  const std::vector<std::string> words{"sbatch", "--parsable", "--job-name=" + report_name(order.name),
                                       "--dependency=afterany:" + work};
  const CommandEnd end = run_command(words, {.input = report_script(order), .seconds = submit_s});
  return end.is_good() ? id_of(end.out) : std::string();
}

std::optional<LaunchedJobs> Slurm::find(const std::string& name) const {
  const std::string out = ask({"squeue", "--noheader", "--states=all", user_option(),
                               text("--name=", name, ',', report_name(name)), "--format=%F|%j"});
  LaunchedJobs jobs;
  for (const std::string& line : split(out, '\n')) {
    const auto bar = line.find('|');
    if (bar == std::string::npos) continue;
    const std::string found{trim(std::string_view(line).substr(bar + 1))};
    std::string& id = found == name ? jobs.work : jobs.report;
    id = trim(std::string_view(line).substr(0, bar));
  }
  if (jobs.work.empty()) return std::nullopt;
  return jobs;
}

std::vector<QueuedJobs> Slurm::queue(const std::vector<std::string>& names) const {
  const std::string out = ask(
      {"squeue", "--noheader", "--array", user_option(), "--name=" + join(names, ","), "--format=%T|%S|%r"});
  std::map<std::pair<QueuedJobs::Stand, std::string>, QueuedJobs> alike;
  for (const std::string& line : split(out, '\n')) {
    const std::vector<std::string> parts = split(line, '|');
    if (parts.size() < 3) continue;
    QueuedJobs jobs{stand_of(std::string(trim(parts[0]))), 1, {}, {}};
    if (jobs.stand == QueuedJobs::Stand::waits) {
      jobs.reason = trim(parts[2]);
      if (const std::string_view start = trim(parts[1]); start != "N/A") jobs.start = start;
    }
    const auto [known, is_new] = alike.try_emplace({jobs.stand, jobs.reason}, jobs);
    if (is_new) continue;
    ++known->second.n;
    std::string& first = known->second.start;
    if (first.empty() || (!jobs.start.empty() && jobs.start < first)) first = jobs.start;
  }
  std::vector<QueuedJobs> all;
  for (auto& [key, jobs] : alike) all.push_back(std::move(jobs));
  return all;
}

void Slurm::cancel(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    ask({"scancel", "--quiet", user_option(), "--state=PENDING", "--name=" + report_name(name)});
    ask({"scancel", "--quiet", user_option(), "--state=PENDING", "--name=" + name});
    ask({"scancel", "--quiet", user_option(), "--state=RUNNING", "--signal=USR2", "--name=" + name});
  }
}

}  // namespace assay::launchers
