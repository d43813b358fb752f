// `assay check`: everything that can be decided before a run, all problems at once. Loads no LibTorch.
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/table.h"
#include "runner/config/provenance.h"
#include "runner/prepare/prepare.h"

namespace assay::cli {
namespace {

constexpr auto left = Table::Align::left;
constexpr auto right = Table::Align::right;

/// A row for each layer with its shapes.
Table table_of_layers(const Prepared& prepared) {
  Table table({{"layer", left, Table::Fit::cut}, {"type"}, {"input"}, {"output"}, {"parameters", right}});
  for (const LayerRow& row : prepared.layers) {
    table.row({printable(row.name), printable(row.type), to_string(row.input), to_string(row.output),
               row.parameters > 0 ? big_number(row.parameters) : "-"});
  }
  table.row({"total", "", "", "", big_number(parameter_count(prepared))}, Style::bold);
  return table;
}

/// A row for each owner of tensors: of `layers.0.weight`, `layers.0`.
Table table_of_tensors(const Prepared& prepared) {
  struct Owner {
    std::string name;
    std::vector<std::string> tensors;
    std::int64_t parameters = 0;
  };
  std::vector<Owner> owners;
  for (const TensorOutline& tensor : prepared.tensors) {
    const std::size_t dot = tensor.name.rfind('.');
    const std::string owner = dot == std::string::npos ? std::string() : tensor.name.substr(0, dot);
    if (owners.empty() || owners.back().name != owner) owners.push_back({owner, {}});
    owners.back().tensors.push_back(text(tensor.name.substr(dot + 1), ' ', shape_text(tensor.shape)));
    if (!tensor.is_buffer) owners.back().parameters += element_count(tensor.shape);
  }
  Table table({{"layer", left, Table::Fit::cut}, {"tensors", left, Table::Fit::wrap}, {"parameters", right}});
  for (const Owner& owner : owners) {
    table.row({owner.name.empty() ? "-" : printable(owner.name), printable(join(owner.tensors, ", ")),
               big_number(owner.parameters)});
  }
  table.row({"total", "", big_number(parameter_count(prepared))}, Style::bold);
  return table;
}

/// Layers are known by their shapes where they are components themselves; what a model makes by itself is
/// known by its tensors alone.
std::string layers_text(const Prepared& prepared, const Output& out) {
  std::int64_t known = 0;
  for (const LayerRow& row : prepared.layers) known += row.parameters;
  return (known == parameter_count(prepared) ? table_of_layers(prepared) : table_of_tensors(prepared))
      .text(out, 2);
}

Json layers_json(const Prepared& prepared) {
  Json list = Json::list();
  for (const LayerRow& row : prepared.layers) {
    Json one = Json::map();
    one.set("name", row.name);
    one.set("type", row.type);
    one.set("input", to_string(row.input));
    one.set("output", to_string(row.output));
    one.set("parameters", row.parameters);
    list.push(std::move(one));
  }
  return list;
}

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
    syntax.flag("--summary", has_summary_, "the layers of the model, with shapes and parameters");
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
    if (has_summary_) lines += '\n' + layers_text(prepared, session.out);
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
