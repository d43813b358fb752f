// `assay data list`, `data fetch` and `data verify`: data sets that are known byte for byte.
#include <algorithm>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/user_cache.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/published_files.h"
#include "runner/cli/command.h"
#include "runner/cli/published_data.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/table.h"
#include "runner/prepare/prepare.h"

namespace assay::cli {
namespace {

/// Where a data set is looked for.
std::vector<std::string> roots_of(const std::string& root) { return data_roots(root, shipped_data()); }

struct Place {
  std::int64_t n_found = 0;
  std::string folder;  // of the first file; empty if there is none
};

Place place_of(const Publication& publication, const std::vector<std::string>& roots) {
  Place place;
  for (const auto& path : find_files(publication, roots)) {
    if (!path) continue;
    if (place.n_found++ == 0) place.folder = parent_folder(*path);
  }
  return place;
}

/// Where it would come from.
std::string origin_of(const Publication& publication) {
  if (publication.archive) return publication.archive->url;
  const std::vector<std::string>& urls = publication.files.front().urls;
  return urls.empty() ? publication.place : parent_folder(urls.front());
}

std::string state_of(const Publication& publication, const Place& place) {
  const auto n_files = std::ssize(publication.files);
  if (place.n_found == 0) return "missing";
  return place.n_found < n_files ? "partly" : "here";
}

std::string list_text(const std::vector<Publication>& all, const std::vector<std::string>& roots,
                      const Output& out) {
  Table table({{"data set"},
               {"size", Table::Align::right},
               {"licence", Table::Align::left, Table::Fit::wrap},
               {"lies in", Table::Align::left, Table::Fit::cut},
               {"comes from", Table::Align::left, Table::Fit::drop}});
  for (const Publication& one : all) {
    const Place place = place_of(one, roots);
    const std::string found =
        place.n_found == 0 ? "-"
        : place.n_found < std::ssize(one.files)
            ? text(printable(place.folder), " (", place.n_found, " of ", one.files.size(), " files)")
            : printable(place.folder);
    table.row({one.name, bytes_text(size_of(one)), one.licence, found,
               one.ships ? "ships with assay" : origin_of(one)});
  }
  return table.text(out);
}

std::string list_json(const std::vector<Publication>& all, const std::vector<std::string>& roots) {
  Json list = Json::list();
  for (const Publication& one : all) {
    const Place place = place_of(one, roots);
    Json entry = Json::map();
    entry.set("name", one.name);
    entry.set("title", one.title);
    entry.set("bytes", static_cast<std::int64_t>(size_of(one)));
    entry.set("files", std::ssize(one.files));
    entry.set("licence", one.licence);
    entry.set("ships", one.ships);
    entry.set("state", state_of(one, place));
    entry.set("folder", place.folder.empty() ? Json() : Json(place.folder));
    entry.set("origin", origin_of(one));
    list.push(std::move(entry));
  }
  return to_text(list, 2) + '\n';
}

class DataList final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Lists the data sets that are known byte for byte: how large they are, under which licence, where "
        "they "
        "lie here and where they come from.";
    syntax.choice("--format", {"table", "json"}, format_, "table (default) or json");
    syntax.example("assay data list", "what there is");
    syntax.example("assay data fetch mnist", "then: gets one of them");
  }

  int run(Session& session) override {
    const std::vector<Publication> all = published_data(builtin_registry());
    const std::vector<std::string> roots = roots_of({});
    session.out.write(format_ == "json" ? list_json(all, roots) : list_text(all, roots, session.out));
    return 0;
  }

 private:
  std::string format_ = "table";
};

class DataFetch final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Downloads published data sets, by https. A file gets its name once its checksum has been compared; "
        "an "
        "interrupted download goes on where it ended. What is here already is not fetched again.";
    syntax.rest("NAME", names_, "data sets of `assay data list`; uci stands for all of uci/...");
    syntax.option("--to", "DIR", root_, "a data folder (default: the user's cache)");
    syntax.example("assay data fetch mnist fashion_mnist", "both, into the user's cache");
    syntax.example("assay data fetch uci --to /data", "for ASSAY_DATA=/data");
  }

  int run(Session& session) override {
    if (names_.empty()) {
      throw Error(Kind::usage, "data fetch: say which data sets", "`assay data list` lists them");
    }
    const std::string root = root_.empty() ? user_cache() : absolute_path(root_);
    if (root.empty()) {
      throw Error(Kind::usage, "data fetch: there is no cache, as neither XDG_CACHE_HOME nor HOME is set",
                  "say where to: --to DIR");
    }
    std::vector<Problem> problems;
    for (const Publication& one : chosen(published_data(builtin_registry()), names_, "data fetch")) {
      try {
        fetch_one(one, root, session.err);
      } catch (const Error& error) {
        if (error.kind() != Kind::data) throw;
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
      }
    }
    throw_if_any(Kind::data, problems);
    return 0;
  }

 private:
  static void fetch_one(const Publication& publication, const std::string& root, Output& err) {
    if (publication.ships) {
      err.write(text(publication.name, ": ships with assay\n"));
    } else {
      fetch(publication, root, err);
    }
  }

  std::vector<std::string> names_;
  std::string root_;
};

class DataVerify final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about = "Reads the files of published data sets again and compares their checksums.";
    syntax.rest("NAME", names_, "data sets of `assay data list` (default: all that are here)");
    syntax.option("--root", "DIR", root_, "a data folder to look in first");
    syntax.example("assay data verify", "all that are here");
    syntax.example("assay data verify mnist", "one of them");
  }

  int run(Session& session) override {
    const std::vector<Publication> all = published_data(builtin_registry());
    const std::vector<std::string> roots = roots_of(root_);
    std::vector<Problem> problems;
    for (const Publication& one : names_.empty() ? all : chosen(all, names_, "data verify")) {
      verify(one, roots, session.out, problems);
    }
    throw_if_any(Kind::data, problems);
    return 0;
  }

 private:
  void verify(const Publication& publication, const std::vector<std::string>& roots, Output& out,
              std::vector<Problem>& problems) const {
    const Place place = place_of(publication, roots);
    if (place.n_found == 0 && names_.empty()) return;
    const auto n_missing = std::ssize(publication.files) - place.n_found;
    if (n_missing > 0) {
      problems.push_back({{},
                          {},
                          text(publication.title, ": ", n_missing, " of ",
                               count_text(std::ssize(publication.files), "file"), " are missing"),
                          how_to_get(publication)});
    }
    std::vector<Problem> found = differences(publication, roots);
    if (found.empty() && n_missing == 0) {
      out.write(text(publication.name, ": ", count_text(place.n_found, "file"), " in ",
                     printable(place.folder), ", as published\n"));
    }
    std::move(found.begin(), found.end(), std::back_inserter(problems));
  }

  std::vector<std::string> names_;
  std::string root_;
};

}  // namespace

std::unique_ptr<Command> make_data_list() { return std::make_unique<DataList>(); }
std::unique_ptr<Command> make_data_fetch() { return std::make_unique<DataFetch>(); }
std::unique_ptr<Command> make_data_verify() { return std::make_unique<DataVerify>(); }

}  // namespace assay::cli
