// spec.json: what a study is, written once, so that any process can join it from its folder alone. An
// extension is a further file; the last one counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "runner/store/begin_run.h"
#include "runner/sweep/study.h"
#include "runner/sweep/study_folder.h"

namespace assay::sweep {

/// A config as it was asked for, with the texts of its files.
Json to_json(const ConfigRequest& request);
ConfigRequest request_of(const Json& json);

struct Spec {
  int revision = 1;
  std::string name;
  std::string id;         // of the folder
  std::string digest;     // study_digest
  ConfigRequest request;  // with absolute paths, and every file that was read as it was
  Json config;            // resolved, with its sweep: for people
  std::int64_t n_configurations = 0;
  std::int64_t n_trials = 0;
  std::vector<store::DataFile> data;  // that the config itself names
  std::string assay_version;
  std::vector<std::string> command;
  std::int64_t wall_ns = 0;
};

/// What a study computes, but for how many configurations it proposes: the config with its sweep, and with
/// what expressions make of the space's ends. SHA-256 in hex.
std::string study_digest(const Study& study);
/// The name of its folder: the first 10 digits.
std::string study_id(const std::string& digest);

/// Writes it; false if there is one of this revision already. Throws Kind::store.
bool publish_spec(const StudyFolder& folder, const Spec& spec);

/// The latest one; nothing if there is no study. Throws Kind::store if it is damaged or of a later version.
std::optional<Spec> find_spec(const StudyFolder& folder);
/// Throws Kind::usage, with the hint, if there is no study.
Spec get_spec(const StudyFolder& folder);
/// That of a revision which is there.
Spec get_spec(const StudyFolder& folder, int revision);

/// Throws Kind::store if `study` is not what the folder is of: another config, or fewer trials than there may
/// be already.
void require_same_study(const Spec& spec, const Study& study, const StudyFolder& folder);

}  // namespace assay::sweep
