// Single values put over a config: `optimizer.lr=1e-3` on the command line, `overrides: {optimizer.lr: 1e-3}`
// in a file.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "runner/config/guide.h"
#include "runner/config/replacements.h"

namespace assay {

struct Override {
  enum class Action { set, append, unset };
  Action action = Action::set;
  std::vector<std::string> path;
  Value value;
  Where where;  // of the override: every value it sets has it
};

/// `a.b=v`, `a.2.x=v`, `a[2].x=v`, `a.list+=v`, `~a.b`. The value is YAML. Nothing, with a problem, for
/// anything else.
std::optional<Override> parse_override(const std::string& written, const Where& where,
                                       std::vector<Problem>& problems);

/// The part before the value: `a.b`, `a[2].x`, `a.list+`, `~a.b`. The result has no value.
std::optional<Override> parse_key(const std::string& written, const Where& where,
                                  std::vector<Problem>& problems);

/// Applies overrides in turn and collects what is wrong with them.
///
/// A map merges over what is there, everything else replaces it. Items of lists are addressed by number or by
/// the name they carry (`metrics.accuracy.top`). What is on the way and missing is made.
class Overrides {
 public:
  /// log: receives what is replaced, if it is given.
  Overrides(const Guide& root, std::vector<Problem>& problems, Replacements* log = nullptr)
      : root_(root), problems_(problems), log_(log) {}
  /// Goes on where `other` is; its problems go elsewhere, and nothing is logged.
  Overrides(const Overrides& other, std::vector<Problem>& problems);

  /// An item of a list that the config does not have is put off: the list may be implied or have a default.
  void apply(Value& config, const Override& override);
  /// Takes what `earlier` has put off before its own, but for lists that the config has by now.
  void take_over(const Overrides& earlier, const Value& config);
  /// What was put off, once defaults are there. Returns the top-level keys below which it changed something.
  std::set<std::string> apply_deferred(Value& config);
  /// After the last override: `model.type=lenet` must not leave parameters of another component behind.
  /// Reports them and removes them.
  void check_switched_types(Value& config);

 private:
  struct Place {
    Value* node;
    Guide guide;
    std::vector<std::string> path;  // with numbers for names
  };
  struct Switch {
    std::vector<std::string> slot;
    Where where;
    std::string old_name;
  };

  bool try_apply(Value& config, const Override& override, bool may_defer);
  bool enter(Place& place, const std::string& key, const Override& override, bool may_defer,
             bool& is_deferred);
  bool make_container(Place& place, const Override& override);
  void set(Place& place, const std::string& key, const Override& override);
  void append(Place& place, const std::string& key, const Override& override);
  void unset(Value& config, const Override& override, bool may_defer);
  std::optional<std::size_t> find_item(const Place& place, const std::string& key, const Override& override);
  void report(const Override& override, const std::vector<std::string>& path, std::string message,
              std::string hint);
  std::vector<std::string> leftovers(const Value& slot, const ComponentInfo& component,
                                     const Switch& change) const;

  Guide root_;
  std::vector<Problem>& problems_;
  Replacements* log_ = nullptr;
  std::vector<Override> deferred_;
  std::vector<Switch> switches_;
  std::set<std::string> written_;  // dotted paths that overrides set
};

}  // namespace assay
