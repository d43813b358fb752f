// What went wrong on another thread, for the thread that runs the run: kept there, thrown here.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>

namespace assay::store {

class Failure {
 public:
  /// The first one is kept until it is thrown; one of Kind::fenced comes before all others.
  void keep(std::exception_ptr failure);
  /// Throws what is kept: once, or every time if it is of Kind::fenced. Costs a look at a flag otherwise.
  void rethrow();
  bool is_fenced() const { return is_fenced_; }

 private:
  std::atomic<bool> is_kept_{false};
  std::atomic<bool> is_fenced_{false};
  std::mutex mutex_;
  std::exception_ptr kept_;
};

}  // namespace assay::store
