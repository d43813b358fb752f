#include "runner/store/staging.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace assay::store {
namespace {

constexpr std::size_t alignment = 64;

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

}  // namespace

void Staging::Free::operator()(std::byte* bytes) const {
  ::operator delete(bytes, std::align_val_t(alignment));
}

void Staging::take(const State& state) {
  std::size_t needed = 0;
  for (const StateEntry& entry : state) needed += aligned(entry.view.bytes());
  state_.clear();
  if (needed > capacity_) {
    bytes_.reset();
    capacity_ = 0;
    bytes_.reset(static_cast<std::byte*>(::operator new(needed, std::align_val_t(alignment))));
    capacity_ = needed;
  }
  std::byte* place = bytes_.get();
  for (const StateEntry& entry : state) {
    const std::size_t size = entry.view.bytes();
    if (size > 0) std::memcpy(place, entry.view.data, size);
    state_.push_back({entry.name, {entry.view.dtype, entry.view.shape, place}, nullptr});
    place += aligned(size);
  }
}

bool Staging::holds(const State& state) const {
  return std::equal(
      state_.begin(), state_.end(), state.begin(), state.end(), [](const StateEntry& a, const StateEntry& b) {
        return a.name == b.name && a.view.dtype == b.view.dtype && a.view.shape == b.view.shape &&
               (a.view.bytes() == 0 || std::memcmp(a.view.data, b.view.data, a.view.bytes()) == 0);
      });
}

}  // namespace assay::store
