// Handles, calls and types for h5_writer.cpp, h5_reader.cpp and h5_driver.cpp; nothing else includes this.
//
// Every HDF5 call is wrapped in `checked(H5..., "what it is about")`, which turns a failure into an Error.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <hdf5.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>  // file drivers are no part of hdf5.h any more
#endif

#include "core/array.h"

namespace assay::h5 {

template <herr_t (*Close)(hid_t)>
class Handle {  // move-only; a group is not a dataset
 public:
  explicit Handle(hid_t id) noexcept : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) Close(id_);
  }
  hid_t get() const noexcept { return id_; }
  /// For closing with a check.
  hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }

 private:
  hid_t id_;
};

using File = Handle<&H5Fclose>;
using Group = Handle<&H5Gclose>;
using Dataset = Handle<&H5Dclose>;
using Attribute = Handle<&H5Aclose>;
using Object = Handle<&H5Oclose>;
using Space = Handle<&H5Sclose>;
using Type = Handle<&H5Tclose>;
using Properties = Handle<&H5Pclose>;
using Driver = Handle<&H5FDunregister>;

/// Held during any HDF5 call: HDF5 has one global state, and not every build of it locks that itself. The
/// first lock also keeps HDF5 from running code of its own when the process exits, and from loading filters
/// that a file asks for.
[[nodiscard]] std::unique_lock<std::mutex> lock();

/// Throws Kind::store: `what` and the innermost reason on HDF5's error stack, which is cleared.
[[noreturn]] void fail(const std::string& file, std::string_view what);

/// Names a file in messages; everything that HDF5 returns goes through `checked`.
class Caller {
 public:
  explicit Caller(std::string file) : file_(std::move(file)) {}
  const std::string& file() const { return file_; }

  /// Returns `result` unless it says failure, as all negative ones do.
  template <class Result>
  Result checked(Result result, std::string_view what) const {
    if (result < 0) fail(file_, what);
    return result;
  }

 private:
  std::string file_;
};

/// The stored type of a dtype.
Type type_of(const Caller& caller, Dtype dtype);
/// UTF-8 of variable length.
Type text_type(const Caller& caller);
/// The dtype of a stored type. Throws Kind::store if it has none.
Dtype dtype_of_type(const Caller& caller, hid_t type, const std::string& path);

}  // namespace assay::h5
