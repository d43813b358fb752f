#include "core/error.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace assay {

Where Where::file(std::shared_ptr<const std::string> name, int line, int column) {
  Where where;
  where.kind = Kind::file;
  where.source = std::move(name);
  where.line = line;
  where.column = column;
  return where;
}

Where Where::path(std::string name) {
  return file(std::make_shared<const std::string>(std::move(name)), 0, 0);
}

Where Where::argument(int number, std::string text) {
  Where where;
  where.kind = Kind::argument;
  where.source = std::make_shared<const std::string>(std::move(text));
  where.line = number;
  return where;
}

Where Where::defaults(std::string component) {
  Where where;
  where.kind = Kind::defaults;
  where.source = std::make_shared<const std::string>(std::move(component));
  return where;
}

Where Where::implied(std::string by) {
  Where where;
  where.kind = Kind::implied;
  where.source = std::make_shared<const std::string>(std::move(by));
  return where;
}

std::string to_string(const Where& where) {
  switch (where.kind) {
    case Where::Kind::none:
      return {};
    case Where::Kind::file:
      return where.line > 0 ? text(where.name(), ':', where.line, ':', where.column)
                            : std::string(where.name());
    case Where::Kind::argument:
      return text("override ", where.line, " (", where.name(), ")");
    case Where::Kind::defaults:
      return text("default of ", where.name());
    case Where::Kind::implied:
      return text("implied by ", where.name());
    case Where::Kind::environment:
      return text("environment variable ", where.name());
  }
  return {};
}

int exit_code(Kind kind) {
  switch (kind) {
    case Kind::run:
      return 1;
    case Kind::usage:
      return 2;
    case Kind::config:
    case Kind::registry:
      return 3;
    case Kind::data:
      return 4;
    case Kind::store:
      return 5;
    case Kind::device:
      return 6;
    case Kind::plugin:
      return 7;
    case Kind::verdict:
      return 8;
    case Kind::stopped:
      return 10;
    case Kind::fenced:
      return 75;
    case Kind::internal:
      return 70;
  }
  return 70;
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::run:
      return "run";
    case Kind::usage:
      return "usage";
    case Kind::config:
      return "config";
    case Kind::registry:
      return "registry";
    case Kind::data:
      return "data";
    case Kind::store:
      return "store";
    case Kind::device:
      return "device";
    case Kind::plugin:
      return "plugin";
    case Kind::verdict:
      return "verdict";
    case Kind::stopped:
      return "stopped";
    case Kind::fenced:
      return "fenced";
    case Kind::internal:
      return "internal";
  }
  return "internal";
}

std::string to_string(const Problem& problem) {
  std::string out = to_string(problem.where);
  if (!out.empty()) out += ": ";
  out += problem.is_warning ? "warning: " : "error: ";
  out += problem.path;
  const bool continues = !problem.message.empty() && problem.message.front() == ':';
  if (!problem.path.empty() && !problem.message.empty() && !continues) out += ' ';
  out += problem.path.empty() && continues
             ? problem.message.substr(std::min<std::size_t>(2, problem.message.size()))
             : problem.message;
  for (const std::string& note : problem.notes) out += "\n  note: " + note;
  if (!problem.hint.empty()) out += "\n  hint: " + problem.hint;
  return out;
}

namespace {

std::string join(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& problem : problems) {
    if (!out.empty()) out += '\n';
    out += to_string(problem);
  }
  return out;
}

}  // namespace

Error::Error(Kind kind, std::vector<Problem> problems)
    : kind_(kind), problems_(std::move(problems)), what_(join(problems_)) {}

Error::Error(Kind kind, Problem problem) : Error(kind, std::vector<Problem>{std::move(problem)}) {}

Error::Error(Kind kind, std::string message, std::string hint)
    : Error(kind, Problem{{}, {}, std::move(message), std::move(hint)}) {}

Error::~Error() = default;

void throw_if_any(Kind kind, const std::vector<Problem>& problems) {
  const bool any =
      std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return !p.is_warning; });
  if (any) throw Error(kind, problems);
}

void fail_assertion(const char* condition, const char* file, int line) {
  throw Error(Kind::internal,
              text("this is a mistake in assay: ", condition, " does not hold at ", file, ":", line),
              "please report it with the config and the command");
}

}  // namespace assay
