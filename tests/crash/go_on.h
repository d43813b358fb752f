// Does what the engine does with a record, for a Workload: begins an attempt, goes on from where the store
// says, logs, evaluates, takes checkpoints, finishes. Everything the store hands out is checked on the way,
// and what it acknowledged is written to an AckPage.
#pragma once

#include <functional>
#include <string>

#include "tests/crash/ack_page.h"
#include "tests/crash/audit.h"
#include "tests/crash/workload.h"

namespace assay::crash {

struct GoOn {
  Workload workload;
  std::string runs_dir;
  After after = After::kill;      // what happened to the attempts before
  std::int64_t stop_after = -1;   // steps of this attempt; then it is stopped, as by a signal. -1: never
  bool publishes_always = false;  // run.h5 after every row
  int pace_us = 0;                // a step takes at least this
  store::StoreTimes times;
};

/// One attempt. `report` has what was wrong with what the store handed out. Throws what the store throws.
void go_on(const GoOn& options, AckPage& page, Report& report);

/// begin() and its checks, and no more: what a recovery does. A finished run is checked as one. then: called
/// while the record is open.
void recover(const GoOn& options, AckPage& page, Report& report, const std::function<void()>& then = {});

}  // namespace assay::crash
