// Makes what others have written survive a power cut.
#pragma once

#include <string>

namespace assay {

/// fsync(2) of a file, or of a folder: of the names in it. Whoever wrote there may be gone. Throws
/// Kind::store.
void sync_path(const std::string& path);

}  // namespace assay
