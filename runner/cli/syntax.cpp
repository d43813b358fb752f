#include "runner/cli/syntax.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "core/error.h"
#include "core/text.h"

namespace assay::cli {

void Syntax::positional(std::string name, std::string& target, std::string doc) {
  arguments.push_back({std::move(name), {}, std::move(doc), &target, {}, true});
}

void Syntax::optional_positional(std::string name, std::string& target, std::string doc) {
  arguments.push_back({std::move(name), {}, std::move(doc), &target, {}});
}

void Syntax::rest(std::string name, std::vector<std::string>& target, std::string doc) {
  arguments.push_back({std::move(name), {}, std::move(doc), &target, {}});
}

void Syntax::flag(std::string name, bool& target, std::string doc) {
  arguments.push_back({std::move(name), {}, std::move(doc), &target, {}});
}

void Syntax::option(std::string name, std::string value, std::string& target, std::string doc) {
  arguments.push_back({std::move(name), std::move(value), std::move(doc), &target, {}});
}

void Syntax::repeatable(std::string name, std::string value, std::vector<std::string>& target,
                        std::string doc) {
  arguments.push_back({std::move(name), std::move(value), std::move(doc), &target, {}});
}

void Syntax::choice(std::string name, std::vector<std::string> choices, std::string& target,
                    std::string doc) {
  std::string value = join(choices, "|");
  arguments.push_back({std::move(name), std::move(value), std::move(doc), &target, std::move(choices)});
}

namespace {

std::string help_hint(const std::string& command) {
  return text("`assay ", command, " --help` shows what it takes");
}

// CLI11's own messages name its classes of errors, not the user's mistake, so that what can go wrong is found
// here: everything that CLI11 does not know is left over, and looked at afterwards.
class Parser {
 public:
  Parser(const Syntax& syntax, const std::string& command) : syntax_(syntax), command_(command) {
    app_.allow_extras();
    app_.set_help_flag();
    app_.add_flag("-h,--help", wants_help_);
    for (const Argument& argument : syntax.arguments) add(argument);
  }

  bool parse(const std::vector<std::string>& words) {
    try {
      app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::ArgumentMismatch&) {
      fail_about_missing_value(words);
    } catch (const CLI::ParseError& error) {
      throw Error(Kind::usage, text(command_, ": ", error.what()), help_hint(command_));
    }
    if (wants_help_) return false;
    check_left_over();
    for (const Argument& argument : syntax_.arguments) check(argument);
    return true;
  }

 private:
  void add(const Argument& argument) {
    const std::string name = argument.is_positional() ? text("positional", n_positionals_++) : argument.name;
    if (bool* const* target = std::get_if<bool*>(&argument.target)) {
      app_.add_flag(name, **target);
    } else if (std::string* const* one = std::get_if<std::string*>(&argument.target)) {
      app_.add_option(name, **one);
    } else {
      CLI::Option* option = app_.add_option(name, *std::get<std::vector<std::string>*>(argument.target));
      // An option takes one value each time it is given, or it would swallow the positional arguments after
      // it.
      if (!argument.is_positional()) option->allow_extra_args(false);
    }
  }

  [[noreturn]] void fail_about_missing_value(const std::vector<std::string>& words) const {
    for (const Argument& argument : syntax_.arguments) {
      if (argument.value.empty() || words.empty() || words.back() != argument.name) continue;
      throw Error(Kind::usage, text(command_, ": ", argument.name, " lacks its value, ", argument.value),
                  help_hint(command_));
    }
    throw Error(Kind::usage, text(command_, ": an option lacks its value or was given twice"),
                help_hint(command_));
  }

  void check_left_over() const {
    std::vector<std::string> left = app_.remaining();
    std::erase(left, "--");  // what follows it is positional, whatever it begins with
    if (left.empty()) return;
    const std::string& word = left.front();
    if (word.size() < 2 || word.front() != '-') {
      throw Error(Kind::usage, text(command_, ": unexpected argument '", word, "'"), help_hint(command_));
    }
    const std::string name = word.substr(0, word.find('='));
    std::vector<std::string> known{"--help"};
    for (const Argument& argument : syntax_.arguments) {
      if (!argument.is_positional()) known.push_back(argument.name);
    }
    const std::string near = closest(name, known);
    throw Error(
        Kind::usage, text(command_, ": unknown option '", name, "'"),
        near.empty() ? help_hint(command_) : text("did you mean '", near, "'? ", help_hint(command_)));
  }

  void check(const Argument& argument) const {
    std::string* const* target = std::get_if<std::string*>(&argument.target);
    if (target == nullptr) return;
    const std::string& value = **target;
    if (argument.is_required && value.empty()) {
      throw Error(Kind::usage, text(command_, ": ", argument.name, " is missing: ", argument.doc),
                  example_hint());
    }
    const std::vector<std::string>& choices = argument.choices;
    if (choices.empty() || value.empty() || std::find(choices.begin(), choices.end(), value) != choices.end())
      return;
    throw Error(Kind::usage, text(command_, ": ", argument.name, " is '", value, "'"),
                suggest(value, choices));
  }

  std::string example_hint() const {
    return syntax_.examples.empty() ? help_hint(command_)
                                    : text("for example: ", syntax_.examples.front().command);
  }

  const Syntax& syntax_;
  std::string command_;
  CLI::App app_;
  bool wants_help_ = false;
  int n_positionals_ = 0;
};

}  // namespace

bool parse(const Syntax& syntax, const std::string& command, const std::vector<std::string>& words) {
  return Parser(syntax, command).parse(words);
}

}  // namespace assay::cli
