#include "runner/cli/published_data.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/io/digest.h"
#include "core/io/fetch.h"
#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/io/tar.h"
#include "core/text.h"
#include "registry/contracts/families.h"
#include "registry/contracts/published_files.h"

namespace assay::cli {
namespace {

/// A packed file may be a little longer than what is in it.
constexpr std::uint64_t packing_bytes = 1U << 20U;

std::string unpacked(std::string bytes, const std::string& path, std::uint64_t most) {
  return is_gzip(bytes) ? gunzip(bytes, path, most) : std::move(bytes);
}

/// What is wrong with a file that is there, if anything.
std::optional<Problem> difference_at(const Publication& publication, const KnownFile& file,
                                     const std::string& path) {
  try {
    return difference_from(publication, file, unpacked(read_file(path), path, file.bytes + packing_bytes),
                           path);
  } catch (const Error& error) {
    return error.problems().front();
  }
}

/// How far a download is: on a terminal one line, redrawn at most ten times a second.
class Meter {
 public:
  Meter(Output& err, std::string what) : err_(err), what_(std::move(what)) {
    if (!err_.is_terminal()) err_.write(what_ + '\n');
  }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  ~Meter() {
    if (err_.is_terminal()) err_.write("\r\x1b[K");
  }

  void show(std::uint64_t done, std::uint64_t total) {
    using Steady = std::chrono::steady_clock;
    if (!err_.is_terminal() || Steady::now() - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = Steady::now();
    const std::string of = total > 0 ? text(" of ", bytes_text(total), ", ", 100 * done / total, "%") : "";
    err_.write(text("\r\x1b[K", what_, ": ", bytes_text(done), of));
  }

 private:
  Output& err_;
  std::string what_;
  std::chrono::steady_clock::time_point shown_;
};

class Fetcher {
 public:
  Fetcher(const Publication& publication, const std::string& root, Output& err)
      : publication_(publication),
        folder_(join_path(root, publication.folders.front())),
        root_(root),
        err_(err) {}

  void run() {
    for (const KnownFile& file : publication_.files) {
      if (!is_here(file)) wanted_.push_back(&file);
    }
    if (wanted_.empty()) {
      err_.write(text(publication_.name, ": is in ", printable(folder_), ", as published\n"));
      return;
    }
    make_folders(folder_);
    if (publication_.archive) {
      fetch_archive(*publication_.archive);
    } else {
      for (const KnownFile* file : wanted_) fetch_file(*file);
    }
    err_.write(text(publication_.name, ": fetched into ", printable(folder_), '\n'));
  }

 private:
  bool is_here(const KnownFile& file) const {
    const auto path = find_published(publication_, file, {root_});
    return path && !difference_at(publication_, file, *path);
  }

  std::string part_of(std::string_view name) const { return join_path(folder_, text('.', name, ".part")); }

  void fetch_file(const KnownFile& file) {
    std::vector<std::string> reasons;
    for (const std::string& url : file.urls) {
      const std::string part = part_of(file.name);
      if (!download(url, part, file.bytes + packing_bytes, reasons)) continue;
      std::string bytes = read_file(part);
      remove_file(part);
      const bool is_packed = is_gzip(bytes);
      if (keep(file, bytes, file.name + (is_packed ? ".gz" : ""), url, reasons)) return;
    }
    give_up(file.name, file.bytes, std::move(reasons));
  }

  void fetch_archive(const KnownArchive& archive) {
    const std::string name = base_name(archive.url);
    const std::string part = part_of(name);
    std::vector<std::string> reasons;
    if (!download(archive.url, part, archive.bytes, reasons))
      give_up(name, archive.bytes, std::move(reasons));
    const std::string bytes = read_file(part);
    remove_file(part);
    if (sha256_hex(bytes) != archive.sha256) {
      reasons.push_back(archive.url + ": is not what was published: wrong checksum");
      give_up(name, archive.bytes, std::move(reasons));
    }
    for_each_in_tar(gunzip(bytes, archive.url), archive.url,
                    [&](const std::string& entry, std::string_view content) { keep_entry(entry, content); });
    for (const KnownFile* file : wanted_) {
      if (!is_here(*file)) give_up(file->name, file->bytes, {archive.url + ": does not hold it"});
    }
  }

