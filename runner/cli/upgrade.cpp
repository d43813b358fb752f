// `assay upgrade`: a config in the words of this version.
#include "runner/config/upgrade.h"

#include <filesystem>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/load.h"

namespace assay::cli {
namespace {

/// Lines that differ, the old one before the new one. Renaming keys keeps the number of lines.
std::string changes_text(const std::string& before, const std::string& after, const Output& out) {
  const std::vector<std::string> old_lines = split(before, '\n');
  const std::vector<std::string> new_lines = split(after, '\n');
  std::string lines;
  for (std::size_t i = 0; i < old_lines.size() && i < new_lines.size(); ++i) {
    if (old_lines[i] == new_lines[i]) continue;
    lines += text(out.paint(Style::red, "-" + printable(old_lines[i])), '\n',
                  out.paint(Style::green, "+" + printable(new_lines[i])), '\n');
  }
  return lines;
}

class UpgradeCommand final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Renames keys of a config that have new names, in its text: comments, order and layout stay. Prints "
        "the lines "
        "that change; the file is touched only with --write. What it extends is upgraded by itself.";
    syntax.positional("CONFIG", file_, "the experiment, a YAML file");
    syntax.flag("--write", writes_, "changes the file");
    syntax.repeatable("--config-path", "DIR", config_path_,
                      "a folder with presets, before those of ASSAY_CONFIG_PATH; repeatable");
    syntax.example("assay upgrade configs/old.yaml", "what would change");
    syntax.example("assay upgrade configs/old.yaml --write", "changes it");
  }

  int run(Session& session) override {
    Registry registry = known_components();
    const LoadedConfig config = load_with_plugins(
        {.file = file_, .config_path = config_path_, .shipped_presets = shipped_configs()}, registry);
    const SourceText& source = config.sources.front();
    const Upgrade made = upgrade(source, config, registry);
    print_problems(session.err, made.problems);
    session.out.write(changes_text(source.text, made.text, session.out));
    if (made.renames.empty()) {
      session.err.write(text(printable(file_), " needs no upgrade\n"));
    } else if (writes_) {
      // A link stays a link.
      publish(std::filesystem::canonical(file_).string(), made.text);
      session.err.write(text("wrote ", printable(file_), '\n'));
    } else {
      session.err.write("nothing was written; --write changes the file\n");
    }
    return 0;
  }

 private:
  std::string file_;
  std::vector<std::string> config_path_;
  bool writes_ = false;
};

}  // namespace

std::unique_ptr<Command> make_upgrade() { return std::make_unique<UpgradeCommand>(); }

}  // namespace assay::cli
