#include "datasets/images.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/io/files.h"
#include "core/io/user_cache.h"
#include "core/text.h"
#include "datasets/resize.h"
#include "registry/contracts/legend.h"

namespace assay::datasets {
namespace {

constexpr std::size_t max_image_problems = 10;
constexpr std::size_t max_named = 3;

std::string size_text(const ImageHeader& header) { return text(header.height, " x ", header.width); }

// "row 3 (from 0), line 5 of list.csv"
std::string row_text(std::size_t row, const ImageLines& lines) {
  return text("row ", row, " (from 0)",
              lines.lines.empty() ? "" : text(", line ", lines.lines[row], " of ", lines.table));
}

void throw_faults(const ImageScan& scan, const ImageLines& lines) {
  std::vector<Problem> problems;
  for (const auto& [place, problem] : scan.faults) {
    if (problems.size() == max_image_problems) break;
    problems.push_back(problem);
    problems.back().notes.push_back(row_text(place, lines));
  }
  if (scan.faults.size() > problems.size())
    problems.back().notes.push_back(text("the same or the like in ", scan.faults.size(), " images"));
  throw_if_any(Kind::data, problems);
}

// Places of the files without a fault.
std::vector<std::size_t> sound_places(const ImageScan& scan) {
  std::vector<std::size_t> places;
  auto fault = scan.faults.begin();
  for (std::size_t i = 0; i < scan.images.size(); ++i) {
    if (fault != scan.faults.end() && fault->first == i) {
      ++fault;
    } else {
      places.push_back(i);
    }
  }
  return places;
}

std::string omission_text(const ImageScan& scan, const std::vector<ImageFile>& files) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(scan.faults.size(), max_named); ++i) {
    names.push_back(printable(files[scan.faults[i].first].name));
  }
  return text("leaves out ", scan.faults.size(), " of ", files.size(),
              " images, which cannot be read: ", join(names, ", "),
              scan.faults.size() > names.size() ? ", ..." : "");
}

template <class T>
std::vector<T> at_places(std::vector<T>&& all, const std::vector<std::size_t>& places) {
  std::vector<T> out;
  for (const std::size_t place : places) out.push_back(std::move(all[place]));
  return out;
}

}  // namespace

std::optional<ArrayView> ImageDataset::column(std::size_t index) const {
  if (index == 0) return std::nullopt;
  return columns_.at(index - 1).view();
}

void ImageDataset::gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const {
  if (index > 0) return Dataset::gather(index, rows, out);
  const auto row_bytes = static_cast<std::size_t>(channels_ * height_ * width_);
  for (const std::int64_t row : rows) {
    read_row(row, out);
    out += row_bytes;
  }
}

void ImageDataset::read_row(std::int64_t row, std::byte* out) const {
  const auto place = static_cast<std::size_t>(row);
  const ImageFile& file = files_.at(place);
  try {
    Array image = decode_image(read_file(file.path), channels_, file.path);
    if (is_scaled_) image = fitted(image, height_, width_, fit_);
    if (image.shape() != facts_.columns[0].shape) {
      throw Error(Kind::data, problem_in(file.path, "has changed since the start: it is of another size now",
                                         "start again, and leave the data alone meanwhile"));
    }
    std::memcpy(out, image.data(), image.bytes());
  } catch (const Error& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) problem.notes.push_back(row_text(place, lines_));
    throw Error(error.kind(), std::move(problems));
  }
}

std::vector<std::size_t> ImageDataset::take_images(const std::string& folder, std::vector<ImageFile> files,
                                                   ImageLines lines, const ImageOptions& options,
                                                   const Needs& needs) {
  const bool skips = options.on_error == "skip" && needs.is_labelled;
  ImageScan scan = scan_images(files, skips, user_cache());
  if (!skips) throw_faults(scan, lines);
  std::vector<std::size_t> places = sound_places(scan);
  if (places.empty()) {
    throw Error(Kind::data, problem_in(folder, text("no image can be read: ", files.size(), " are left out"),
                                       "set `on_error: fail` to see what is wrong with them"));
  }
  if (!scan.faults.empty()) facts_.omissions.push_back(omission_text(scan, files));
  files_ = at_places(std::move(files), places);
  lines_.table = std::move(lines.table);
  if (!lines.lines.empty()) lines_.lines = at_places(std::move(lines.lines), places);
  scan.images = at_places(std::move(scan.images), places);
  choose_channels(
      scan, needs.legend == nullptr ? options.channels : text(needs.legend->inputs.front().shape.front()));
  choose_size(scan, options);
  if (needs.legend != nullptr) expect_known_size(scan, *needs.legend);
  if (!needs.is_labelled) {
    for (const ImageFile& file : files_) facts_.row_names.push_back(file.name);
  }
  facts_.files.push_back(manifest_of(folder, files_, scan.images));
  facts_.rows = std::ssize(files_);
  facts_.columns.push_back({"x", Dtype::u8, {channels_, height_, width_}});
  return places;
}

void ImageDataset::choose_channels(const ImageScan& scan, const std::string& written) {
  if (written != "auto") {
    channels_ = written == "1" ? 1 : 3;
    return;
  }
  const bool are_grey = std::all_of(scan.images.begin(), scan.images.end(),
                                    [](const ScannedImage& image) { return image.header.is_grey; });
  channels_ = are_grey ? 1 : 3;
}

void ImageDataset::choose_size(const ImageScan& scan, const ImageOptions& options) {
  fit_ = options.fit;
  is_scaled_ = options.size.has_value();
  const ImageHeader& first = scan.images.front().header;
  height_ = is_scaled_ ? (*options.size)[0] : first.height;
  width_ = is_scaled_ ? (*options.size)[1] : first.width;
  if (is_scaled_) return;
  const auto is_other = [&](const ScannedImage& image) {
    return image.header.height != height_ || image.header.width != width_;
  };
  const auto other = std::find_if(scan.images.begin(), scan.images.end(), is_other);
  if (other == scan.images.end()) return;
  const auto count = std::count_if(scan.images.begin(), scan.images.end(), is_other);
  const auto place = static_cast<std::size_t>(other - scan.images.begin());
  throw Error(
      Kind::data,
      problem_in(files_[place].path,
                 text("is ", size_text(other->header), ", but ", files_[0].path, " is ", size_text(first),
                      "; ", count, " of ", scan.images.size(), " images differ from that"),
                 text("set `size: [", height_, ", ", width_,
                      "]` or another [height, width]: every image is scaled to it, stretched, or "
                      "with `fit: crop` cut to its middle")));
}

void ImageDataset::expect_known_size(const ImageScan& scan, const DataLegend& legend) const {
  const std::vector<std::int64_t>& known = legend.inputs.front().shape;
  if (std::vector{channels_, height_, width_} == known) return;
  throw Error(Kind::data, problem_in(files_.front().path,
                                     text("is ", size_text(scan.images.front().header),
                                          ", but the model takes images of ", known[1], " x ", known[2]),
                                     "scale the images, or train with `size`, which scales what is read"));
}

void ImageDataset::add_column(std::string name, Array values, std::vector<std::string> names) {
  ASSAY_ASSERT(values.shape().front() == facts_.rows);
  facts_.columns.push_back({std::move(name),
                            values.dtype(),
                            {values.shape().begin() + 1, values.shape().end()},
                            std::move(names)});
  columns_.push_back(std::move(values));
}

}  // namespace assay::datasets
