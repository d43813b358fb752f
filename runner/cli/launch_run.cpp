#include "runner/cli/launch_run.h"

#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/ranks.h"
#include "runner/config/provenance.h"
#include "runner/store/json_at.h"
#include "runner/store/run_folder.h"
#include "runner/sweep/spec.h"

namespace assay::cli {
namespace {

std::string request_path(const std::string& folder) { return join_path(folder, "jobs/request.json"); }

Json to_json(const RunOrder& order) {
  return Json(Json::Map{{"format", "assay.request"},
                        {"format_version", 1},
                        {"runs", order.runs_dir},
                        {"command", order.again},
                        {"fork", order.fork},
                        {"fast", order.is_fast},
                        {"strict", order.is_strict},
                        {"processes", order.processes},
                        {"request", sweep::to_json(order.request)}});
}

LaunchOrder run_order_for(const std::string& folder, const Cluster& cluster) {
  LaunchOrder order;
  order.name = jobs_name(folder);
  order.folder = join_path(folder, "jobs");
  order.work = {this_program(), "job", folder, "--notice",
                text(static_cast<std::int64_t>(cluster.notice_s()))};
  return order;
}

/// With absolute paths and the texts of all files.
ConfigRequest lasting(ConfigRequest request, const LoadedConfig& config) {
  for (const SourceText& source : config.sources)
    request.texts.push_back({absolute_path(source.name), source.text});
  request.file = absolute_path(request.file);
  for (std::string& folder : request.config_path) folder = absolute_path(folder);
  return request;
}

/// Processes that share a core would wait for one another.
void require_room(const LoadedConfig& config, const Cluster& cluster, int processes) {
  const std::int64_t threads = config.experiment.threads.count;
  const std::int64_t room = cluster.room({threads, /*may_use_gpu=*/false});
  if (processes == 1 || room >= processes) return;
  std::vector<Problem> problems{{{},
                                 "launcher.cpus",
                                 text("leaves room for ", count_text(room, "process"), " of ",
                                      count_text(threads, "thread"), ", but --nproc is ", processes),
                                 text("set it to ", threads * processes)}};
  place(problems, config.composed);
  throw Error(Kind::config, std::move(problems));
}

}  // namespace

int launch_run(Session& session, Checked& plan, const RunOptions& options, const Cluster& cluster,
               RunOrder order) {
  const Experiment& experiment = plan.config.experiment;
  require_room(plan.config, cluster, order.processes);
  const store::RunPlace place = store::find_place(
      options.runs_dir, experiment.name, identity_of(plan, options.is_fast, options.fork), options.is_new);
  if (place.status.state == store::RunState::finished) return execute(session, plan, options).exit_code;
  store::refuse_if_running(place);
  const std::string folder = absolute_path(place.folder);
  Facts facts = plan_facts(experiment, plan.prepared);
  if (order.processes > 1) facts.emplace_back("processes", text(order.processes));
  facts.emplace_back("record", folder);
  const std::string title = text(printable(experiment.name), '/', place.id, '\n');
  if (options.is_dry) {
    session.out.write("would submit  " + title + facts_text(facts, session.out));
    show_order(session, cluster, run_order_for(folder, cluster));
    return 0;
  }
  const launch::Submissions submissions(folder);
  submissions.settle(cluster);
  const std::vector<std::string> names = submissions.names();
  const std::vector<QueuedJobs> there = names.empty() ? std::vector<QueuedJobs>() : cluster.queue(names);
  const bool is_wanted = launch::jobs_wanted(1, 1, 1, there) > 0;
  if (is_wanted) {
    order.request = lasting(std::move(order.request), plan.config);
    make_folders(submissions.folder());
    publish(request_path(folder), to_text(to_json(order), 1) + '\n');
    const launch::Submission made = submissions.submit(cluster, experiment.launcher.to_json(),
                                                       run_order_for(folder, cluster), jobs_name(folder));
    facts.emplace_back("job", made.jobs->work);
  } else {
    facts.emplace_back("queue", queue_text(there));
  }
  facts.emplace_back("outputs", submissions.folder());
  session.out.write(options.is_quiet ? folder + '\n'
                                     : text(is_wanted ? "submitted  " : "submitted before  ", title,
                                            facts_text(facts, session.out)));
  return 0;
}

RunOrder get_run_order(const std::string& folder) {
  const std::string path = request_path(folder);
  const auto bytes = find_file(path);
  if (!bytes)
    throw Error(Kind::usage, Problem{Where::path(folder),
                                     {},
                                     "was not submitted to a cluster",
                                     "`assay run CONFIG --launcher slurm` does that"});
  const Json json = parse_json(*bytes, path);
  RunOrder order;
  order.runs_dir = store::text_at(json, "runs");
  order.again = store::text_at(json, "command");
  order.fork = store::text_at(json, "fork");
  order.is_fast = store::boolean_at(json, "fast");
  order.is_strict = store::boolean_at(json, "strict");
  order.processes = processes_of(json);
  if (const Json* request = json.find("request")) order.request = sweep::request_of(*request);
  return order;
}

}  // namespace assay::cli
