#include "runner/cli/signals.h"

#include <unistd.h>

namespace assay::cli {
namespace {

// A signal handler can reach nothing but what is static.
std::atomic<bool> is_stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void ask_to_stop(int signal) {
  if (is_stop_asked.exchange(true)) _exit(128 + signal);
}

}  // namespace

StopOnSignal::StopOnSignal() {
  is_stop_asked = false;
  struct sigaction action {};
  action.sa_handler = &ask_to_stop;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_interrupt_);
  sigaction(SIGTERM, &action, &before_terminate_);
}

StopOnSignal::~StopOnSignal() {
  sigaction(SIGINT, &before_interrupt_, nullptr);
  sigaction(SIGTERM, &before_terminate_, nullptr);
}

const std::atomic<bool>& StopOnSignal::flag() const { return is_stop_asked; }

}  // namespace assay::cli
