// Writes pickles of tensors as PyTorch does: opcodes of protocol 2, without a memo. Beside the tensors' bytes
// in a zip file (core/io/zip_writer.h) that is what torch.load and torch.jit.load take. Source: Python's
// pickletools; torch/csrc/jit/serialization/pickler.cpp.
//
//   PickleWriter pickle;
//   pickle.begin_ordered_dict();
//   pickle.text("layers.0.weight");
//   pickle.tensor({.storage = 0, .dtype = Dtype::f32, .shape = {128, 64}});
//   pickle.end_ordered_dict();
//   const std::string bytes = pickle.finish();
//
// A pickle is one value; what is between begin and end are that value's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace assay {

/// What PyTorch calls the storage of a type, in its module `torch`.
struct TorchStorage {
  std::string_view name;
  Dtype dtype;
};
inline constexpr std::array<TorchStorage, 10> torch_storages = {{{"BoolStorage", Dtype::boolean},
                                                                 {"ByteStorage", Dtype::u8},
                                                                 {"CharStorage", Dtype::i8},
                                                                 {"ShortStorage", Dtype::i16},
                                                                 {"IntStorage", Dtype::i32},
                                                                 {"LongStorage", Dtype::i64},
                                                                 {"HalfStorage", Dtype::f16},
                                                                 {"BFloat16Storage", Dtype::bf16},
                                                                 {"FloatStorage", Dtype::f32},
                                                                 {"DoubleStorage", Dtype::f64}}};

class PickleWriter {
 public:
  /// A tensor that fills its storage, row-major.
  struct Tensor {
    std::size_t storage = 0;  // by its number, which names the entry of the zip file with the bytes
    Dtype dtype = Dtype::f32;
    std::vector<std::int64_t> shape;
    bool requires_grad = false;
  };

  void boolean(bool value);
  void integer(std::int64_t value);
  /// UTF-8, below 4 GiB.
  void text(std::string_view value);
  void tensor(const Tensor& tensor);

  void begin_tuple();
  void end_tuple();
  /// Keys and values in turn.
  void begin_ordered_dict();
  void end_ordered_dict();
  /// An object of the class `module.name`: its attributes' names and values in turn.
  void begin_object(std::string_view module, std::string_view name);
  void end_object();

  /// The whole pickle; the object then starts anew.
  std::string finish();

 private:
  void global(std::string_view module, std::string_view name);
  void empty_ordered_dict();
  void little_endian(std::uint64_t value, std::size_t n_bytes);
  void integers(const std::vector<std::int64_t>& values);

  std::string out_;
};

}  // namespace assay
