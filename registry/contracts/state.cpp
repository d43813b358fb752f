#include "registry/contracts/state.h"

#include <cstring>

#include "core/error.h"
#include "core/text.h"

namespace assay {

StateWriter StateWriter::scope(std::string_view name) const {
  return StateWriter(state_, assay::text(prefix_, name, '/'));
}

void StateWriter::array(std::string_view name, const ArrayView& view, std::shared_ptr<const void> owner) {
  state_.push_back({assay::text(prefix_, name), view, std::move(owner)});
}

void StateWriter::array(std::string_view name, const Array& array) {
  auto owner = std::make_shared<const Array>(array);
  const ArrayView view = owner->view();
  state_.push_back({assay::text(prefix_, name), view, std::move(owner)});
}

namespace {

template <class T>
Array scalar_array(T value) {
  Array array(dtype_of<T>(), {});
  *array.as<T>() = value;
  return array;
}

}  // namespace

void StateWriter::integer(std::string_view name, std::int64_t value) { array(name, scalar_array(value)); }

void StateWriter::real(std::string_view name, double value) { array(name, scalar_array(value)); }

void StateWriter::text(std::string_view name, std::string_view value) {
  Array bytes(Dtype::u8, {static_cast<std::int64_t>(value.size())});
  if (!value.empty()) std::memcpy(bytes.data(), value.data(), value.size());
  array(name, bytes);
}

StateReader StateReader::scope(std::string_view name) const {
  return StateReader(state_, assay::text(prefix_, name, '/'));
}

const StateEntry* StateReader::find(std::string_view name) const {
  const std::string full = assay::text(prefix_, name);
  for (const StateEntry& entry : state_) {
    if (entry.name == full) return &entry;
  }
  return nullptr;
}

bool StateReader::has(std::string_view name) const { return find(name) != nullptr; }

std::vector<std::string> StateReader::names() const {
  std::vector<std::string> out;
  for (const StateEntry& entry : state_) {
    if (entry.name.starts_with(prefix_)) out.push_back(entry.name.substr(prefix_.size()));
  }
  return out;
}

const ArrayView& StateReader::array(std::string_view name) const {
  const StateEntry* entry = find(name);
  if (!entry) throw Error(Kind::store, assay::text("the checkpoint has no ", prefix_, name));
  return entry->view;
}

const ArrayView& StateReader::array(std::string_view name, Dtype dtype,
                                    const std::vector<std::int64_t>& shape) const {
  const ArrayView& view = array(name);
  if (view.dtype != dtype || view.shape != shape) {
    throw Error(Kind::store,
                assay::text("the checkpoint's ", prefix_, name, " is ", to_string(view.dtype), ' ',
                            shape_text(view.shape), ", expected ", to_string(dtype), ' ', shape_text(shape)));
  }
  return view;
}

std::int64_t StateReader::integer(std::string_view name) const {
  return *array(name, Dtype::i64, {}).as<std::int64_t>();
}

double StateReader::real(std::string_view name) const { return *array(name, Dtype::f64, {}).as<double>(); }

std::string StateReader::text(std::string_view name) const {
  const ArrayView& view = array(name);
  if (view.dtype != Dtype::u8 || view.shape.size() != 1) {
    throw Error(Kind::store, assay::text("the checkpoint's ", prefix_, name, " is no text"));
  }
  return {reinterpret_cast<const char*>(view.data), view.bytes()};
}

}  // namespace assay
