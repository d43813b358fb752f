// Who may include whom, read from layers.txt, and the files of a tree held against it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay::testing {

struct Include {
  int line = 0;
  std::string header;       // as written, without quotes or brackets
  bool is_foreign = false;  // <header>
};

struct SourceFile {
  std::string path;  // from the root of the tree
  std::vector<Include> includes;
};

/// The #include lines of `text`.
SourceFile parse_source(std::string path, std::string_view text);

class IncludeRules {
 public:
  /// text: the grammar is what layers.txt shows. Throws Error (internal) with the line that it does not
  /// understand.
  explicit IncludeRules(std::string_view text);

  /// What `file` includes and may not, a sentence each, with file:line.
  std::vector<std::string> violations(const SourceFile& file) const;
  /// The folders at the root of the tree that hold layers.
  std::set<std::string> roots() const;

 private:
  struct Layer {
    std::string name;
    std::vector<std::string> patterns;
  };
  struct Restriction {
    std::vector<std::string> headers;
    std::vector<std::string> seen_from;  // layers, or patterns of files
  };

  void read_line(const std::vector<std::string>& words);
  std::string layer_of(std::string_view path) const;
  std::set<std::string> reachable(const std::string& layer) const;
  std::string objection_to_foreign(const std::string& header) const;
  std::string objection_to_ours(const std::string& path, const std::string& header) const;
  std::string objection_by_restriction(const std::string& path, const std::string& header) const;

  std::vector<Layer> layers_;
  std::map<std::string, std::vector<std::string>> edges_;
  std::vector<std::string> apart_;
  std::vector<Restriction> restrictions_;
  std::vector<std::string> system_;
};

}  // namespace assay::testing
