#include "runner/cli/signals.h"

#include <unistd.h>

namespace assay::cli {
namespace {

// A signal handler can reach nothing but what is static.
std::atomic<bool> is_stop_asked{false};
std::atomic<int> last_signal{0};
std::atomic<int> n_signals{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void ask_to_stop(int signal) {
  last_signal = signal;
  ++n_signals;
  const bool was_asked = is_stop_asked.exchange(true);
  if (was_asked && signal == SIGINT) _exit(128 + SIGINT);
}

}  // namespace

StopOnSignal::StopOnSignal() {
  struct sigaction action {};
  action.sa_handler = &ask_to_stop;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < signals_.size(); ++i) sigaction(signals_[i], &action, &before_[i]);
  if (before_.front().sa_handler == &ask_to_stop) return;  // within another
  is_stop_asked = false;
  last_signal = n_signals = 0;
}

StopOnSignal::~StopOnSignal() {
  for (std::size_t i = 0; i < signals_.size(); ++i) sigaction(signals_[i], &before_[i], nullptr);
}

const std::atomic<bool>& StopOnSignal::flag() const { return is_stop_asked; }
int StopOnSignal::last() const { return last_signal; }
int StopOnSignal::count() const { return n_signals; }

}  // namespace assay::cli
