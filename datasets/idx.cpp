#include "datasets/idx.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"
#include "datasets/idx_file.h"
#include "datasets/row_range.h"
#include "datasets/target.h"

namespace assay::datasets {
namespace {

struct Part {
  Array images;  // [rows, ...]
  Array labels;  // [rows] i64
};

// [rows, height, width] -> [rows, 1, height, width]: layers for images want channels.
Array with_channels(const Array& images) {
  if (images.shape().size() != 3) return images;
  const auto& shape = images.shape();
  return images.reshaped({shape[0], 1, shape[1], shape[2]});
}

Array read_labels(const ReadFile& file, const std::vector<std::string>& classes) {
  const Array raw = read_idx(file.bytes, file.path);
  const bool is_whole = raw.dtype() != Dtype::f32 && raw.dtype() != Dtype::f64;
  if (raw.shape().size() != 1 || !is_whole) {
    throw Error(Kind::data, problem_in(file.path,
                                       text("labels are ", shape_text(raw.shape()), ' ',
                                            to_string(raw.dtype()), ", must be one whole number a row"),
                                       "are images and labels swapped?"));
  }
  Array labels(Dtype::i64, raw.shape());
  for (std::int64_t row = 0; row < raw.count(); ++row) {
    const auto label = static_cast<std::int64_t>(element(raw, row));
    if (label < 0 || (!classes.empty() && label >= std::ssize(classes))) {
      throw Error(Kind::data,
                  problem_in(file.path,
                             text("label ", row, " (from 0) is ", label, ", must be from 0",
                                  classes.empty() ? "" : text(" to ", std::ssize(classes) - 1)),
                             classes.empty()
                                 ? "correct the file: labels are counted from 0"
                                 : "correct the file, or name a class for each label in dataset.classes"));
    }
    labels.as<std::int64_t>()[row] = label;
  }
  return labels;
}

std::optional<Part> read_part(const IdxPair& pair, const std::vector<std::string>& classes,
                              std::vector<Problem>& problems) {
  try {
    Part part{with_channels(read_idx(pair.images.bytes, pair.images.path)),
              read_labels(pair.labels, classes)};
    const std::int64_t n_images = part.images.shape()[0];
    const std::int64_t n_labels = part.labels.shape()[0];
    if (n_images == n_labels) return part;
    problems.push_back(problem_in(pair.labels.path,
                                  text("has ", count_text(n_labels, "label"), ", but ", pair.images.path,
                                       " has ", count_text(n_images, "image")),
                                  "the two files must belong together"));
  } catch (const Error& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
  return std::nullopt;
}

std::vector<std::int64_t> row_shape(const Array& array) {
  return {array.shape().begin() + 1, array.shape().end()};
}

Array joined(const Array& first, const Array& second) {
  std::vector<std::int64_t> shape = first.shape();
  shape[0] += second.shape()[0];
  Array out(first.dtype(), std::move(shape));
  std::memcpy(out.data(), first.data(), first.bytes());
  std::memcpy(out.data() + first.bytes(), second.data(), second.bytes());
  return out;
}

std::int64_t largest(const Array& labels) {
  const auto* first = labels.as<std::int64_t>();
  return labels.count() == 0 ? -1 : *std::max_element(first, first + labels.count());
}

}  // namespace

DatasetOutline IdxParams::outline() const {
  if (test_images.is_set()) {
    return {Task::Kind::classification,
            Json(Json::Map{{"type", "official"}, {"valid", Json(Json::Map{{"last", "10%"}})}})};
  }
  return {
      Task::Kind::classification,
      Json(Json::Map{
          {"type", "fractions"}, {"train", "70%"}, {"valid", "15%"}, {"test", "15%"}, {"stratify", true}})};
}

void IdxTable::fill(const IdxPair& train, const std::optional<IdxPair>& test,
                    std::vector<std::string> classes) {
  std::vector<Problem> problems;
  std::optional<Part> part = read_part(train, classes, problems);
  const std::optional<Part> held_out = test ? read_part(*test, classes, problems) : std::nullopt;
  if (part && held_out &&
      (row_shape(part->images) != row_shape(held_out->images) ||
       part->images.dtype() != held_out->images.dtype())) {
    problems.push_back(
        problem_in(test->images.path,
                   text("has images of shape ", shape_text(row_shape(held_out->images)), ' ',
                        to_string(held_out->images.dtype()), ", but ", train.images.path, " of shape ",
                        shape_text(row_shape(part->images)), ' ', to_string(part->images.dtype())),
                   "train and test must be of one shape and type"));
  }
  throw_if_any(Kind::data, problems);

  const std::int64_t n_train = part->labels.count();
  if (held_out) {
    *part = {joined(part->images, held_out->images), joined(part->labels, held_out->labels)};
    official_ = SplitRows{rows_between(0, n_train), {}, rows_between(n_train, part->labels.count())};
  }
  const std::int64_t n_classes = classes.empty() ? largest(part->labels) + 1 : std::ssize(classes);
  facts_.task = {Task::Kind::classification, n_classes, std::move(classes)};
  add_column("x", part->images);
  add_column("y", part->labels);
  const auto record = [this](const IdxPair& pair) {
    facts_.files.push_back(pair.images.record);
    facts_.files.push_back(pair.labels.record);
  };
  record(train);
  if (test) record(*test);
}

void IdxTable::fill_input(const Needs& needs) {
  require_unlabelled(
      needs, "`--data train_images=FILE --data train_labels=FILE` names both files of a data set `idx`");
  const ReadFile file = read_data_file(needs.input);
  Array images = read_idx(file.bytes, file.path);
  if (images.shape().empty() || images.shape()[0] == 0)
    throw Error(Kind::data, problem_in(file.path, "holds no rows", "the first axis is the row"));
  add_column("x", with_channels(images));
  facts_.files.push_back(file.record);
}

Idx::Idx(const Params& params, const Needs& needs) {
  if (!needs.input.empty()) {
    fill_input(needs);
    return;
  }
  std::vector<std::string> paths = {params.train_images.text, params.train_labels.text};
  if (params.test_images.is_set())
    paths.insert(paths.end(), {params.test_images.text, params.test_labels.text});
  std::vector<ReadFile> files = read_data_files(paths);
  std::optional<IdxPair> test;
  if (files.size() == 4) test = IdxPair{std::move(files[2]), std::move(files[3])};
  fill({std::move(files[0]), std::move(files[1])}, test, known_classes(params.classes, needs));
}

}  // namespace assay::datasets
