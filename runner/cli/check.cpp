// `assay check`: everything that can be decided before a run, all problems at once. Loads no LibTorch.
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/summary_text.h"
#include "runner/config/provenance.h"
#include "runner/prepare/prepare.h"

namespace assay::cli {
namespace {

Json problems_json(const std::vector<Problem>& problems) {
  Json list = Json::list();
  for (const Problem& problem : problems) list.push(to_json(problem));
  return list;
}

Json checked_json(const Prepared& prepared, const std::vector<Problem>& warnings) {
  Json rows = Json::map();
  rows.set("train", static_cast<std::int64_t>(prepared.rows.train.size()));
  rows.set("valid", static_cast<std::int64_t>(prepared.rows.valid.size()));
  rows.set("test", static_cast<std::int64_t>(prepared.rows.test.size()));
  Json json = Json::map();
  json.set("ok", true);
  json.set("problems", problems_json(warnings));
  json.set("rows", std::move(rows));
  json.set("task", describe(prepared.facts.task));
  json.set("parameters", parameter_count(prepared));
  json.set("layers", layers_json(prepared));
  json.set("groups", groups_json(prepared));
  json.set("memory_bytes", memory_json(prepared.memory));
  return json;
}

/// Warnings are those of the config, then those of the data.
Prepared prepare_data(const LoadedConfig& config, std::vector<Problem>& warnings) {
  warnings = config.warnings;
  try {
    return prepare(config.experiment, builtin_implementations(),
                   data_roots(config.experiment, shipped_data()), warnings);
  } catch (const Error& error) {
    throw placed(error, config.composed);
  }
}

class Check final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Checks everything about an experiment that can be decided before it runs: the config, every "
        "component and its parameters, the data, and whether the model fits it. All problems are reported "
        "at once, each with its place. Nothing is written.";
    config_.describe(syntax);
    syntax.flag(
        "--summary", has_summary_,
        "the model's layers with shapes and parameters, the optimizer's groups, and the memory it takes");
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay check configs/digits.yaml", "is it right?");
    syntax.example("assay check configs/digits.yaml model.hidden='[512, 256]' --summary",
                   "and how large would it be?");
  }

  int run(Session& session) override {
    if (format_ == "json") return print_json(session);
    std::vector<Problem> warnings;
    const Registry registry = builtin_registry();
    const LoadedConfig config = config_.load(registry);
    const Prepared prepared = prepare_data(config, warnings);
    print_problems(session.err, warnings);
    std::string lines = text(session.out.paint(Style::green, "ok"), "  ", printable(config_.file()), '\n');
    lines += facts_text(plan_facts(config.experiment, prepared), session.out);
    if (has_summary_) lines += summary_text(config.experiment, prepared, session.out);
    session.out.write(lines);
    return 0;
  }

 private:
  /// What a program reads goes to stdout whether or not there are problems; the exit code is the same.
  int print_json(Session& session) const {
    try {
      std::vector<Problem> warnings;
      const Registry registry = builtin_registry();
      const LoadedConfig config = config_.load(registry);
      const Prepared prepared = prepare_data(config, warnings);
      session.out.write(to_text(checked_json(prepared, warnings), 2) + '\n');
      return 0;
    } catch (const Error& error) {
      Json json = Json::map();
      json.set("ok", false);
      json.set("kind", to_string(error.kind()));
      json.set("problems", problems_json(error.problems()));
      session.out.write(to_text(json, 2) + '\n');
      return exit_code(error.kind());
    }
  }

  ConfigArguments config_;
  bool has_summary_ = false;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_check() { return std::make_unique<Check>(); }

}  // namespace assay::cli
