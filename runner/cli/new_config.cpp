// `assay new config`: a commented config to begin with.
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/starter.h"

namespace assay::cli {
namespace {

class NewConfig final : public Command {
 public:
  void describe(Syntax& syntax) override {
    std::vector<std::string> names;
    std::string docs;
    for (const Starter& starter : starters()) {
      names.push_back(starter.name);
      docs += text(docs.empty() ? "" : "; ", starter.name, ": ", starter.about);
    }
    syntax.about =
        "Writes a config to begin with: right as it is, on data that ship, with a comment on what to change "
        "for yours.";
    syntax.optional_positional("TASK", task_, docs + " (default classification)");
    syntax.arguments.back().choices = names;
    syntax.option("-o", "FILE", file_, "writes there instead of printing; never over a file that exists");
    syntax.example("assay new config regression -o house.yaml", "then name your table in it");
    syntax.example("assay check house.yaml", "and see whether it is right");
  }

  int run(Session& session) override {
    const std::string config = starter_config(task_, shipped_data());
    if (file_.empty()) {
      session.out.write(config);
      return 0;
    }
    if (!publish_once(file_, config))
      throw Error(Kind::usage, text("new config: ", printable(file_), " is there already"),
                  "choose another name; nothing was written");
    session.err.write(
        text("wrote ", printable(file_), "; now: assay check ", printable(shell_quoted(file_)), '\n'));
    return 0;
  }

 private:
  std::string task_ = "classification";
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_new_config() { return std::make_unique<NewConfig>(); }

}  // namespace assay::cli
