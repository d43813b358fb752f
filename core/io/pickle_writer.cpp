#include "core/io/pickle_writer.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace assay {
namespace {

// Opcodes, by their names in Python's pickletools.
constexpr std::string_view proto_2 = "\x80\x02";
constexpr char mark = '(';
constexpr char tuple = 't';
constexpr char empty_tuple = ')';
constexpr char empty_dict = '}';
constexpr char setitems = 'u';
constexpr char global_of = 'c';
constexpr char reduce = 'R';
constexpr char newobj = '\x81';
constexpr char build = 'b';
constexpr char binpersid = 'Q';
constexpr char binunicode = 'X';
constexpr char binint = 'J';
constexpr std::string_view long1_of_8_bytes = "\x8a\x08";
constexpr char newtrue = '\x88';
constexpr char newfalse = '\x89';
constexpr char stop = '.';

/// Elements from one place to the next along each axis, as PyTorch counts them where a size is 0.
std::vector<std::int64_t> strides_of(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * std::max<std::int64_t>(shape[axis], 1);
  }
  return strides;
}

}  // namespace

void PickleWriter::boolean(bool value) { out_ += value ? newtrue : newfalse; }

void PickleWriter::integer(std::int64_t value) {
  if (value == static_cast<std::int32_t>(value)) {
    out_ += binint;
    little_endian(static_cast<std::uint64_t>(value), 4);
  } else {
    out_ += long1_of_8_bytes;
    little_endian(static_cast<std::uint64_t>(value), 8);
  }
}

void PickleWriter::text(std::string_view value) {
  out_ += binunicode;
  little_endian(value.size(), 4);
  out_ += value;
}

void PickleWriter::tensor(const Tensor& tensor) {
  global("torch._utils", "_rebuild_tensor_v2");
  begin_tuple();  // what it is made of
  begin_tuple();  // its storage
  text("storage");
  global("torch", std::ranges::find(torch_storages, tensor.dtype, &TorchStorage::dtype)->name);
  text(assay::text(tensor.storage));
  text("cpu");
  integer(element_count(tensor.shape));
  end_tuple();
  out_ += binpersid;
  integer(0);  // where it begins in its storage
  integers(tensor.shape);
  integers(strides_of(tensor.shape));
  boolean(tensor.requires_grad);
  empty_ordered_dict();  // no hooks
  end_tuple();
  out_ += reduce;
}

void PickleWriter::begin_tuple() { out_ += mark; }
void PickleWriter::end_tuple() { out_ += tuple; }

void PickleWriter::begin_ordered_dict() {
  empty_ordered_dict();
  out_ += mark;
}
void PickleWriter::end_ordered_dict() { out_ += setitems; }

void PickleWriter::begin_object(std::string_view module, std::string_view name) {
  global(module, name);
  out_ += {empty_tuple, newobj, empty_dict, mark};
}
void PickleWriter::end_object() { out_ += {setitems, build}; }

std::string PickleWriter::finish() {
  std::string bytes(proto_2);
  bytes += std::exchange(out_, {});
  return bytes += stop;
}

void PickleWriter::global(std::string_view module, std::string_view name) {
  out_ += assay::text(global_of, module, '\n', name, '\n');
}

void PickleWriter::empty_ordered_dict() {
  global("collections", "OrderedDict");
  out_ += {empty_tuple, reduce};
}

void PickleWriter::little_endian(std::uint64_t value, std::size_t n_bytes) {
  for (std::size_t i = 0; i < n_bytes; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xFFU);
}

void PickleWriter::integers(const std::vector<std::int64_t>& values) {
  begin_tuple();
  for (const std::int64_t value : values) integer(value);
  end_tuple();
}

}  // namespace assay
