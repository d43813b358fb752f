#include "runner/cli/plan_study.h"

#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "runner/cli/build_info.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/sweep_work.h"
#include "runner/config/provenance.h"
#include "runner/store/run_folder.h"

namespace assay::cli {
namespace {

void check_bound(const BoundConfig& bound, sweep::DataCache& data) {
  try {
    data.get(bound.experiment);
  } catch (const Error& error) {
    std::vector<Problem> problems = error.problems();
    assay::place(problems, bound.composed);
    throw Error(error.kind(), std::move(problems));
  }
}

sweep::StudyFolder folder_of(const sweep::Study& study, const std::string& digest,
                             const std::string& runs_dir) {
  const std::string& name = study.config().experiment.name;
  return sweep::StudyFolder(
      absolute_path(store::find_place(runs_dir, name, sweep::study_id(digest), /*is_new=*/false).folder));
}

/// The study's own request: with absolute paths, so that it means the same from every folder.
ConfigRequest lasting_request(const sweep::Study& study) {
  ConfigRequest request = study.request();
  request.file = absolute_path(request.file);
  for (std::string& folder : request.config_path) folder = absolute_path(folder);
  request.texts.clear();
  return open_study(request).study->request();
}

sweep::Spec spec_of(const PlannedStudy& planned, int revision, const Session& session) {
  const sweep::Study& study = *planned.open.study;
  sweep::Spec spec;
  spec.revision = revision;
  spec.name = study.config().experiment.name;
  spec.id = base_name(planned.folder.path());
  spec.digest = planned.digest;
  spec.request = lasting_request(study);
  spec.config = study.config().resolved;
  spec.n_configurations = study.layout().n_configurations;
  spec.n_trials = study.layout().n_trials();
  for (const DataFile& file : planned.data->get(study.config().experiment).files)
    spec.data.push_back({base_name(file.path), file.path, file.sha256, file.bytes});
  spec.assay_version = build_info::version;
  spec.command = session.words;
  spec.wall_ns = system_clock().wall_ns();
  return spec;
}

}  // namespace

PlannedStudy plan_study(const ConfigRequest& request, const StudyPlanning& planning) {
  OpenStudy open = open_study(request);
  const sweep::Study& study = *open.study;
  const std::size_t n_workers = workers_of(planning.workers, study);
  auto data = std::make_unique<sweep::DataCache>(*open.parts, shipped_data());
  check_study_data(open, *data);
  sweep::Plan plan =
      plan_of(study, {planning.most_trials, [&](const BoundConfig& bound) { check_bound(bound, *data); }});
  std::string digest = sweep::study_digest(study);
  sweep::StudyFolder folder = folder_of(study, digest, planning.runs_dir);
  return {std::move(open), std::move(data), std::move(plan), std::move(digest), std::move(folder), n_workers};
}

void begin_study(PlannedStudy& planned, const Session& session) {
  open_what_trains(planned.open);
  const sweep::Study& study = *planned.open.study;
  const std::optional<sweep::Spec> known = sweep::find_spec(planned.folder);
  if (known) {
    sweep::require_same_study(*known, study, planned.folder);
    require_same_data(*known, planned.data->get(study.config().experiment));
  }
  const bool is_known = known && known->n_configurations == study.layout().n_configurations;
  const int revision = known ? known->revision + 1 : 1;
  if (!is_known && !sweep::publish_spec(planned.folder, spec_of(planned, revision, session)))
    sweep::require_same_study(sweep::get_spec(planned.folder), study, planned.folder);
  planned.folder.take_back_stop();
}

}  // namespace assay::cli
