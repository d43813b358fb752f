// Another process that works on a run and is killed.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/runner/store/example_run.h"

namespace assay::testing {

/// Begins `begin` in a child, does `work` with it, and kills the child; returns when it is gone. The caller
/// has no record open: threads and fork do not go together.
template <class Work>
void work_and_be_killed(const store::BeginRun& begin, Work work) {
  const pid_t pid = fork();
  if (pid == 0) {
    try {
      const auto record = store::RecordWriter::begin(begin);
      work(*record);
      raise(SIGKILL);
    } catch (...) {  // the test sees what is missing
    }
    _exit(1);
  }
  waitpid(pid, nullptr, 0);
}

}  // namespace assay::testing
