#include "runner/cli/program.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>

#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/environment.h"
#include "runner/cli/help.h"
#include "runner/cli/problems.h"

namespace assay::cli {
namespace {

bool starts_with_words(const std::string& name, const std::vector<std::string>& words) {
  const std::vector<std::string> parts = split(name, ' ');
  return parts.size() <= words.size() && std::equal(parts.begin(), parts.end(), words.begin());
}

bool is_group(const std::vector<CommandInfo>& commands, const std::string& word) {
  const auto is_in_it = [&](const CommandInfo& command) { return command.name.rfind(word + ' ', 0) == 0; };
  return std::any_of(commands.begin(), commands.end(), is_in_it);
}

[[noreturn]] void fail_unknown_command(const std::vector<CommandInfo>& commands, const std::string& word,
                                       const std::string& group) {
  std::vector<std::string> known;
  const std::string prefix = group.empty() ? group : group + ' ';
  for (const CommandInfo& command : commands) {
    if (command.is_hidden || command.name.rfind(prefix, 0) != 0) continue;
    const std::string name = command.name.substr(prefix.size());
    const std::string first = name.substr(0, name.find(' '));
    if (known.empty() || known.back() != first) known.push_back(first);
  }
  if (word.front() == '-') {
    const std::string near = closest(word, {"--help", "--version"});
    throw Error(Kind::usage, text("unknown option '", word, "' before the command"),
                near.empty() ? "options come after the command: assay run CONFIG --fast"
                             : text("did you mean '", near, "'?"));
  }
  throw Error(Kind::usage, text("unknown command '", prefix, word, "'"), suggest(word, known));
}

/// The command that the words begin with; its words are taken off. A group alone ("runs") is its first
/// command.
CommandInfo take_command(std::vector<std::string>& words) {
  const std::vector<CommandInfo> all = commands();
  for (const CommandInfo& command : all) {
    if (!starts_with_words(command.name, words)) continue;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(split(command.name, ' ').size()));
    return command;
  }
  const std::string first = words.front();
  if (!is_group(all, first)) fail_unknown_command(all, first, "");
  words.erase(words.begin());
  if (!words.empty() && words.front().front() != '-') fail_unknown_command(all, words.front(), first);
  const auto is_in_it = [&](const CommandInfo& command) { return command.name.rfind(first + ' ', 0) == 0; };
  return *std::find_if(all.begin(), all.end(), is_in_it);
}

int run_command(Session& session, std::vector<std::string> words) {
  const CommandInfo info = take_command(words);
  const std::unique_ptr<Command> command = info.make();
  Syntax syntax;
  command->describe(syntax);
  if (parse(syntax, info.name, words)) return command->run(session);
  session.out.write(command_help(info, syntax, session.out));
  return 0;
}

int dispatch(Session& session) {
  std::vector<std::string> words(session.words.begin() + 1, session.words.end());
  if (words.empty()) {
    session.err.write(program_help(commands(), session.err));
    return exit_code(Kind::usage);
  }
  if (words.front() == "help") {  // `assay help run` is `assay run --help`
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  if (words.front() == "--help" || words.front() == "-h") {
    session.out.write(program_help(commands(), session.out));
    return 0;
  }
  if (words.front() == "--version") {
    session.out.write(version_text());
    return 0;
  }
  return run_command(session, std::move(words));
}

int report(Output& err, Kind kind, const std::vector<Problem>& problems) {
  print_problems(err, problems);
  return exit_code(kind);
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  // A reader that goes away must not kill a run: writing to it fails with EPIPE instead.
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on the size of files (ulimit -f) must be an error that names the file, not a signal.
  std::signal(SIGXFSZ, SIG_IGN);
  Output out(Output::Target::results);
  Output err(Output::Target::messages);
  try {
    Session session{out, err, std::vector<std::string>(argv, argv + argc)};
    return dispatch(session);
  } catch (const Error& error) {
    return report(err, error.kind(), error.problems());
  } catch (const std::bad_alloc&) {
    return report(err, Kind::internal, {{{}, {}, "the machine ran out of memory", ""}});
  } catch (const std::exception& error) {
    return report(
        err, Kind::internal,
        {{{}, {}, text("unexpected: ", error.what()), "please report it with the config and the command"}});
  }
}

}  // namespace assay::cli