  /// Only files that are known are taken out of an archive, under the names that they are known by.
  void keep_entry(const std::string& entry, std::string_view content) {
    for (const KnownFile* file : wanted_) {
      std::vector<std::string> reasons;
      if (base_name(entry) == file->name) keep(*file, std::string(content), file->name, entry, reasons);
    }
  }

  /// Gives a file its name if it is as published; else says why not.
  bool keep(const KnownFile& file, const std::string& bytes, const std::string& name, const std::string& url,
            std::vector<std::string>& reasons) {
    try {
      if (const auto problem =
              difference_from(publication_, file, unpacked(bytes, url, file.bytes + packing_bytes), url)) {
        reasons.push_back(text(url, ": ", problem->message));
        return false;
      }
    } catch (const Error& error) {
      reasons.push_back(text(url, ": ", error.problems().front().message));
      return false;
    }
    publish(join_path(folder_, name), bytes);
    return true;
  }

  bool download(const std::string& url, const std::string& part, std::uint64_t most,
                std::vector<std::string>& reasons) {
    try {
      Meter meter(err_, text("fetching ", url));
      fetch_to(url, part, {most, [&](std::uint64_t done, std::uint64_t total) { meter.show(done, total); }});
      return true;
    } catch (const Error& error) {
      if (error.kind() != Kind::data) throw;
      if (exists(part) && file_size(part) == 0) remove_file(part);  // nothing to go on from
      const Problem& problem = error.problems().front();
      reasons.push_back(problem.hint.empty() ? problem.message
                                             : text(problem.message, " (", problem.hint, ')'));
      return false;
    }
  }

  [[noreturn]] void give_up(std::string_view name, std::uint64_t bytes,
                            std::vector<std::string> reasons) const {
    Problem problem{
        {},
        {},
        text(publication_.title, "'s ", name, " (", bytes_text(bytes), ") could not be fetched"),
        text("get it by hand from ", publication_.place, " and put it, packed or not, into ", folder_),
        std::move(reasons)};
    throw Error(Kind::data, std::move(problem));
  }

  const Publication& publication_;
  std::string folder_;
  std::string root_;
  Output& err_;
  std::vector<const KnownFile*> wanted_;
};

}  // namespace

std::vector<Publication> published_data(const Registry& registry) {
  std::vector<Publication> all;
  for (const ComponentInfo* component : registry.list(DatasetFamily::name)) {
    const auto* facet = std::any_cast<DatasetFacet>(&component->facet);
    if (!facet || !facet->publications) continue;
    for (Publication& publication : facet->publications()) all.push_back(std::move(publication));
  }
  std::sort(all.begin(), all.end(),
            [](const Publication& a, const Publication& b) { return a.name < b.name; });
  return all;
}

std::vector<Publication> chosen(const std::vector<Publication>& all, const std::vector<std::string>& names,
                                const std::string& command) {
  std::vector<Publication> out;
  for (const std::string& name : names) {
    const std::size_t before = out.size();
    std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](const Publication& one) {
      return one.name == name || one.name.starts_with(name + '/');
    });
    if (out.size() > before) continue;
    std::vector<std::string> known;
    for (const Publication& one : all) known.push_back(one.name);
    throw Error(Kind::usage, text(command, ": no published data set '", printable(name), "'"),
                suggest(name, known));
  }
  return out;
}

std::uint64_t size_of(const Publication& publication) {
  std::uint64_t bytes = 0;
  for (const KnownFile& file : publication.files) bytes += file.bytes;
  return bytes;
}

std::vector<std::optional<std::string>> find_files(const Publication& publication,
                                                   const std::vector<std::string>& roots) {
  std::vector<std::optional<std::string>> out;
  for (const KnownFile& file : publication.files) out.push_back(find_published(publication, file, roots));
  return out;
}

std::vector<Problem> differences(const Publication& publication, const std::vector<std::string>& roots) {
  std::vector<Problem> problems;
  for (const KnownFile& file : publication.files) {
    const auto path = find_published(publication, file, roots);
    if (!path) continue;
    if (auto problem = difference_at(publication, file, *path)) problems.push_back(*std::move(problem));
  }
  return problems;
}

void fetch(const Publication& publication, const std::string& root, Output& err) {
  Fetcher(publication, root, err).run();
}

}  // namespace assay::cli
