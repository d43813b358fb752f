#include "runner/store/failure.h"

#include <utility>

#include "core/error.h"

namespace assay::store {
namespace {

bool fences(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.kind() == Kind::fenced;
  } catch (...) {
    return false;
  }
}

}  // namespace

void Failure::keep(std::exception_ptr failure) {
  const bool is_last = fences(failure);
  const std::lock_guard lock(mutex_);
  if (is_fenced_ || (kept_ && !is_last)) return;
  kept_ = std::move(failure);
  is_fenced_ = is_last;
  is_kept_ = true;
}

void Failure::rethrow() {
  if (!is_kept_) return;
  std::exception_ptr failure;
  {
    const std::lock_guard lock(mutex_);
    failure = kept_;
    if (!is_fenced_) {
      kept_ = nullptr;
      is_kept_ = false;
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace assay::store
