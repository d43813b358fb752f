// Image files in folders: which there are, by their names.
#pragma once

#include <string>
#include <vector>

#include "datasets/image_scan.h"

namespace assay::datasets {

/// What systems and programs leave in folders.
bool is_hidden(const std::string& name);

/// Ends in .png, .jpg or .jpeg, in any case.
bool is_named_like_an_image(const std::string& name);

/// Throws Kind::data for a folder so deep within others that a link must lead in a circle.
void refuse_depth(const std::string& folder, int depth);

/// Rows to predict: the file itself, or all images in the folder and in those below, in order of their names.
/// Throws Kind::data if there are none.
std::vector<ImageFile> images_in(const std::string& input);

}  // namespace assay::datasets
