// Holds what is found in a run's folder against what the store acknowledged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/crash/ack_page.h"
#include "tests/crash/workload.h"

namespace assay::crash {

/// What happened to the process: after a kill everything that returned must be there, after a power cut what
/// is below the durable watermark or settled.
enum class After { kill, power_cut };

struct Report {
  std::vector<std::string> violations;
  std::int64_t rows = 0;         // that were looked for or looked at
  std::int64_t checkpoints = 0;  // compared bit for bit
  std::int64_t files = 0;        // opened

  void add(std::string violation) { violations.push_back(std::move(violation)); }
  void add(const Report& other);
};

/// The folder of the workload's run in `runs_dir`.
std::string run_folder(const Workload& workload, const std::string& runs_dir);

/// Whatever the process opens for reading meanwhile is not made to fail by the shim.
class Auditing {
 public:
  explicit Auditing(AckPage& page) : page_(page) { ack(page_.is_audited, 1); }
  ~Auditing() { ack(page_.is_audited, 0); }
  Auditing(const Auditing&) = delete;
  Auditing& operator=(const Auditing&) = delete;

 private:
  AckPage& page_;
};

/// Whatever a reader may open at this instant is whole, and holds no wrong value.
void audit_as_found(const Workload& workload, const std::string& folder, Report& report);

/// run.h5, after recovery: /metrics has exactly the rows up to `step`, and every row that was
/// acknowledged is there or in /superseded.
void audit_rows(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                std::int64_t step, Report& report);

/// The steps from which this attempt goes on cannot be below what was settled.
void audit_resume(const AckPage& page, std::int64_t step, Report& report);

/// How the attempt before ended, if finish() returned.
void audit_end(const AckPage& page, const store::RunStatus& previous, Report& report);

/// A state that the store handed out is the one of its step.
void audit_state(const Workload& workload, std::int64_t step, const State& state, Report& report);

/// A finished run: all rows, the final and the best checkpoint.
void audit_finished(const Workload& workload, const std::string& folder, const AckPage& page, After after,
                    Report& report);

}  // namespace assay::crash
