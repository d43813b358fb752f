#include "runner/cli/help.h"

#include <algorithm>

#include "core/text.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

constexpr int page_width = 100;  // longer lines are hard to read, however wide the terminal is

std::string section_heading(const Output& out, std::string_view title) {
  return text('\n', out.paint(Style::bold, title), '\n');
}

int usable_width(const Output& out) {
  const int width = out.width();
  return width > 0 && width < page_width ? width : page_width;
}

std::string paragraph(std::string_view words, const Output& out) {
  return wrap(words, usable_width(out), "") + '\n';
}

std::string usage(const CommandInfo& command, const Syntax& syntax) {
  std::string line = text("assay ", command.name);
  for (const Argument& argument : syntax.arguments) {
    if (!argument.is_positional()) continue;
    const std::string name = argument.is_list() ? argument.name + " ..." : argument.name;
    line += argument.is_required ? text(' ', name) : text(" [", name, ']');
  }
  return line + " [options]";
}

/// Side by side, or, where that is too wide, each with its meaning as a comment above it.
std::string examples_text(const std::vector<Example>& examples, const Output& out) {
  Table table({{}, {}});
  int widest_command = 0, widest_doc = 0;
  std::string stacked;
  for (const Example& example : examples) {
    table.row({example.command, example.doc});
    widest_command = std::max(widest_command, columns_of(example.command));
    widest_doc = std::max(widest_doc, columns_of(example.doc));
    stacked += text(stacked.empty() ? "" : "\n", "  ", out.paint(Style::dim, "# " + example.doc), "\n  ",
                    example.command, '\n');
  }
  constexpr int blanks = 4;  // the indent and the gap
  return widest_command + widest_doc + blanks <= usable_width(out) ? table.text(out, 2) : stacked;
}

std::string arguments_text(const Syntax& syntax, bool are_positional, const Output& out) {
  Table table({{}, {{}, Table::Align::left, Table::Fit::wrap}});
  for (const Argument& argument : syntax.arguments) {
    if (argument.is_positional() != are_positional) continue;
    const std::string name =
        argument.value.empty() ? argument.name : text(argument.name, ' ', argument.value);
    table.row({name, argument.doc});
  }
  if (!are_positional) table.row({"--help", "this page"});
  return table.text(out, 2);
}

}  // namespace

std::string program_help(const std::vector<CommandInfo>& commands, const Output& out) {
  std::string page = paragraph(
      "assay runs deep-learning experiments that are written down as YAML: it checks the whole config "
      "first, trains, and keeps one self-describing record of every run.",
      out);

  page += section_heading(out, "Start here");
  page += examples_text(
      {{"assay check configs/digits.yaml", "is everything right? takes milliseconds, trains nothing"},
       {"assay run configs/digits.yaml", "train it: a few seconds on a laptop"},
       {"assay runs list", "what has been run so far, and how well it did"}},
      out);

  Table table({{}, {{}, Table::Align::left, Table::Fit::wrap}});
  std::string group = commands.front().group;
  const auto flush = [&] {
    page += section_heading(out, group) + table.text(out, 2);
    table = Table({{}, {{}, Table::Align::left, Table::Fit::wrap}});
  };
  std::size_t widest = 0;
  for (const CommandInfo& command : commands) widest = std::max(widest, command.name.size());
  for (const CommandInfo& command : commands) {
    if (command.is_hidden) continue;
    if (command.group != group) flush();
    group = command.group;
    table.row({command.name + std::string(widest - command.name.size() + 2, ' '), command.summary});
  }
  flush();

  page += section_heading(out, "Read on");
  page += examples_text({{"assay COMMAND --help", "what a command takes, with examples"},
                         {"assay describe mlp", "what a component takes; `assay list` names them all"},
                         {"assay --version", "this build: versions of assay, compiler and libraries"},
                         {"docs/", "the config language, the record's format, the exit codes"}},
                        out);
  return page;
}

std::string command_help(const CommandInfo& command, const Syntax& syntax, const Output& out) {
  std::string page = paragraph(syntax.about, out);
  page += section_heading(out, "Usage") + "  " + usage(command, syntax) + '\n';
  const std::string positionals = arguments_text(syntax, true, out);
  if (!positionals.empty()) page += section_heading(out, "Arguments") + positionals;
  page += section_heading(out, "Options") + arguments_text(syntax, false, out);
  page += section_heading(out, "Examples") + examples_text(syntax.examples, out);
  return page;
}

}  // namespace assay::cli
