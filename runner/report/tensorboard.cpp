#include "runner/report/tensorboard.h"

#include <bit>
#include <type_traits>

#include "core/io/crc32c.h"

namespace assay::report {
namespace {

// Numbers of fields in tensorflow/core/util/event.proto, core/framework/summary.proto and tensor.proto.
namespace field {
constexpr int event_wall_time = 1;
constexpr int event_step = 2;
constexpr int event_file_version = 3;
constexpr int event_summary = 5;
constexpr int summary_value = 1;
constexpr int value_tag = 1;
constexpr int value_simple = 2;
constexpr int value_tensor = 8;
constexpr int value_metadata = 9;
constexpr int metadata_plugin = 1;
constexpr int plugin_name = 1;
constexpr int tensor_dtype = 1;
constexpr int tensor_shape = 2;
constexpr int tensor_string = 8;
constexpr int shape_dim = 2;
constexpr int dim_size = 1;
}  // namespace field

constexpr std::uint64_t dtype_string = 7;

enum class Wire : unsigned { varint = 0, eight_bytes = 1, length = 2, four_bytes = 5 };

template <class T>
std::string little_endian(T value) {
  static_assert(std::is_unsigned_v<T>);
  std::string out;
  for (std::size_t i = 0; i < sizeof value; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
  return out;
}

/// Seven bits a byte, the lowest first; all but the last have their top bit set.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
  return out + static_cast<char>(value);
}

std::string key(int id, Wire wire) {
  return varint(static_cast<std::uint64_t>(id) << 3U | static_cast<unsigned>(wire));
}

std::string number(int id, std::uint64_t value) { return key(id, Wire::varint) + varint(value); }
std::string real64(int id, double value) {
  return key(id, Wire::eight_bytes) + little_endian(std::bit_cast<std::uint64_t>(value));
}
std::string real32(int id, float value) {
  return key(id, Wire::four_bytes) + little_endian(std::bit_cast<std::uint32_t>(value));
}
std::string block(int id, std::string_view value) {
  return key(id, Wire::length) + varint(value.size()) + std::string(value);
}

/// CRCs of data that hold CRCs are weak, so that TFRecord masks them.
std::uint32_t masked_crc(std::string_view data) {
  constexpr std::uint32_t mask = 0xA282EAD8U;
  return std::rotr(crc32c(data), 15) + mask;
}

}  // namespace

std::string tf_record(std::string_view payload) {
  const std::string length = little_endian(std::uint64_t{payload.size()});
  return length + little_endian(masked_crc(length)) + std::string(payload) +
         little_endian(masked_crc(payload));
}

TensorboardFile::TensorboardFile(double wall_s) {
  event(wall_s, 0, block(field::event_file_version, "brain.Event:2"));
}

void TensorboardFile::event(double wall_s, std::int64_t step, std::string_view rest) {
  bytes_ += tf_record(real64(field::event_wall_time, wall_s) +
                      number(field::event_step, static_cast<std::uint64_t>(step)) + std::string(rest));
}

void TensorboardFile::scalar(std::string_view tag, std::int64_t step, double wall_s, double value) {
  const std::string one =
      block(field::value_tag, tag) + real32(field::value_simple, static_cast<float>(value));
  event(wall_s, step, block(field::event_summary, block(field::summary_value, one)));
}

void TensorboardFile::text(std::string_view tag, double wall_s, std::string_view words) {
  const std::string plugin = block(field::plugin_name, "text");
  const std::string shape = block(field::shape_dim, number(field::dim_size, 1));
  const std::string tensor = number(field::tensor_dtype, dtype_string) + block(field::tensor_shape, shape) +
                             block(field::tensor_string, words);
  const std::string one = block(field::value_tag, tag) + block(field::value_tensor, tensor) +
                          block(field::value_metadata, block(field::metadata_plugin, plugin));
  event(wall_s, 0, block(field::event_summary, block(field::summary_value, one)));
}

}  // namespace assay::report
