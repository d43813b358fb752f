// `assay diff`: what two experiments do differently.
#include "runner/config/diff.h"

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/exact_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/table.h"
#include "runner/cli/value_text.h"
#include "runner/config/load.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// Of a component its name: where another one stands, their parameters do not compare.
std::string cell(const std::optional<Json>& value) {
  if (!value) return "-";
  const Json* type = value->find("type");
  return printable(type != nullptr && type->is_text() ? text("{type: ", type->text(), ", ...}")
                                                      : inline_yaml(*value));
}

Json to_json(const std::vector<Difference>& all) {
  Json list = Json::list();
  for (const Difference& each : all) {
    Json one = Json::map();
    one.set("key", each.path);
    if (each.a) one.set("a", *each.a);
    if (each.b) one.set("b", *each.b);
    list.push(std::move(one));
  }
  return Json(Json::Map{{"equal", all.empty()}, {"differences", std::move(list)}});
}

/// A file that is there, or is called like one, is a config; all else is looked up among the runs.
bool is_config(const std::string& name) {
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return true;
  return exists(name) && !is_folder(name) && !name.ends_with(".h5") && !name.ends_with(".json");
}

class Diff final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Compares two configs, two runs, or one of each, by what they mean: defaults count as if they were "
        "written, the "
        "order of keys and comments do not count. With --exact, two runs by what they recorded: configs, "
        "every "
        "metric and the final and best checkpoints, bit for bit. Exits with 0 if they are the same, with 8 "
        "if "
        "not.";
    syntax.positional("A", a_, "a config, or a run: its folder, its id or the beginning of it");
    syntax.positional("B", b_, "another one");
    syntax.flag("--exact", is_exact_, "compare what two runs recorded, bit for bit");
    runs_.describe(syntax);
    syntax.repeatable("--config-path", "DIR", config_path_,
                      "a folder with presets, before those of ASSAY_CONFIG_PATH; repeatable");
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay diff configs/digits.yaml mine.yaml", "what did I change?");
    syntax.example("assay diff 3f2a 91c0", "what is different between two runs?");
    syntax.example("assay diff 3f2a configs/digits.yaml", "is the run still that of the config?");
    syntax.example("assay diff --exact 3f2a 3f2a.2", "did the same thing happen twice?");
  }

  int run(Session& session) override {
    if (is_exact_) return compare_records(session);
    Registry registry = known_components();
    const std::vector<Difference> all = differences(resolved(a_, registry), resolved(b_, registry));
    session.out.write(format_ == "json" ? to_text(to_json(all), 2) + '\n' : text_of(all, session.out));
    return all.empty() ? 0 : exit_code(Kind::verdict);
  }

 private:
  int compare_records(Session& session) const {
    const auto folder_of = [this](const std::string& name) {
      if (is_config(name)) throw Error(Kind::usage, text(name, " is a config"), "--exact compares two runs");
      return store::find_run(runs_.path(), name).folder;
    };
    const store::ExactComparison compared = store::compare_exactly(folder_of(a_), folder_of(b_));
    session.out.write(format_ == "json" ? to_text(cli::to_json(compared), 2) + '\n'
                                        : exact_text(compared, a_, b_, session.out));
    return compared.is_identical() ? 0 : exit_code(Kind::verdict);
  }

  Json resolved(const std::string& name, Registry& registry) const {
    if (is_config(name)) {
      const ConfigRequest request{
          .file = name, .config_path = config_path_, .shipped_presets = shipped_configs()};
      return load_with_plugins(request, registry).resolved;
    }
    const store::RunSummary run = store::find_run(runs_.path(), name);
    return store::read_record(run.folder).begin.resolved;
  }

  std::string text_of(const std::vector<Difference>& all, const Output& out) const {
    if (all.empty())
      return text(out.paint(Style::green, "equal"), "  ", printable(a_), "  ", printable(b_), '\n');
    constexpr auto left = Table::Align::left;
    Table table({{"key"}, {printable(a_), left, Table::Fit::cut}, {printable(b_), left, Table::Fit::cut}});
    for (const Difference& each : all) table.row({printable(each.path), cell(each.a), cell(each.b)});
    return table.text(out);
  }

  std::string a_, b_;
  RunsFolder runs_;
  std::vector<std::string> config_path_;
  std::string format_ = "text";
  bool is_exact_ = false;
};

}  // namespace

std::unique_ptr<Command> make_diff() { return std::make_unique<Diff>(); }

}  // namespace assay::cli
