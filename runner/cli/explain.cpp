// `assay explain`: where every value of a config came from, and what it means.
#include "runner/config/explain.h"

#include <algorithm>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/table.h"
#include "runner/cli/value_text.h"

namespace assay::cli {
namespace {

constexpr int narrowest_with_meaning = 110;  // below it, the meaning would be a column of single words

std::string meaning_text(const Explanation& each) {
  if (each.field == nullptr) return {};
  std::string words = each.field->doc;
  if (!each.field->unit.empty()) words += text(" [", each.field->unit, ']');
  return words;
}

std::string replaced_text(const Explanation::Replaced& before) {
  return text(inline_yaml(before.value), " of ", to_string(before.where));
}

/// All of them in one line, the latest first.
std::string replaced_text(const Explanation& each) {
  std::vector<std::string> words;
  for (const Explanation::Replaced& before : each.replaced) words.push_back(replaced_text(before));
  return join(words, ", before it ");
}

std::string meaning_with_rule(const Explanation& each) {
  std::string words = meaning_text(each);
  if (each.field == nullptr) return words;
  if (const std::string rule = rule_text(*each.field); !rule.empty()) words += "; " + rule;
  return words;
}

/// A row for each value.
std::string table_text(const std::vector<Explanation>& all, const Output& out) {
  constexpr auto left = Table::Align::left;
  const bool is_narrow = out.width() > 0 && out.width() < narrowest_with_meaning;
  Table table({{"key", left, Table::Fit::cut},
               {"value", left, Table::Fit::cut},
               {"from", left, Table::Fit::cut},
               {"replaces", left, Table::Fit::cut},
               {"meaning", left, is_narrow ? Table::Fit::drop : Table::Fit::wrap}});
  for (const Explanation& each : all) {
    const bool is_written =
        each.where.kind != Where::Kind::defaults && each.where.kind != Where::Kind::implied;
    table.row({printable(each.path), printable(inline_yaml(each.value)), printable(to_string(each.where)),
               printable(replaced_text(each)), printable(meaning_with_rule(each))},
              is_written ? Style::plain : Style::dim);
  }
  return table.text(out);
}

/// Everything about one value, a fact a line.
std::string page(const Explanation& each, const Output& out) {
  Facts facts{{"from", to_string(each.where)}};
  for (const Explanation::Replaced& before : each.replaced)
    facts.emplace_back(facts.size() == 1 ? "replaces" : "before it", replaced_text(before));
  for (const std::string& block : each.blocks) facts.emplace_back("", block);
  if (each.field != nullptr) {
    facts.emplace_back("default", default_text(*each.field));
    if (const std::string rule = rule_text(*each.field); !rule.empty()) facts.emplace_back("must be", rule);
    facts.emplace_back("meaning", meaning_text(each));
  }
  return text(out.paint(Style::bold, printable(each.path)), " = ", printable(inline_yaml(each.value)), '\n',
              facts_text(facts, out));
}

Json to_json(const Explanation& each) {
  Json json = Json::map();
  json.set("key", each.path);
  json.set("value", each.value);
  json.set("from", to_string(each.where));
  Json replaced = Json::list();
  for (const Explanation::Replaced& before : each.replaced)
    replaced.push(Json(Json::Map{{"value", before.value}, {"from", to_string(before.where)}}));
  json.set("replaces", std::move(replaced));
  if (!each.blocks.empty()) {
    Json blocks = Json::list();
    for (const std::string& block : each.blocks) blocks.push(block);
    json.set("blocks", std::move(blocks));
  }
  if (each.field != nullptr) {
    json.set("doc", each.field->doc);
    json.set("unit", each.field->unit);
    json.set("rule", rule_text(*each.field));
    json.set("required", each.field->is_required);
    json.set("default", each.field->default_value);
  }
  return json;
}

class Explain final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Says of every value of a config where it came from - a line of a file, a word of the command line, "
        "the task, "
        "the data set, or the default of a component - what it replaced there, and what it means.";
    config_.describe(
        syntax, "KEY key=value",
        "KEY: only this value, or what is below it, as optimizer.lr; key=value replaces a value");
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay explain configs/digits.yaml", "every value");
    syntax.example("assay explain configs/digits.yaml optimizer", "those of the optimizer");
    syntax.example("assay explain configs/digits.yaml optimizer.lr optimizer.lr=3e-4",
                   "one, and what it replaced");
  }

  int run(Session& session) override {
    const std::vector<std::string> keys = config_.take_keys();
    if (keys.size() > 1)
      throw Error(Kind::usage, text("explain: two keys, '", keys[0], "' and '", keys[1], "'"),
                  "ask for one at a time");
    Registry registry = known_components();
    const LoadedConfig config = config_.load(registry);
    if (format_ != "json") print_problems(session.err, config.warnings);
    std::vector<Explanation> all = explained(config, registry);
    if (!keys.empty()) all = below(all, keys.front());
    session.out.write(format_ == "json" ? json_of(all) : text_of(all, session.out));
    return 0;
  }

 private:
  std::vector<Explanation> explained(const LoadedConfig& config, Registry& registry) const {
    if (!config_.has_changes()) return explain(config, registry);
    try {
      return explain(config, config_.load_file(registry), registry);
    } catch (const Error&) {  // the file alone is no experiment, so that nothing was replaced in one
      return explain(config, registry);
    }
  }

  static std::vector<Explanation> below(const std::vector<Explanation>& all, const std::string& key) {
    std::vector<Explanation> chosen;
    std::vector<std::string> known;
    for (const Explanation& each : all) {
      if (each.path == key || each.path.starts_with(key + '.')) chosen.push_back(each);
      known.push_back(each.path);
    }
    if (!chosen.empty()) return chosen;
    const std::string near = closest(key, known);
    throw Error(
        Kind::usage, text("explain: the config has no '", key, "'"),
        near.empty() ? "without a key, all of them are explained" : text("did you mean '", near, "'?"));
  }

  static std::string json_of(const std::vector<Explanation>& all) {
    Json list = Json::list();
    for (const Explanation& each : all) list.push(to_json(each));
    return to_text(list, 2) + '\n';
  }

  static std::string text_of(const std::vector<Explanation>& all, const Output& out) {
    return all.size() == 1 ? page(all.front(), out) : table_text(all, out);
  }

  ConfigArguments config_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_explain() { return std::make_unique<Explain>(); }

}  // namespace assay::cli
