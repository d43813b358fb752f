// What the system said about a file, as an Error in one sentence. For core/io only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// No space left, over quota, or longer than a file may be.
bool is_full(int error);

/// "there is no such file", "cannot be read: permission denied". Kind::data.
[[noreturn]] void fail_read(const std::string& path, int error);
/// "<what>: permission denied". Kind::data.
[[noreturn]] void fail_data(const std::string& path, std::string_view what, int error);
/// "cannot be written: no space left on device (1.4 MiB needed)". Kind::store.
[[noreturn]] void fail_write(const std::string& path, int error, std::uint64_t bytes);
/// "<what>: permission denied". Kind::store.
[[noreturn]] void fail_store(const std::string& path, std::string_view what, int error);

}  // namespace assay
