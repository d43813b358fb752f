// `assay show`: a config with everything that it implies.
#include <algorithm>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/config/minimal.h"
#include "runner/config/to_yaml.h"

namespace assay::cli {
namespace {

constexpr std::size_t widest_value = 48;  // comments of longer lines stand out of line

std::string without_newline(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string yaml_line(const std::string& key, const Json& value) {
  Json map = Json::map();
  map.set(key, value);
  return without_newline(to_yaml(map));
}

/// `key:` without a value, quoted if it must be.
std::string yaml_key(const std::string& key) {
  std::string line = yaml_line(key, Json(0));
  line.pop_back();
  return std::string(trim(line));
}

bool holds_maps(const Json& list) {
  return std::any_of(list.items().begin(), list.items().end(),
                     [](const Json& item) { return item.is_map(); });
}

/// A config as YAML in block style, a value a line, with the place that it came from as a comment.
class SourcedYaml {
 public:
  explicit SourcedYaml(const Json& provenance) : provenance_(provenance) {}

  std::string text_of(const Json& config) {
    map(config, "", "", "");
    std::size_t width = 0;
    for (const Line& line : lines_) {
      if (line.value.size() <= widest_value && !line.comment.empty())
        width = std::max(width, line.value.size());
    }
    std::string out;
    for (const Line& line : lines_) {
      out += line.value;
      if (!line.comment.empty()) {
        out.append(line.value.size() < width ? width - line.value.size() : 0, ' ')
            .append("  # ")
            .append(line.comment);
      }
      out += '\n';
    }
    return out;
  }

 private:
  struct Line {
    std::string value;
    std::string comment;
  };

  /// `first` begins the first line instead of `indent`: the dash of a list's item.
  void map(const Json& node, const std::string& path, const std::string& indent, std::string first) {
    if (first.empty()) first = indent;
    for (const auto& [key, value] : node.entries()) {
      const std::string below = path.empty() ? key : path + '.' + key;
      if (value.is_map() && !value.entries().empty()) {
        lines_.push_back({first + yaml_key(key), ""});
        map(value, below, indent + "  ", "");
      } else if (value.is_list() && holds_maps(value)) {
        lines_.push_back({first + yaml_key(key), ""});
        list(value, below, indent + "  ");
      } else {
        lines_.push_back({first + leaf(key, value), source_of(below)});
      }
      first = indent;
    }
  }

  void list(const Json& node, const std::string& path, const std::string& indent) {
    for (std::size_t i = 0; i < node.items().size(); ++i) {
      const Json& item = node.items()[i];
      const std::string below = path + '.' + std::to_string(i);
      if (item.is_map() && !item.entries().empty()) {
        map(item, below, indent + "  ", indent + "- ");
      } else {
        lines_.push_back({indent + "- " + leaf("x", item).substr(3), source_of(below)});
      }
    }
  }

  // A long list takes several lines of its own; here it is one.
  static std::string leaf(const std::string& key, const Json& value) {
    const std::string line = yaml_line(key, value);
    return line.find('\n') == std::string::npos ? line : yaml_key(key) + ' ' + to_text(value);
  }

  // A list of numbers has a place for every item: the first stands for all.
  std::string source_of(const std::string& path) const {
    const Json* source = provenance_.find(path);
    if (source == nullptr) source = provenance_.find(path + ".0");
    return source != nullptr && source->is_text() ? printable(source->text()) : std::string();
  }

  const Json& provenance_;
  std::vector<Line> lines_;
};

class ShowConfig final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Prints the resolved config: every value that was written, that the task implies, and that is a "
        "default. It is a config itself, and means the same run.";
    config_.describe(syntax);
    syntax.choice("--format", {"yaml", "json"}, format_, "yaml (default) or json");
    syntax.flag("--minimal", is_minimal_, "only what was written, by files and on the command line");
    syntax.flag("--sources", has_sources_, "adds a comment to every value: the place it came from");
    syntax.example("assay show configs/digits.yaml", "what will run");
    syntax.example("assay show configs/digits.yaml optimizer.lr=3e-4 --sources", "and who said so");
    syntax.example("assay show configs/digits.yaml > mine.yaml", "a config that leaves nothing implied");
    syntax.example("assay show configs/digits.yaml seed=3 --minimal", "one file out of files and overrides");
  }

  int run(Session& session) override {
    if (has_sources_ && format_ != "yaml")
      throw Error(Kind::usage, "show: --sources is for --format yaml only");
    Registry registry = known_components();
    const LoadedConfig config = config_.load(registry);
    print_problems(session.err, config.warnings);
    const Json shown = is_minimal_ ? minimal_config(config, registry) : config.resolved;
    if (has_sources_) {
      session.out.write(SourcedYaml(config.provenance).text_of(shown));
    } else {
      session.out.write(format_ == "json" ? to_text(shown, 2) + '\n' : to_yaml(shown));
    }
    return 0;
  }

 private:
  ConfigArguments config_;
  std::string format_ = "yaml";
  bool is_minimal_ = false;
  bool has_sources_ = false;
};

}  // namespace

std::unique_ptr<Command> make_show() { return std::make_unique<ShowConfig>(); }

}  // namespace assay::cli
