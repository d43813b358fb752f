// The one exception of assay. It carries a kind, which decides the exit code, and the list of problems found:
// readers collect into a std::vector<Problem> and go on, then throw all of them at once.
//
//   std::vector<Problem> problems;
//   ... problems.push_back({where, "optimizer.lr", "is -0.1, must be above 0", "step size (default 0.001)"});
//   throw_if_any(Kind::config, problems);
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "core/where.h"

namespace assay {

enum class Kind {
  run,
  usage,
  config,
  registry,
  data,
  store,
  device,
  plugin,
  verdict,
  stopped,
  fenced,
  internal
};

/// The process's exit code for a kind (docs/exit-codes.md).
int exit_code(Kind kind);
std::string_view to_string(Kind kind);

struct Problem {
  Where where;
  std::string path;                     // dotted config path, or empty
  std::string message;                  // states the fact: lowercase, no full stop, the user's words
  std::string hint;                     // states the next action, or empty
  std::vector<std::string> notes = {};  // further places that belong to it, one line each
  bool is_warning = false;
};

/// `file:3:7: error: optimizer.lr is -0.1, must be above 0` and, indented, notes and hint. No final newline.
/// The message follows the path with a blank, or with ": " where it starts with one of "unknown", "missing",
/// ...: the writer decides by beginning the message with ':' for the second form.
std::string to_string(const Problem& problem);

class Error : public std::exception {
 public:
  Error(Kind kind, std::vector<Problem> problems);
  Error(Kind kind, Problem problem);
  /// For what has no place: a message and, if there is one, the next action.
  Error(Kind kind, std::string message, std::string hint = {});
  ~Error() override;

  Kind kind() const { return kind_; }
  const std::vector<Problem>& problems() const { return problems_; }
  /// All problems, one after the other, each as to_string(Problem) gives it.
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  Kind kind_;
  std::vector<Problem> problems_;
  std::string what_;
};

/// Throws if there is a problem that is no warning; warnings ride along.
void throw_if_any(Kind kind, const std::vector<Problem>& problems);

/// For our own mistakes only, never for what a user can cause: throws Kind::internal.
[[noreturn]] void fail_assertion(const char* condition, const char* file, int line);
#define ASSAY_ASSERT(condition) \
  ((condition) ? void(0) : ::assay::fail_assertion(#condition, __FILE__, __LINE__))

}  // namespace assay
