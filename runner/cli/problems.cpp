#include "runner/cli/problems.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/text.h"
#include "runner/cli/excerpt.h"

namespace assay::cli {
namespace {

// Line breaks are the writer's own layout; every other control character is shown as \xNN.
std::string printable_lines(const std::string& words, std::string_view indent) {
  std::vector<std::string> lines = split(words, '\n');
  for (std::string& line : lines) line = printable(line);
  return join(lines, text('\n', indent));
}

Problem printable_problem(Problem problem) {
  if (problem.where.source) {
    problem.where.source = std::make_shared<const std::string>(assay::printable(*problem.where.source));
  }
  problem.path = assay::printable(problem.path);
  problem.message = printable_lines(problem.message, "  ");
  for (std::string& note : problem.notes) note = printable_lines(note, "    ");
  problem.hint = printable_lines(problem.hint, "    ");
  return problem;
}

void paint_word(std::string& line, std::string_view word, Style style, const Output& err, std::size_t from) {
  const std::size_t at = line.find(word, from);
  if (at != std::string::npos) line.replace(at, word.size(), err.paint(style, word));
}

constexpr int longest_excerpt = 1000;  // for programs
constexpr int widest_page = 100;       // where nothing limits the width, long lines are still cut

// A data file's problem carries the row that it is about, for where the line cannot be shown.
void drop_row_notes(Problem& problem) {
  std::erase_if(problem.notes, [](const std::string& note) { return note.starts_with("row: "); });
}

std::string excerpt_text(const Problem& problem, const Output& err) {
  const std::string number = text(problem.where.line);
  const std::string gutter(number.size(), ' ');
  const int used = static_cast<int>(number.size()) + 5;  // indent and bar
  const int width = err.width() > 0 ? err.width() : widest_page;
  const std::optional<Excerpt> excerpt = excerpt_of(problem.where, width - used);
  if (!excerpt) return {};
  const std::string blanks(static_cast<std::size_t>(excerpt->caret), ' ');
  const Style style = problem.is_warning ? Style::yellow : Style::red;
  return text("\n  ", err.paint(Style::dim, number + " |"), ' ', excerpt->text, "\n  ",
              err.paint(Style::dim, gutter + " |"), ' ', blanks, err.paint(style, "^"));
}

/// The message, the line that it points to, then notes and hint.
std::string painted(const Problem& original, const Output& err) {
  const std::string excerpt = excerpt_text(original, err);
  Problem problem = printable_problem(original);
  if (!excerpt.empty()) drop_row_notes(problem);
  Problem message = problem;
  message.notes.clear();
  message.hint.clear();
  const std::string place = to_string(problem.where);
  const std::size_t head = to_string(message).size();
  const std::string lines = to_string(problem);
  std::string first = lines.substr(place.size(), head - place.size());
  std::string rest = lines.substr(head);
  if (err.has_colour()) {
    paint_word(rest, "\n  hint:", Style::cyan, err, 0);
    paint_word(first,
               problem.is_warning ? "warning:" : "error:", problem.is_warning ? Style::yellow : Style::red,
               err, 0);
  }
  return err.paint(Style::bold, place) + first + excerpt + rest;
}

}  // namespace

void print_problems(Output& err, const std::vector<Problem>& problems) {
  std::string all;
  for (const Problem& problem : problems) all += painted(problem, err) + '\n';
  const auto is_warning = [](const Problem& problem) { return problem.is_warning; };
  const auto warnings = std::count_if(problems.begin(), problems.end(), is_warning);
  const auto errors = static_cast<std::ptrdiff_t>(problems.size()) - warnings;
  if (errors > 1) {
    all += count_text(errors, "error") + (warnings > 0 ? ", " + count_text(warnings, "warning") : "") + '\n';
  }
  err.write(all);
}

void print_warning(Output& err, std::string_view message) {
  err.write(text(err.paint(Style::yellow, "warning:"), ' ', assay::printable(message), '\n'));
}

Json to_json(Problem problem) {
  const std::optional<Excerpt> excerpt = excerpt_of(problem.where, longest_excerpt);
  if (excerpt) drop_row_notes(problem);
  Json json = Json::map();
  json.set("severity", problem.is_warning ? "warning" : "error");
  json.set("place", to_string(problem.where));
  json.set("source", problem.where.name());
  if (problem.where.line > 0) json.set("line", problem.where.line);
  if (problem.where.column > 0) json.set("column", problem.where.column);
  json.set("path", problem.path);
  const bool continues = !problem.message.empty() && problem.message.front() == ':';
  json.set("message", continues ? std::string(trim(problem.message.substr(1))) : problem.message);
  json.set("hint", problem.hint);
  Json notes = Json::list();
  for (const std::string& note : problem.notes) notes.push(note);
  json.set("notes", std::move(notes));
  if (excerpt) {
    json.set("excerpt", Json(Json::Map{{"text", excerpt->text}, {"caret", excerpt->caret}}));
  }
  return json;
}

}  // namespace assay::cli
