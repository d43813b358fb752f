// What a file of weights says of itself, where its format has no place for texts but a comment: JSON, one
// map.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::weights {

using Notes = std::vector<std::pair<std::string, std::string>>;

/// Empty without notes. What is too long for a comment is left out from its end.
std::string comment_of(const Notes& notes);
/// Nothing where the comment is somebody else's.
Notes notes_of_comment(std::string_view comment);

}  // namespace assay::weights
