#include "datasets/image_files.h"

#include <algorithm>

#include "core/error.h"
#include "core/io/files.h"
#include "datasets/files.h"

namespace assay::datasets {
namespace {

constexpr int deepest = 16;

void find_images(const std::string& folder, const std::string& within, int depth,
                 std::vector<ImageFile>& files) {
  const std::string here = within.empty() ? folder : join_path(folder, within);
  refuse_depth(here, depth);
  for (const std::string& name : list_folder(here)) {
    if (is_hidden(name)) continue;
    const std::string inner = within.empty() ? name : join_path(within, name);
    const std::string path = join_path(folder, inner);
    if (is_folder(path)) {
      find_images(folder, inner, depth + 1, files);
    } else if (is_named_like_an_image(name)) {
      files.push_back({path, inner});
    }
  }
}

}  // namespace

bool is_hidden(const std::string& name) {
  return name.starts_with('.') || name == "Thumbs.db" || name == "desktop.ini";
}

bool is_named_like_an_image(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower.ends_with(".png") || lower.ends_with(".jpg") || lower.ends_with(".jpeg");
}

void refuse_depth(const std::string& folder, int depth) {
  if (depth == deepest) throw Error(Kind::data, problem_in(folder, "is nested too deeply", "is it a link?"));
}

std::vector<ImageFile> images_in(const std::string& input) {
  if (!is_folder(input)) {
    require_file(input);
    return {{input, base_name(input)}};
  }
  std::vector<ImageFile> files;
  find_images(input, "", 0, files);
  if (!files.empty()) return files;
  throw Error(Kind::data,
              problem_in(input, "holds no images", "they are files that end in .png, .jpg or .jpeg"));
}

}  // namespace assay::datasets
