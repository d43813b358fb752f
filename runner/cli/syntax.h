// What a command takes, said once: parsing, `--help` and did-you-mean all come from it.
//
//   void describe(Syntax& syntax) override {
//     syntax.about = "Trains one experiment and writes its record.";
//     syntax.positional("CONFIG", config_, "the experiment, a YAML file");
//     syntax.option("--runs", "DIR", runs_, "where runs are kept");
//     syntax.example("assay run configs/digits.yaml", "trains on the digits that ship");
//   }
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace assay::cli {

struct Argument {
  using Target = std::variant<bool*, std::string*, std::vector<std::string>*>;
  std::string name;   // "--runs", or "CONFIG" of a positional
  std::string value;  // "DIR"; empty for flags and positionals
  std::string doc;
  Target target;
  std::vector<std::string> choices;  // if the value is one of a few
  bool is_required = false;

  bool is_positional() const { return name.front() != '-'; }
  bool is_list() const { return std::holds_alternative<std::vector<std::string>*>(target); }
};

struct Example {
  std::string command;
  std::string doc;
};

/// The targets must outlive the parsing; what they hold before is the default.
struct Syntax {
  std::string about;
  std::vector<Argument> arguments;
  std::vector<Example> examples;

  void positional(std::string name, std::string& target, std::string doc);
  void optional_positional(std::string name, std::string& target, std::string doc);
  /// All further positional arguments.
  void rest(std::string name, std::vector<std::string>& target, std::string doc);
  void flag(std::string name, bool& target, std::string doc);
  void option(std::string name, std::string value, std::string& target, std::string doc);
  /// May be given more than once.
  void repeatable(std::string name, std::string value, std::vector<std::string>& target, std::string doc);
  void choice(std::string name, std::vector<std::string> choices, std::string& target, std::string doc);
  void example(std::string command, std::string doc) {
    examples.push_back({std::move(command), std::move(doc)});
  }
};

/// Reads `words` (without the command's own name) into the targets. Returns false if help was asked for.
/// Throws Kind::usage, with a near miss where there is one; `command` ("run") is for the message.
bool parse(const Syntax& syntax, const std::string& command, const std::vector<std::string>& words);

}  // namespace assay::cli
