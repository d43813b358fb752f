// Lines on a terminal that are drawn over until they are taken off: nothing else of the terminal is touched,
// no mode is changed and no other screen is used, so that whatever ends the program leaves the terminal
// usable.
//
//   const StopOnSignal signals;
//   LiveLines live(session.out);
//   while (!is_over()) {
//     live.draw(lines());
//     if (!pause(1, signals.flag())) break;       // SIGINT: the destructor takes the lines off
//   }
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "runner/cli/output.h"

namespace assay::cli {

using StyledLine = std::pair<Style, std::string>;  // printable(), without a line feed

class LiveLines {
 public:
  /// out: a terminal.
  explicit LiveLines(Output& out) : out_(out) {}
  ~LiveLines();
  LiveLines(const LiveLines&) = delete;
  LiveLines& operator=(const LiveLines&) = delete;

  /// In place of what was drawn before: what fits the terminal.
  void draw(const std::vector<StyledLine>& lines);
  void clear();

 private:
  std::string taken_off() const;

  Output& out_;
  std::vector<int> drawn_;  // columns of the lines on the terminal
};

/// How far a long command is with its `n` things: `checked 3/120  2%  0:41 left`, drawn at most ten times a
/// second. Where messages are no terminal, nothing.
class CountLine {
 public:
  /// what: what is done to the things, "checked".
  CountLine(Output& err, std::string what, std::size_t n);
  /// `done` of them are.
  void show(std::size_t done);
  /// Before anything else is printed.
  void clear();

 private:
  Output& err_;
  std::string what_;
  std::size_t n_;
  double start_s_;
  double drawn_s_;
  LiveLines live_;
};

/// Waits; false at once if `stop` is set before or meanwhile.
bool pause(double seconds, const std::atomic<bool>& stop);

}  // namespace assay::cli
