#include "runner/engine/state_bytes.h"

#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace assay::engine {
namespace {

void put_number(std::string& out, std::int64_t value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& out, std::string_view value) {
  put_number(out, static_cast<std::int64_t>(value.size()));
  out.append(value);
}

/// Takes off from the front.
class BytesLeft {
 public:
  explicit BytesLeft(std::string_view bytes) : bytes_(bytes) {}

  std::string_view take(std::size_t count) {
    ASSAY_ASSERT(count <= bytes_.size());
    const std::string_view front = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return front;
  }
  std::int64_t number() {
    std::int64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(static_cast<std::size_t>(number())); }
  bool is_empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string to_bytes(const State& state) {
  std::string out;
  for (const StateEntry& entry : state) {
    put_text(out, entry.name);
    put_number(out, static_cast<std::int64_t>(entry.view.dtype));
    put_number(out, static_cast<std::int64_t>(entry.view.shape.size()));
    for (const std::int64_t size : entry.view.shape) put_number(out, size);
    put_text(out, {reinterpret_cast<const char*>(entry.view.data), entry.view.bytes()});
  }
  return out;
}

State state_of(const std::string& bytes) {
  State state;
  StateWriter out(state);
  BytesLeft left(bytes);
  while (!left.is_empty()) {
    const std::string_view name = left.text();
    ArrayView view{static_cast<Dtype>(left.number()), {}, nullptr};
    view.shape.resize(static_cast<std::size_t>(left.number()));
    for (std::int64_t& size : view.shape) size = left.number();
    view.data = reinterpret_cast<const std::byte*>(left.text().data());
    out.array(name, Array::copy_of(view));
  }
  return state;
}

}  // namespace assay::engine
