// What the workers of a study did, in a log for each: so that whoever wants to know how a study stands reads
// a few files and not ten thousand. A line is a checksum and JSON; a torn or damaged one is passed over. What
// a log says of a trial follows from the trial's own folder, where its end was committed first.
//
//   LedgerWriter log(folder.workers(), claim);
//   log.add(TrialEnd{...});
//
//   LedgerReader reader(folder.workers());
//   for (const LedgerLine& line : reader.read()) ...       // what came since the last call
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "registry/contracts/space.h"
#include "runner/store/claim.h"
#include "runner/store/summary.h"
#include "runner/sweep/study_folder.h"

namespace assay::sweep {

/// What a proposal was made from: proposals 0 to `n` of its group without `absent`, those in `running` before
/// they had ended. So a replay knows what to show the sampler.
struct Sighting {
  std::int64_t n = 0;
  std::vector<std::int64_t> absent;
  std::vector<std::int64_t> running;

  bool operator==(const Sighting&) const = default;
};

struct Proposal {
  Point point;
  Sighting saw;
  int revision = 1;  // of the study, in whose space the point is
};
Json to_json(const Proposal& proposal);
/// Nothing if it is none.
std::optional<Proposal> proposal_of(const Json& json);

/// How a trial ended for good.
struct TrialEnd {
  enum class How { finished, stopped, failed };
  Trial trial = 0;
  int attempt = 0;
  How how = How::finished;
  /// Of one that did not finish: pruned, cannot_win, diverged, out_of_memory, time_limit, crashed, lost,
  /// invalid, error.
  std::string reason = {};
  std::string message = {};          // for people
  std::optional<double> value = {};  // of the objective, as the metric gives it
  double share = 1;                  // of a whole run
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  double seconds = 0;
  store::MetricValues metrics = {};
  std::optional<Proposal> proposal = {};  // of a sampler that learns
};
Json to_json(const TrialEnd& end);
/// Nothing if it is none.
std::optional<TrialEnd> end_of_json(const Json& json);
std::string_view to_string(TrialEnd::How how);

/// One evaluation of a trial, for pruners.
struct TrialReading {
  Trial trial = 0;
  int attempt = 0;
  double epochs = 0;
  std::int64_t steps = 0;
  double share = 0;  // of the whole run
  double value = 0;
};

/// A pruner put the trial aside, with a checkpoint.
struct TrialPaused {
  Trial trial = 0;
  int attempt = 0;
};

/// The log up to here survives a power cut, and with it every file that it speaks of.
struct LogSynced {};

using LedgerLine = std::variant<TrialEnd, TrialReading, TrialPaused, LogSynced>;

class LedgerWriter {
 public:
  /// Begins the log of a worker that is this process, in `folder`, which is made.
  LedgerWriter(const std::string& folder, const store::Claim& worker);
  /// Seen by others when the call returns. Throws Kind::store.
  void add(const LedgerLine& line);
  /// Makes all that was written before survive a power cut, by one sync. Throws Kind::store.
  void sync();
  bool has_unsynced() const { return n_unsynced_ > 0; }
  std::int64_t n_unsynced() const { return n_unsynced_; }

 private:
  std::string path_;
  std::int64_t n_unsynced_ = 0;
};

/// A log and the worker whose it is.
struct WorkerLog {
  std::string path;
  store::Claim worker;
};
/// Of all workers that say who they are.
std::vector<WorkerLog> worker_logs(const std::string& folder);

class LedgerReader {
 public:
  explicit LedgerReader(std::string folder) : folder_(std::move(folder)) {}
  /// The whole lines that were added since the last call, of all logs.
  std::vector<LedgerLine> read();
  std::int64_t n_logs() const { return std::ssize(read_); }

 private:
  void read(const std::string& name, std::vector<LedgerLine>& out);

  std::string folder_;
  std::map<std::string, std::uint64_t> read_;  // bytes of each log
};

}  // namespace assay::sweep
