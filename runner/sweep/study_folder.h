// Where a study lies, and the names of what is in it. docs/design/sweep.md says who writes what.
//
//   runs/<name>/<id>/  spec.json  spec.2.json ...   the study, and its extensions; written once each
//                      t/00/0007/                   trial 7, a run's folder
//                      refit/0003/                  the refit of group 3
//                      w/<worker>.log               what a worker did
//                      stop                         asks all workers to stop
#pragma once

#include <cstdint>
#include <string>

namespace assay::sweep {

/// A trial's number; below 0: -1 - g for the refit of group g.
using Trial = std::int64_t;

constexpr Trial refit_of(std::int64_t group) { return -1 - group; }
constexpr bool is_refit(Trial trial) { return trial < 0; }
constexpr std::int64_t group_of_refit(Trial trial) { return -1 - trial; }
/// `trial 7`, `refit of group 3`.
std::string to_string(Trial trial);

class StudyFolder {
 public:
  explicit StudyFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string trial(Trial trial) const;
  std::string workers() const { return path_ + "/w"; }
  std::string spec(int revision) const;

  bool is_stopping() const;
  /// Asks all workers, wherever they are, to stop at a checkpoint.
  void ask_to_stop() const;
  void take_back_stop() const;

 private:
  std::string path_;
};

}  // namespace assay::sweep
