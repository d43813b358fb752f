// `assay check`: everything that can be decided before a run, all problems at once. Loads no LibTorch.
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/checked.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/summary_text.h"

namespace assay::cli {
namespace {

Json problems_json(const std::vector<Problem>& problems) {
  Json list = Json::list();
  for (const Problem& problem : problems) list.push(to_json(problem));
  return list;
}

Json checked_json(const Checked& checked) {
  const Prepared& prepared = checked.prepared;
  Json rows = Json::map();
  rows.set("train", static_cast<std::int64_t>(prepared.rows.train.size()));
  rows.set("valid", static_cast<std::int64_t>(prepared.rows.valid.size()));
  rows.set("test", static_cast<std::int64_t>(prepared.rows.test.size()));
  Json json = Json::map();
  json.set("ok", true);
  json.set("problems", problems_json(checked.warnings));
  json.set("rows", std::move(rows));
  json.set("task", describe(prepared.facts.task));
  json.set("parameters", parameter_count(prepared));
  json.set("columns", columns_json(prepared));
  json.set("layers", layers_json(prepared));
  json.set("groups", groups_json(prepared));
  json.set("memory_bytes", memory_json(prepared.memory));
  return json;
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
    Registry registry = known_components();
    print_text(session, checked(config_, registry));
    return 0;
  }

 private:
  void print_text(Session& session, const Checked& checked) const {
    print_problems(session.err, checked.warnings);
    std::string lines = text(session.out.paint(Style::green, "ok"), "  ", printable(config_.file()), '\n');
    lines += facts_text(plan_facts(checked.config.experiment, checked.prepared), session.out);
    if (has_summary_) lines += summary_text(checked.config.experiment, checked.prepared, session.out);
    session.out.write(lines);
  }

  /// What a program reads goes to stdout whether or not there are problems; the exit code is the same.
  int print_json(Session& session) const {
    try {
      Registry registry = known_components();
      session.out.write(to_text(checked_json(checked(config_, registry)), 2) + '\n');
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
