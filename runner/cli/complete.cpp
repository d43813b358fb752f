// `assay complete -- WORDS`: what the last word may become. The scripts of `assay completion` call it at
// every Tab, so that it must answer at once and never fail: what cannot be completed gives nothing.
#include "runner/config/complete.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/cli/command.h"
#include "runner/cli/plugins.h"
#include "runner/cli/preset_text.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/compose.h"
#include "runner/config/load.h"
#include "runner/config/presets.h"

namespace assay::cli {
namespace {

using Completions = std::vector<Completion>;

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

std::string first_sentence(const std::string& doc) { return doc.substr(0, doc.find(". ")); }

class Completer {
 public:
  /// words: without the program's name; the last one is to be completed, and may be empty.
  explicit Completer(std::vector<std::string> words) : words_(std::move(words)), last_(words_.back()) {
    words_.pop_back();
  }

  Completions complete() {
    const std::vector<CommandInfo> all = commands();
    const CommandInfo* info = find_command(all);
    if (info == nullptr) return command_names(all);
    command_ = info->make();
    command_->describe(syntax_);
    return complete_argument();
  }

 private:
  // The command that the finished words begin with; they lose its words.
  const CommandInfo* find_command(const std::vector<CommandInfo>& all) {
    for (const CommandInfo& info : all) {
      const std::vector<std::string> parts = split(info.name, ' ');
      if (parts.size() > words_.size() || !std::equal(parts.begin(), parts.end(), words_.begin())) continue;
      words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(parts.size()));
      return &info;
    }
    return nullptr;
  }

  Completions command_names(const std::vector<CommandInfo>& all) const {
    Completions out;
    for (const CommandInfo& info : all) {
      const std::vector<std::string> parts = split(info.name, ' ');
      if (info.is_hidden || parts.size() <= words_.size()) continue;
      if (!std::equal(words_.begin(), words_.end(), parts.begin())) continue;
      const bool is_group = parts.size() > words_.size() + 1;
      const std::string& next = parts[words_.size()];
      if (out.empty() || out.back().text != next) out.push_back({next, is_group ? info.group : info.summary});
    }
    return matching(std::move(out));
  }

  Completions complete_argument() {
    std::vector<std::string> positionals;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const Argument* option = find_option(words_[i]);
      if (option == nullptr) {
        if (!is_option(words_[i])) positionals.push_back(words_[i]);
      } else if (!option->value.empty()) {
        if (i + 1 == words_.size()) return values_of(*option, positionals);
        ++i;
      }
    }
    if (is_option(last_) || last_ == "-") return options();
    const Argument* positional = positional_at(positionals.size());
    return positional == nullptr ? Completions{} : values_of(*positional, positionals);
  }

  const Argument* find_option(const std::string& word) const {
    for (const Argument& argument : syntax_.arguments) {
      if (!argument.is_positional() && argument.name == word) return &argument;
    }
    return nullptr;
  }

  const Argument* positional_at(std::size_t index) const {
    for (const Argument& argument : syntax_.arguments) {
      if (!argument.is_positional()) continue;
      if (index == 0 || argument.is_list()) return &argument;
      --index;
    }
    return nullptr;
  }

  Completions options() const {
    Completions out;
    for (const Argument& argument : syntax_.arguments) {
      if (!argument.is_positional()) out.push_back({argument.name, argument.doc});
    }
    out.push_back({"--help", "this command, with examples"});
    return matching(std::move(out));
  }

  // Files are the shell's own to complete: nothing is said about CONFIG, FILE and DIR.
  Completions values_of(const Argument& argument, const std::vector<std::string>& positionals) const {
    if (!argument.choices.empty()) {
      Completions out;
      for (const std::string& choice : argument.choices) out.push_back({choice, ""});
      return matching(std::move(out));
    }
    Registry registry = known();
    if (argument.name == "FAMILY") return matching(families(registry));
    if (argument.name == "NAME") return matching(components(registry));
    const bool takes_key = argument.name == "KEY key=value" || argument.value == "KEY";
    if (!takes_key && argument.name != "key=value") return {};
    const std::string file = positionals.empty() ? std::string() : positionals.front();
    const LoadedConfig config = loaded(file, positionals, registry);
    const PresetNames presets =
        find_presets(preset_folders({}, file.empty() ? "." : file, shipped_configs()), registry);
    Completions out;
    if (takes_key) out = complete_key(last_, config.composed, registry);
    if (argument.value != "KEY") {
      const Value written = config.blocks.fold(config.composed);
      for (Completion& each : complete_override(last_, written, registry, presets))
        out.push_back(std::move(each));
    }
    return out;
  }

  // A plugin that does not fit is for other commands to report.
  static Registry known() {
    try {
      return known_components();
    } catch (const Error&) {
      return builtin_registry();
    }
  }

  // With the overrides typed so far, or without them, or nothing.
  static LoadedConfig loaded(const std::string& file, const std::vector<std::string>& positionals,
                             Registry& registry) {
    std::vector<std::string> overrides;
    for (const std::string& word : positionals) {
      if (word.find('=') != std::string::npos) overrides.push_back(word);
    }
    for (const std::vector<std::string>& tried : {overrides, std::vector<std::string>{}}) {
      try {
        const ConfigRequest request{.file = file, .overrides = tried, .shipped_presets = shipped_configs()};
        return load_with_plugins(request, registry);
      } catch (const Error&) {  // what is typed so far need not be right
      }
    }
    return {};
  }

  static Completions families(const Registry& registry) {
    Completions out;
    for (const FamilyInfo* family : registry.families()) out.push_back({family->name, family->about});
    return out;
  }

  static Completions components(const Registry& registry) {
    Completions out;
    for (const FamilyInfo* family : registry.families()) {
      for (const ComponentInfo* component : registry.list(family->name))
        out.push_back({component->name, text(family->name, ": ", component->schema->about)});
    }
    for (const ShippedPreset& preset : shipped_presets(registry))
      out.push_back({preset.name, text(preset.family, ", preset: ", preset.summary())});
    return out;
  }

  Completions matching(Completions all) const {
    std::erase_if(all, [this](const Completion& each) { return !each.text.starts_with(last_); });
    return all;
  }

  std::vector<std::string> words_;
  std::string last_;
  std::unique_ptr<Command> command_;
  Syntax syntax_;
};

class Complete final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Prints what the last word may become: a line each, the word, a tab and what it means. Called by the "
        "scripts "
        "that `assay completion` prints.";
    syntax.rest("WORD", words_, "the command line so far, after --; the last word may be empty");
    syntax.example("assay complete -- run configs/digits.yaml optimizer.", "the optimizer's parameters");
  }

  int run(Session& session) override {
    // As they were typed: the parser has a meaning for some of them.
    const auto dashes = std::find(session.words.begin(), session.words.end(), "--");
    if (dashes == session.words.end() || dashes + 1 == session.words.end()) return 0;
    std::string lines;
    for (const Completion& each : Completer({dashes + 1, session.words.end()}).complete())
      lines += text(each.text, '\t', printable(first_sentence(each.doc)), '\n');
    session.out.write(lines);
    return 0;
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_complete() { return std::make_unique<Complete>(); }

}  // namespace assay::cli
