#include "datasets/image_scan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/io/digest.h"
#include "core/io/file_stamp.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay::datasets {
namespace {

struct Known {
  FileStamp stamp;
  ScannedImage image;
  bool is_decoded = false;
};

// Known images by path, in a file of the cache: a line each, of fields between tabs, the path last.
class ScanCache {
 public:
  /// Of these files; without effect if `folder` is empty.
  ScanCache(const std::string& folder, const std::vector<ImageFile>& files) {
    if (folder.empty() || files.empty()) return;
    std::string all;
    for (const ImageFile& file : files) all += file.path + '\n';
    folder_ = join_path(folder, "images");
    path_ = join_path(folder_, sha256_hex(all).substr(0, 32) + ".tsv");
    read();
  }

  const Known* find(const std::string& path) const {
    const auto found = known_.find(path);
    return found == known_.end() ? nullptr : &found->second;
  }

  void add(const std::string& path, Known known) {
    known_.insert_or_assign(path, std::move(known));
    is_new_ = true;
  }

  /// A cache that cannot be written costs time, nothing else.
  void save() const {
    if (path_.empty() || !is_new_) return;
    std::string lines;
    for (const auto& [path, known] : known_) lines += line_of(path, known);
    try {
      make_folders(folder_);
      publish(path_, lines);
    } catch (const Error&) {
    }
  }

 private:
  static std::string line_of(const std::string& path, const Known& known) {
    const ImageHeader& header = known.image.header;
    return text(known.stamp.bytes, '\t', known.stamp.changed_ns, '\t', known.image.sha256, '\t',
                to_string(header.format), '\t', header.height, '\t', header.width, '\t', header.is_grey, '\t',
                known.is_decoded, '\t', path, '\n');
  }

  static std::optional<Known> parse(const std::vector<std::string>& fields) {
    const auto bytes = parse_integer(fields[0]), changed = parse_integer(fields[1]);
    const auto height = parse_integer(fields[4]), width = parse_integer(fields[5]);
    if (!bytes || !changed || !height || !width || fields[2].size() != 64) return std::nullopt;
    const ImageFormat format = fields[3] == "PNG" ? ImageFormat::png : ImageFormat::jpeg;
    const FileStamp stamp{static_cast<std::uint64_t>(*bytes), *changed};
    return Known{
        stamp, {{format, *height, *width, fields[6] == "true"}, fields[2], stamp.bytes}, fields[7] == "true"};
  }

  void read() {
    const auto content = find_file(path_);
    if (!content) return;
    constexpr std::size_t n_fields = 9;
    for (const std::string& line : split(*content, '\n')) {
      const std::vector<std::string> fields = split(line, '\t');
      if (fields.size() != n_fields) continue;  // a path may hold a tab: such a file is read again
      if (auto known = parse(fields)) known_.insert_or_assign(fields.back(), *std::move(known));
    }
  }

  std::string folder_;
  std::string path_;
  std::map<std::string, Known> known_;
  bool is_new_ = false;
};

ScannedImage scan(const std::string& path, bool decodes) {
  const ReadFile file = read_plain_file(path);
  const ImageHeader header = read_image_header(file.bytes, path);
  check_image(file.bytes, path);
  if (decodes) decode_image(file.bytes, header.is_grey ? 1 : 3, path);
  return {header, file.record.sha256, file.record.bytes};
}

std::uint64_t total_bytes(const std::vector<std::optional<FileStamp>>& stamps) {
  std::uint64_t sum = 0;
  for (const auto& stamp : stamps) sum += stamp ? stamp->bytes : 0;
  return sum;
}

}  // namespace

ImageScan scan_images(const std::vector<ImageFile>& files, bool decodes, const std::string& cache) {
  std::vector<std::optional<FileStamp>> stamps;
  for (const ImageFile& file : files) stamps.push_back(file_stamp(file.path));
  ScanCache known_images(total_bytes(stamps) >= least_cached_bytes ? cache : "", files);
  ImageScan out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Known* known = known_images.find(files[i].path);
    if (known && stamps[i] == known->stamp && (known->is_decoded || !decodes)) {
      out.images.push_back(known->image);
      continue;
    }
    out.images.emplace_back();
    try {
      out.images.back() = scan(files[i].path, decodes);
      if (stamps[i]) known_images.add(files[i].path, {*stamps[i], out.images.back(), decodes});
    } catch (const Error& error) {
      out.faults.emplace_back(i, error.problems().front());
    }
  }
  known_images.save();
  return out;
}

DataFile manifest_of(const std::string& folder, const std::vector<ImageFile>& files,
                     const std::vector<ScannedImage>& images) {
  Sha256 digest;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    digest.add(text(images[i].sha256, "  ", files[i].name, '\n'));
    bytes += images[i].bytes;
  }
  return {folder, hex(digest.finish()), bytes};
}

}  // namespace assay::datasets
