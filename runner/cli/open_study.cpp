#include "runner/cli/open_study.h"

#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plugins.h"

namespace assay::cli {
namespace {

std::vector<std::string> studies_in(const std::string& runs) {
  std::vector<std::string> found;
  for (const std::string& name : list_folder(runs)) {
    const std::string folder = join_path(runs, name);
    if (name.front() == '.' || !is_folder(folder)) continue;
    for (const std::string& id : list_folder(folder)) {
      if (exists(join_path(folder, id + "/spec.json"))) found.push_back(join_path(folder, id));
    }
  }
  return found;
}

/// How well a study's folder fits what was typed: 3 its id or name/id, 2 its name, 1 the beginning of its id.
int fit(const std::string& folder, const std::string& wanted) {
  const std::string id = base_name(folder);
  const std::string name = base_name(parent_folder(folder));
  if (wanted == id || wanted == text(name, '/', id)) return 3;
  if (wanted == name) return 2;
  return !wanted.empty() && id.starts_with(wanted) ? 1 : 0;
}

}  // namespace

OpenStudy open_study(const ConfigRequest& request) {
  OpenStudy open;
  open.registry = std::make_unique<Registry>(known_components());
  load_with_plugins(request, *open.registry);
  open.parts = std::make_unique<Implementations>(known_parts(*open.registry));
  open.study = std::make_unique<sweep::Study>(request, *open.registry, *open.parts);
  return open;
}

void open_what_trains(OpenStudy& open) {
  if (!open.engine) open.engine = open_engine(*open.parts, open.registry->plugins());
}

void add_revisions(OpenStudy& open, const sweep::StudyFolder& folder) {
  const int n_revisions = sweep::get_spec(folder).revision;
  std::unique_ptr<sweep::Study> before;
  for (int revision = 1; revision < n_revisions; ++revision) {
    auto study = std::make_unique<sweep::Study>(sweep::get_spec(folder, revision).request, *open.registry,
                                                *open.parts);
    study->put_before(std::move(before));
    before = std::move(study);
  }
  open.study->put_before(std::move(before));
}

OpenStudy open_study(const sweep::Spec& spec, const sweep::StudyFolder& folder) {
  OpenStudy open = open_study(spec.request);
  if (spec.revision > 1) add_revisions(open, folder);
  if (sweep::study_digest(*open.study) == spec.digest) return open;
  throw Error(Kind::store, Problem{Where::path(folder.path()),
                                   {},
                                   text("this assay reads the study's config as another study than ",
                                        spec.assay_version, " did, which began it"),
                                   "go on with the version that began it, or begin a new study"});
}

OpenStudy open_study(const sweep::StudyFolder& folder) { return open_study(sweep::get_spec(folder), folder); }

void StudyArgument::describe(Syntax& syntax) {
  syntax.positional("STUDY", given_,
                    "its folder, its id or the beginning of it, or its name if there is one of that name");
  runs_.describe(syntax);
}

std::optional<sweep::StudyFolder> find_study(const std::string& runs, const std::string& wanted) {
  if (exists(join_path(wanted, "spec.json"))) return sweep::StudyFolder(absolute_path(wanted));
  std::vector<std::string> best;
  int best_fit = 1;
  for (const std::string& folder : studies_in(runs)) {
    const int now = fit(folder, wanted);
    if (now < best_fit) continue;
    if (now > best_fit) best.clear();
    best_fit = now;
    best.push_back(folder);
  }
  if (best.empty()) return std::nullopt;
  if (best.size() == 1) return sweep::StudyFolder(absolute_path(best.front()));
  Problem problem{
      {}, {}, text("'", printable(wanted), "' means ", best.size(), " studies"), "name one of them"};
  problem.notes = best;
  throw Error(Kind::usage, std::move(problem));
}

sweep::StudyFolder StudyArgument::folder() const {
  const std::string runs = runs_.path();
  if (auto found = find_study(runs, given_)) return *std::move(found);
  throw Error(Kind::usage, text("no study in ", runs, " is called '", printable(given_), "'"),
              "`assay sweep CONFIG` begins one; --runs says where studies are kept");
}

}  // namespace assay::cli
