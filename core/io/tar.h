// tar files (POSIX.1-1988 ustar), from memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace assay {

/// Calls take(name, content) with every regular file in it, in order; folders, links and notes are passed
/// over. Throws Kind::data, naming the file at `name`, if it is no tar file, cut or damaged.
void for_each_in_tar(std::string_view bytes, const std::string& name,
                     const std::function<void(const std::string& name, std::string_view content)>& take);

}  // namespace assay
