// One of the two streams a command writes to. stdout carries results only and must arrive whole; stderr
// carries messages and progress, and losing it (a closed terminal, a killed `tee`) must not end a run.
//
//   Output out(Output::Target::results);
//   out.write(text("done in ", duration_text(s), '\n'));
#pragma once

#include <string>
#include <string_view>

namespace assay::cli {

enum class Style { plain, bold, dim, red, green, yellow, cyan };

class Output {
 public:
  enum class Target { results, messages };

  explicit Output(Target target);

  /// Writes all of it, unbuffered. Results that cannot be written throw Kind::store (a full disk), or
  /// Kind::internal if the reader went away; messages that cannot be written are dropped.
  void write(std::string_view text);

  bool is_terminal() const { return is_terminal_; }
  /// A terminal, unless NO_COLOR is set or TERM is dumb.
  bool has_colour() const { return has_colour_; }
  /// The terminal's columns at this moment; 0 where nothing limits the width.
  int width() const;
  /// The text in a style, where there is colour.
  std::string paint(Style style, std::string_view text) const;

 private:
  Target target_;
  int descriptor_;
  bool is_terminal_;
  bool has_colour_;
};

/// True if the locale's encoding is UTF-8.
bool locale_is_utf8();

/// Columns that a text takes: its code points. Escape sequences are not understood: measure before painting.
int columns_of(std::string_view text);
/// The text, cut to `columns` with a final "..." where it is longer.
std::string cut(std::string_view text, int columns);
/// Lines of at most `columns`, broken at blanks; words that are longer stand alone. columns 0: one line.
std::string wrap(std::string_view text, int columns, std::string_view indent);

}  // namespace assay::cli
