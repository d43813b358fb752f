// `assay schema`: the config language as a JSON Schema, for editors and validators.
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "runner/cli/command.h"
#include "runner/cli/plugins.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/compose.h"
#include "runner/config/json_schema.h"
#include "runner/config/presets.h"

namespace assay::cli {
namespace {

class SchemaCommand final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Prints the config language as a JSON Schema (2020-12): every key, component and rule of this build, "
        "and the "
        "presets that are found. An editor that reads it completes and underlines while one types.";
    syntax.option("-o", "FILE", file_, "writes there instead of printing; replaces what is there");
    syntax.repeatable("--config-path", "DIR", config_path_,
                      "a folder with presets, before those of ASSAY_CONFIG_PATH; repeatable");
    syntax.example("assay schema -o configs/schema.json",
                   "then begin a config with: # yaml-language-server: $schema=schema.json");
  }

  int run(Session& session) override {
    const Registry registry = known_components();
    const PresetNames presets = find_presets(preset_folders(config_path_, ".", shipped_configs()), registry);
    const std::string schema = to_text(json_schema(registry, presets), 2) + '\n';
    if (file_.empty()) {
      session.out.write(schema);
    } else {
      publish(file_, schema);
    }
    return 0;
  }

 private:
  std::string file_;
  std::vector<std::string> config_path_;
};

}  // namespace

std::unique_ptr<Command> make_schema() { return std::make_unique<SchemaCommand>(); }

}  // namespace assay::cli
