#include "datasets/image_folder.h"

#include <algorithm>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "datasets/image_files.h"
#include "datasets/target.h"

namespace assay::datasets {
namespace {

// Folders of the parts within the collection; empty names where there is none.
struct FolderParts {
  std::string train, valid, test;
  bool are_there() const { return !train.empty() && (!valid.empty() || !test.empty()); }
};

FolderParts find_parts(const std::string& folder) {
  const auto first_of = [&](const std::vector<std::string>& names) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
      return is_folder(join_path(folder, name));
    });
    return found == names.end() ? std::string() : *found;
  };
  return {first_of({"train"}), first_of({"valid", "val", "validation"}), first_of({"test"})};
}

// Numbers by value, else texts by bytes.
void sort_classes(std::vector<std::string>& names) {
  const bool are_numbers = std::all_of(names.begin(), names.end(),
                                       [](const auto& name) { return parse_integer(name).has_value(); });
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return are_numbers ? *parse_integer(a) < *parse_integer(b) : a < b;
  });
}

// Names of the class folders in `folder`.
std::vector<std::string> class_folders(const std::string& folder) {
  std::vector<std::string> classes;
  for (const std::string& name : list_folder(folder)) {
    if (is_hidden(name)) continue;
    const std::string path = join_path(folder, name);
    if (is_folder(path)) {
      classes.push_back(name);
    } else if (is_named_like_an_image(name)) {
      throw Error(Kind::data, problem_in(path, "is an image that lies in no class folder",
                                         "put it into a folder that is named as its class, or list files and "
                                         "labels in a table and use `type: image_list`"));
    }
  }
  sort_classes(classes);
  return classes;
}

class Collection {
 public:
  /// known: the classes that there can be; empty: those that there are.
  Collection(std::string folder, std::vector<std::string> known) : folder_(std::move(folder)) {
    require_folder(folder_);
    const FolderParts parts = find_parts(folder_);
    const bool has_parts = parts.are_there();
    if (has_parts) refuse_others(parts);
    are_known_ = !known.empty();
    classes =
        are_known_ ? std::move(known) : class_folders(has_parts ? join_path(folder_, parts.train) : folder_);
    refuse_few_classes();
    if (!has_parts) {
      add_part({});
      return;
    }
    add_part(parts.train);
    ends.push_back(files.size());
    if (!parts.valid.empty()) add_part(parts.valid);
    ends.push_back(files.size());
    if (!parts.test.empty()) add_part(parts.test);
    ends.push_back(files.size());
  }

  std::vector<std::string> classes;
  std::vector<ImageFile> files;
  std::vector<std::int64_t> labels;
  std::vector<std::size_t> ends;  // of train, valid, test; empty without parts

 private:
  void refuse_others(const FolderParts& parts) const {
    for (const std::string& name : list_folder(folder_)) {
      const bool is_part = name == parts.train || name == parts.valid || name == parts.test;
      if (is_part || is_hidden(name) || !is_folder(join_path(folder_, name))) continue;
      throw Error(Kind::data,
                  problem_in(join_path(folder_, name),
                             text("lies beside the parts ", parts.train, "/ and ",
                                  parts.test.empty() ? parts.valid : parts.test, "/, but is none of them"),
                             "move it elsewhere; parts are train, valid (or val, validation) and test"));
    }
  }

  void refuse_few_classes() const {
    if (classes.size() > 1) return;
    throw Error(Kind::data,
                problem_in(folder_,
                           classes.empty() ? std::string("holds no class folders")
                                           : text("has one class only: '", printable(classes[0]), "'"),
                           "images lie in a folder per class, as cat/1.png and dog/1.png"));
  }

  void add_part(const std::string& part) {
    const std::string folder = part.empty() ? folder_ : join_path(folder_, part);
    for (const std::string& name : class_folders(folder)) {
      const auto known = std::find(classes.begin(), classes.end(), name);
      if (known == classes.end()) {
        throw Error(Kind::data, problem_in(join_path(folder, name),
                                           are_known_ ? "is a class that the model has not seen"
                                                      : "is a class that train does not have",
                                           suggest(name, classes)));
      }
      const std::size_t before = files.size();
      add_files(part.empty() ? name : join_path(part, name), 0);
      if (files.size() == before) {
        throw Error(Kind::data, problem_in(join_path(folder, name), "holds no images",
                                           "put some there, or remove the folder"));
      }
      labels.resize(files.size(), known - classes.begin());
    }
  }

  void add_files(const std::string& within, int depth) {
    const std::string folder = join_path(folder_, within);
    refuse_depth(folder, depth);
    for (const std::string& name : list_folder(folder)) {
      if (is_hidden(name)) continue;
      const std::string inner = join_path(within, name);
      if (is_folder(join_path(folder_, inner))) {
        add_files(inner, depth + 1);
      } else {
        files.push_back({join_path(folder_, inner), inner});
      }
    }
  }

  std::string folder_;
  bool are_known_ = false;
};

// Rows of the parts, of those files that were taken.
SplitRows rows_of_parts(const std::vector<std::size_t>& ends, const std::vector<std::size_t>& taken) {
  SplitRows out;
  for (std::size_t row = 0; row < taken.size(); ++row) {
    auto& part = taken[row] < ends[0] ? out.train : taken[row] < ends[1] ? out.valid : out.test;
    part.push_back(static_cast<std::int64_t>(row));
  }
  return out;
}

}  // namespace

DatasetOutline ImageFolderParams::outline() const {
  const FolderParts parts = find_parts(folder.text);
  if (!parts.are_there()) {
    return {
        Task::Kind::classification,
        Json(Json::Map{
            {"type", "fractions"}, {"train", "70%"}, {"valid", "15%"}, {"test", "15%"}, {"stratify", true}})};
  }
  // The last rows of train are all of one class.
  return {Task::Kind::classification,
          Json(Json::Map{{"type", "official"}, {"valid", Json(Json::Map{{"random", "10%"}})}})};
}

ImageFolder::ImageFolder(const Params& params, const Needs& needs) {
  if (!needs.is_labelled) {
    take_images(needs.input, images_in(needs.input), {}, params, needs);
    return;
  }
  const std::string& folder = needs.input.empty() ? params.folder.text : needs.input;
  Collection found(folder, known_classes({}, needs));
  const std::vector<std::size_t> taken = take_images(folder, std::move(found.files), {}, params, needs);
  std::vector<std::int64_t> labels;
  for (const std::size_t place : taken) labels.push_back(found.labels[place]);
  facts_.task = {Task::Kind::classification, std::ssize(found.classes), std::move(found.classes)};
  add_column("y", Array::of(labels));
  if (!found.ends.empty()) official_ = rows_of_parts(found.ends, taken);
}

}  // namespace assay::datasets
