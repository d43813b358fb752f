// Which runs are meant: the small language of `--where`.
//
//   optimizer.lr < 1e-2 and (metrics.valid/accuracy > 0.9 or 'baseline' in tags)
//   model in [mlp, lenet] and not name ~ 'debug*' and checkpoint.keep_best is missing
//
//   const RunFilter filter("optimizer.lr < 1e-2");
//   filter.check(fields);
//   if (filter.matches(fields, i)) ...
//
// On the left stands what run_fields.h names; on the right a number, a text (in quotes where it has blanks or
// signs), true, false, null or a list in brackets. `=` and `==` are the same, `~` is a glob. A comparison
// with something that a run does not have is false, `!=` as well: `is missing` asks for that. A name alone
// holds where there is such a thing and it is not false.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "runner/report/run_fields.h"

namespace assay::report {

class RunFilter {
 public:
  /// Empty text: every run. Throws Kind::usage with the place in the text that cannot be read.
  explicit RunFilter(std::string text);
  ~RunFilter();
  RunFilter(RunFilter&&) noexcept;

  /// Throws Kind::usage if the text names something that no run has; not if there are no runs at all.
  void check(const RunFields& fields) const;
  /// Throws Kind::usage where a number would have to be ordered against a text.
  bool matches(const RunFields& fields, std::size_t run) const;

  struct Literal;
  struct Node;

 private:
  std::string text_;
  std::unique_ptr<Node> root_;  // null: every run
};

}  // namespace assay::report
