// A study as commands get hold of it: from a config that begins or continues one, or from its folder alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "registry/contracts/engine.h"
#include "registry/implementations.h"
#include "registry/registry.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/syntax.h"
#include "runner/sweep/spec.h"
#include "runner/sweep/study.h"
#include "runner/sweep/study_folder.h"

namespace assay::cli {

/// A study with what it points into.
struct OpenStudy {
  std::unique_ptr<Registry> registry;
  std::unique_ptr<Implementations> parts;  // without those that need LibTorch
  std::unique_ptr<sweep::Study> study;
  std::unique_ptr<Engine> engine;  // null until open_what_trains()
};

/// Of a config, with the plugins that it names. Throws Kind::config with every problem.
OpenStudy open_study(const ConfigRequest& request);

/// Adds what needs LibTorch and the engine to a study that trials are to run of; once is enough. Throws
/// Kind::plugin as open_engine() does, so it comes before a study is written down.
void open_what_trains(OpenStudy& open);

/// Puts the earlier revisions of the folder's study before it, if there are any: a study that was extended
/// proposes as these did.
void add_revisions(OpenStudy& open, const sweep::StudyFolder& folder);

/// Of a folder. Throws Kind::store if this assay reads the study's config as another study than it was.
OpenStudy open_study(const sweep::Spec& spec, const sweep::StudyFolder& folder);
OpenStudy open_study(const sweep::StudyFolder& folder);

/// The study that `wanted` means: a folder, an id or the beginning of one, a name, or name/id; nothing if
/// there is none. Throws Kind::usage, with the candidates, if there is more than one.
std::optional<sweep::StudyFolder> find_study(const std::string& runs, const std::string& wanted);

/// STUDY: a folder, an id or the beginning of one, or a name, as runs are named.
class StudyArgument {
 public:
  void describe(Syntax& syntax);
  /// Throws Kind::usage, with the candidates, if there is none or more than one.
  sweep::StudyFolder folder() const;

 private:
  std::string given_;
  RunsFolder runs_;
};

}  // namespace assay::cli
