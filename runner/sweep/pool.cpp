#include "runner/sweep/pool.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay::sweep {
namespace {

/// Workers that crash before they find a trial would do so for ever.
constexpr int most_crashes_outside = 3;

WorkerSeat* shared_seats(std::size_t n) {
  void* memory =
      ::mmap(nullptr, n * sizeof(WorkerSeat), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw Error(Kind::run, text("no memory to share with workers: ", std::generic_category().message(errno)));
  }
  auto* seats = static_cast<WorkerSeat*>(memory);
  for (std::size_t i = 0; i < n; ++i) new (&seats[i]) WorkerSeat;
  return seats;
}

std::string how_it_ended(int signal) {
  const char* name = ::sigabbrev_np(signal);
  const std::string what =
      text("its worker was ended by signal ", signal, name ? text(" (SIG", name, ")") : "");
  return signal == SIGKILL ? what + ", as by the system when memory is short" : what;
}

}  // namespace

void release(const StudyFolder& folder, const Crash& crash) {
  // Another worker may have set the trial aside meanwhile, as damaged: then it begins anew.
  if (crash.trial == WorkerSeat::none || !is_folder(folder.trial(crash.trial))) return;
  release(folder.trial(crash.trial), crash.attempt, crash.state, crash.reason, crash.how);
}

Pool::Pool(std::size_t n_workers, Work work, OnCrash on_crash)
    : n_workers_(n_workers),
      work_(std::move(work)),
      on_crash_(std::move(on_crash)),
      seats_(shared_seats(n_workers)),
      processes_(n_workers, 0),
      overdue_(n_workers, WorkerSeat::none) {
  for (std::size_t place = 0; place < n_workers_; ++place) start(place);
}

Pool::~Pool() {
  for (const pid_t process : processes_) {
    if (process > 0) ::kill(process, SIGKILL);
  }
  for (const pid_t process : processes_) {
    while (process > 0 && ::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::munmap(seats_, n_workers_ * sizeof(WorkerSeat));
}

void Pool::start(std::size_t place) {
  seats_[place].place = place;
  seats_[place].trial = WorkerSeat::none;
  seats_[place].deadline_s = 0;
  overdue_[place] = WorkerSeat::none;
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process < 0) {
    throw Error(Kind::run, text("no worker could be started: ", std::generic_category().message(errno)));
  }
  if (process > 0) {
    processes_[place] = process;
    return;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::raise(SIGTERM);
  ::_exit(work_(seats_[place]));  // nothing that the parent has set up is taken down twice
}

void Pool::look() {
  for (std::size_t place = 0; place < n_workers_; ++place) {
    int status = 0;
    if (processes_[place] == 0) continue;
    const pid_t ended = ::waitpid(processes_[place], &status, WNOHANG);
    if (ended == 0) end_if_overdue(place);
    if (ended == 0 || (ended < 0 && errno == EINTR)) continue;
    processes_[place] = 0;
    note_end(place, status);
  }
}

/// A trial looks at its limit after every step. One that does not come to it, hangs.
void Pool::end_if_overdue(std::size_t place) {
  const double deadline_s = seats_[place].deadline_s;
  if (deadline_s == 0 || system_clock().monotonic_s() < deadline_s) return;
  overdue_[place] = seats_[place].trial;
  ::kill(processes_[place], SIGKILL);
}

/// That somebody stopped is said only if nothing went wrong.
void Pool::note_code(int code) {
  if (code == 0) return;
  if (exit_code_ == 0 || exit_code_ == assay::exit_code(Kind::stopped)) exit_code_ = code;
  stop();
}

void Pool::note_end(std::size_t place, int status) {
  if (WIFEXITED(status)) {
    note_code(WEXITSTATUS(status));
    return;
  }
  Crash crash;
  crash.trial = seats_[place].trial;
  crash.attempt = seats_[place].attempt;
  crash.how = how_it_ended(WTERMSIG(status));
  n_crashes_outside_ = crash.trial == WorkerSeat::none ? n_crashes_outside_ + 1 : 0;
  if (crash.trial != WorkerSeat::none && overdue_[place] == crash.trial) {
    crash.state = store::RunState::failed;
    crash.reason = "time_limit";
    crash.how = "did not end within its limit of time, nor soon after";
  }
  on_crash_(crash);
  if (is_stopping_) {
    note_code(assay::exit_code(Kind::stopped));
  } else if (n_crashes_outside_ >= most_crashes_outside) {
    gave_up_ = crash.how;
    note_code(assay::exit_code(Kind::internal));
  } else {
    start(place);
  }
}

bool Pool::is_running() const {
  for (const pid_t process : processes_) {
    if (process > 0) return true;
  }
  return false;
}

void Pool::stop() {
  is_stopping_ = true;
  for (const pid_t process : processes_) {
    if (process > 0) ::kill(process, SIGTERM);
  }
}

}  // namespace assay::sweep
