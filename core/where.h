// Where a value or a problem comes from. Every config value carries one, so that an error can point at the
// character that caused it: a place in a file, an argument on the command line, a default, or what a task
// implies.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace assay {

struct Where {
  enum class Kind : unsigned char {
    none,         // nothing to point at
    file,         // source = file name as the user wrote it; line and column from 1
    argument,     // source = the argument's text; line = its number among the overrides, from 1
    defaults,     // source = the component whose declaration holds the default
    implied,      // source = what implied it, as "task classification"
    environment,  // source = the variable's name
  };

  Kind kind = Kind::none;
  int line = 0;
  int column = 0;
  std::shared_ptr<const std::string> source;  // shared by all values of one file

  static Where file(std::shared_ptr<const std::string> name, int line, int column);
  /// A whole file or folder, without a line: for data and for files that cannot be read at all.
  static Where path(std::string name);
  static Where argument(int number, std::string text);
  static Where defaults(std::string component);
  static Where implied(std::string by);

  bool is_known() const { return kind != Kind::none; }
  /// The source's name, empty if there is none.
  std::string_view name() const { return source ? std::string_view(*source) : std::string_view(); }
};

/// `configs/mlp.yaml:3:7`, `override 2 (optimizer.lr=-1)`, `default of optimizer/adamw`; empty for none.
std::string to_string(const Where& where);

}  // namespace assay
