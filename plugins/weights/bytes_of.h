// What readers of weights have in common: bounds, and bytes that stay in their file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/mapped_file.h"
#include "registry/contracts/weights.h"

namespace assay::weights {

/// What to do about a damaged file.
inline constexpr const char* get_again = "get the file again";

/// Throws Kind::data with the file as its place.
[[noreturn]] void refuse(const std::string& path, std::string message, std::string hint = {});

/// Bytes of a shape; nothing for a negative size, or more than there are numbers for.
std::optional<std::uint64_t> checked_bytes(Dtype dtype, const std::vector<std::int64_t>& shape);

/// A tensor that lies in `file` as it is, from `offset` on. The place must be within the file.
NamedTensor tensor_in(std::shared_ptr<const MappedFile> file, std::uint64_t offset, std::string name,
                      Dtype dtype, std::vector<std::int64_t> shape);

/// Memory laid out by strides (in elements), from `storage` on, brought into row-major order. Every element
/// must be within the storage.
Array gathered(const std::byte* storage, Dtype dtype, const std::vector<std::int64_t>& shape,
               const std::vector<std::int64_t>& strides);

/// Strides of an array that lies in row-major order.
std::vector<std::int64_t> row_major_strides(const std::vector<std::int64_t>& shape);

/// What a format calls a type.
struct TypeName {
  std::string_view name;
  Dtype dtype;
};

}  // namespace assay::weights
