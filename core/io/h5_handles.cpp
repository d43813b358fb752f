#include "core/io/h5_handles.h"

#include "core/error.h"
#include "core/text.h"

namespace assay::h5 {
namespace {

/// Keeps the description of the first, innermost error.
herr_t remember_first(unsigned depth, const H5E_error2_t* error, void* out) {
  if (depth == 0 && error->desc) *static_cast<std::string*>(out) = error->desc;
  return 0;
}

Type float16_type(const Caller& caller, size_t exponent_bits, size_t mantissa_bits) {
  constexpr size_t sign_bit = 15;
  const size_t bias = (size_t{1} << (exponent_bits - 1U)) - 1U;
  Type type(caller.checked(H5Tcopy(H5T_IEEE_F32LE), "a 16-bit type"));
  caller.checked(H5Tset_fields(type.get(), sign_bit, mantissa_bits, exponent_bits, 0, mantissa_bits),
                 "a 16-bit type");
  caller.checked(H5Tset_size(type.get(), 2), "a 16-bit type");
  caller.checked(H5Tset_ebias(type.get(), bias), "a 16-bit type");
  return type;
}

/// As h5py stores and reads booleans.
Type boolean_type(const Caller& caller) {
  Type type(caller.checked(H5Tenum_create(H5T_STD_I8LE), "a boolean type"));
  const signed char no = 0;
  const signed char yes = 1;
  caller.checked(H5Tenum_insert(type.get(), "FALSE", &no), "a boolean type");
  caller.checked(H5Tenum_insert(type.get(), "TRUE", &yes), "a boolean type");
  return type;
}

}  // namespace

std::unique_lock<std::mutex> lock() {
  static std::mutex mutex;
  static std::once_flag once;
  std::unique_lock<std::mutex> held(mutex);
  std::call_once(once, [] {
    H5dont_atexit();
    H5PLset_loading_state(0);
  });
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // per thread: HDF5 prints nothing itself
  return held;
}

void fail(const std::string& file, std::string_view what) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, &remember_first, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw Error(Kind::store,
              Problem{Where::path(file), {}, text(what, reason.empty() ? "" : ": ", reason), {}});
}

Type type_of(const Caller& caller, Dtype dtype) {
  const auto copy = [&](hid_t type) { return Type(caller.checked(H5Tcopy(type), "a number type")); };
  switch (dtype) {
    case Dtype::boolean:
      return boolean_type(caller);
    case Dtype::u8:
      return copy(H5T_STD_U8LE);
    case Dtype::i8:
      return copy(H5T_STD_I8LE);
    case Dtype::i16:
      return copy(H5T_STD_I16LE);
    case Dtype::i32:
      return copy(H5T_STD_I32LE);
    case Dtype::i64:
      return copy(H5T_STD_I64LE);
    case Dtype::f16:
      return float16_type(caller, 5, 10);
    case Dtype::bf16:
      return float16_type(caller, 8, 7);
    case Dtype::f32:
      return copy(H5T_IEEE_F32LE);
    case Dtype::f64:
      return copy(H5T_IEEE_F64LE);
  }
  fail(caller.file(), "a number type that is not known");
}

Type text_type(const Caller& caller) {
  Type type(caller.checked(H5Tcopy(H5T_C_S1), "a text type"));
  caller.checked(H5Tset_size(type.get(), H5T_VARIABLE), "a text type");
  caller.checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "a text type");
  return type;
}

Dtype dtype_of_type(const Caller& caller, hid_t type, const std::string& path) {
  for (const Dtype dtype : {Dtype::boolean, Dtype::u8, Dtype::i8, Dtype::i16, Dtype::i32, Dtype::i64,
                            Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
    if (H5Tequal(type, type_of(caller, dtype).get()) > 0) return dtype;
  }
  throw Error(Kind::store,
              Problem{Where::path(caller.file()), {}, text(path, " holds no numbers that assay stores"), {}});
}

}  // namespace assay::h5
