// Reads search spaces: from what a sweep's section says to parameters, conditions and nodes to fill in.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/text.h"
#include "runner/config/sweep_expressions.h"
#include "runner/sweep/search_space.h"
#include "runner/sweep/values.h"

namespace assay::sweep {

class SpaceReader {
 public:
  SpaceReader(std::vector<Value> sources, std::vector<Problem>& problems) : problems_(problems) {
    auto owned = std::make_shared<const std::vector<Value>>(std::move(sources));
    sources_ = owned.get();
    space_.sources_ = std::move(owned);
  }

  const Value& source(std::size_t index) const { return (*sources_)[index]; }

  /// Keys with what to draw from, also nested: {model: {dropout: {uniform: [0, 1]}}}.
  void read_map(const Value& map, const std::string& path, const std::string& prefix = {}) {
    if (!map.is_map()) return;
    for (const Value::Entry& entry : map.entries()) {
      const std::string key = prefix.empty() ? entry.key : text(prefix, '.', entry.key);
      const std::string place = text(path, '.', printable(key));
      if (kind_of(entry.value)) {
        drafts_.push_back({key, entry.key_where, place, &entry.value, {key}, {}});
      } else if (is_nested(entry.value)) {
        read_map(entry.value, path, key);
      } else {
        report_no_kind(entry, place);
      }
    }
  }

  /// {key: [values], key: [values]}, walked together.
  void read_zip(const Value& map, const std::string& path) {
    if (!map.is_map() || map.entries().empty()) {
      report(map.where(), path, text("is ", map.kind_text(), ", must be keys with lists of values"),
             "as `zip: {model.hidden: [[64], [128]], train.batch_size: [32, 64]}`, or a list of such maps");
      return;
    }
    Draft draft = rows_draft(map.entries().front().key_where, path);
    std::size_t n_rows = 0;
    for (const Value::Entry& entry : map.entries()) {
      const std::string place = text(path, '.', printable(entry.key));
      if (!entry.value.is_list() || entry.value.items().empty()) {
        report(entry.value.where(), place, text("is ", entry.value.kind_text(), ", must be a list of values"),
               "as [32, 64]");
        return;
      }
      const std::size_t length = entry.value.items().size();
      if (draft.keys.empty()) n_rows = length;
      if (length != n_rows) {
        report(entry.value.where(), place,
               text("has ", count_text(static_cast<std::int64_t>(length), "value"), ", but ",
                    draft.keys.front(), ", which is zipped with it, has ", n_rows),
               "give them lists of one length");
        return;
      }
      draft.keys.push_back(entry.key);
    }
    for (std::size_t row = 0; row < n_rows; ++row) {
      std::vector<const Value*> values;
      for (const Value::Entry& entry : map.entries()) values.push_back(&entry.value.items()[row]);
      draft.rows.push_back(std::move(values));
    }
    add_rows(std::move(draft));
  }

  /// Maps of the same keys, one a row.
  void read_rows(const Value& list, const std::string& path) {
    if (!list.is_list() || list.items().empty()) return;
    Draft draft = rows_draft(list.items().front().where(), path);
    for (const Value& row : list.items()) {
      if (!row.is_map()) return;  // was reported when the section was bound
      if (draft.keys.empty()) {
        for (const Value::Entry& entry : row.entries()) draft.keys.push_back(entry.key);
      }
      std::vector<const Value*> values;
      for (const std::string& key : draft.keys) values.push_back(row.find(key));
      const bool has_all = std::find(values.begin(), values.end(), nullptr) == values.end();
      if (!has_all || row.entries().size() != draft.keys.size()) {
        report(row.where(), text(path, '.', draft.rows.size()), "has other keys than the first row",
               "every row sets the same keys: " + join(draft.keys, ", "));
        return;
      }
      draft.rows.push_back(std::move(values));
    }
    add_rows(std::move(draft));
  }

  /// After all reading: makes parameters of what was found.
  void finish() {
    check_keys();
    for (const std::size_t index : order()) {
      Draft& draft = drafts_[index];
      std::vector<Condition> conditions;
      if (draft.node) read_when(draft, conditions);
      Entry entry{draft.name, draft.where, 0, draft.node, draft.keys, std::move(draft.rows)};
      entry.parameter = draft.node
                            ? add_dimension(*draft.node, draft.name, draft.path, conditions)
                            : add_parameter(rows_parameter(draft.name, entry.rows.size()), draft.where);
      space_.entries_.push_back(std::move(entry));
    }
    check_satisfiable();
  }

  void read_forbid(const Value& list) {
    if (!list.is_list()) return;
    for (std::size_t i = 0; i < list.items().size(); ++i) {
      const Value& map = list.items()[i];
      if (!map.is_map()) continue;
      std::vector<Condition> all;
      bool is_good = !map.entries().empty();
      for (const Value::Entry& entry : map.entries()) {
        Condition condition;
        is_good = read_condition(entry, text("sweep.forbid.", i), condition) && is_good;
        all.push_back(std::move(condition));
      }
      if (is_good) space_.space_.forbidden.push_back(std::move(all));
    }
  }

  void read_enqueue(const Value& list) {
    if (!list.is_list()) return;
    for (std::size_t i = 0; i < list.items().size(); ++i) {
      if (list.items()[i].is_map()) read_point(list.items()[i], text("sweep.enqueue.", i));
    }
  }

  SearchSpace take() { return std::move(space_); }

 private:
  struct Draft {
    std::string name;
    Where where;
    std::string path;
    const Value* node;
    std::vector<std::string> keys;
    std::vector<std::vector<const Value*>> rows;
  };

  void report(const Where& where, std::string path, std::string message, std::string hint) {
    problems_.push_back({where, std::move(path), std::move(message), std::move(hint)});
  }

  // ---- The kinds of things to draw from

  static const Value::Entry* kind_of(const Value& node) {
    if (!node.is_map()) return nullptr;
    for (const Value::Entry& entry : node.entries()) {
      if (std::find(space_kinds().begin(), space_kinds().end(), entry.key) != space_kinds().end())
        return &entry;
    }
    return nullptr;
  }

  // A map that only leads to keys further down.
  static bool is_nested(const Value& node) {
    return node.is_map() && !node.entries().empty() &&
           std::all_of(node.entries().begin(), node.entries().end(),
                       [](const Value::Entry& entry) { return entry.value.is_map(); });
  }

  void report_no_kind(const Value::Entry& entry, const std::string& place) {
    const std::string known = "kinds: " + join(space_kinds(), ", ");
    if (entry.value.is_list()) {
      return report(entry.value.where(), place, "is a list, must say how to draw from it",
                    text("write {choice: ", one_line(entry.value), "}; ", known));
    }
    if (entry.value.is_map() && !entry.value.entries().empty()) {
      const Value::Entry& first = entry.value.entries().front();
      return report(first.key_where, text(place, '.', printable(first.key)), ": unknown kind of space",
                    suggest(first.key, space_kinds()));
    }
    report(entry.value.where(), place, text("is ", entry.value.kind_text(), ", must say what to draw from"),
           "as {choice: [a, b]} or {uniform: [0, 1]}; " + known);
  }

  // The keys that may stand beside a kind.
  static std::vector<std::string> companions(const std::string& kind) {
    if (kind == "uniform" || kind == "integer" || kind == "log_integer") return {"step", "when"};
    return {"when"};
  }

  std::size_t add_parameter(Parameter parameter, const Where& where) {
    space_.space_.parameters.push_back(std::move(parameter));
    space_.places_.push_back(where);
    return space_.places_.size() - 1;
  }

  static Parameter rows_parameter(const std::string& name, std::size_t n_rows) {
    Parameter parameter;
    parameter.name = name;
    parameter.n_choices = static_cast<std::int64_t>(n_rows);
    return parameter;
  }

  std::size_t add_dimension(const Value& node, const std::string& name, const std::string& path,
                            const std::vector<Condition>& conditions) {
    const Value::Entry& kind = *kind_of(node);
    const std::vector<std::string> beside = companions(kind.key);
    for (const Value::Entry& entry : node.entries()) {
      if (&entry == &kind || std::find(beside.begin(), beside.end(), entry.key) != beside.end()) continue;
      const bool is_kind =
          std::find(space_kinds().begin(), space_kinds().end(), entry.key) != space_kinds().end();
      report(
          entry.key_where, text(path, '.', printable(entry.key)),
          is_kind ? text(": stands beside ", kind.key, ", but a key has one kind of space") : ": unknown key",
          is_kind ? std::string("remove one of them") : text("beside ", kind.key, ": ", join(beside, ", ")));
    }
    Parameter parameter;
    parameter.name = name;
    parameter.conditions = conditions;
    if (kind.key == "choice") return add_choice(node, kind, std::move(parameter), path);
    if (!read_numbers(node, kind, parameter, path)) {
      parameter.low = 0;  // something that holds until the problem is reported
      parameter.high = 1;
    }
    const std::size_t index = add_parameter(std::move(parameter), kind.value.where());
    space_.nodes_.emplace(&node, index);
    return index;
  }

  std::size_t add_choice(const Value& node, const Value::Entry& kind, Parameter parameter,
                         const std::string& path) {
    const std::string name = parameter.name;
    const std::vector<Condition> conditions = parameter.conditions;
    const bool is_good = kind.value.is_list() && !kind.value.items().empty();
    if (!is_good) {
      report(kind.value.where(), path + ".choice",
             kind.value.is_list() ? std::string("is empty, so there is nothing to draw")
                                  : text("is ", kind.value.kind_text(), ", must be a list of values"),
             "as {choice: [a, b]}");
    }
    parameter.n_choices = is_good ? std::ssize(kind.value.items()) : 1;
    const std::size_t index = add_parameter(std::move(parameter), kind.value.where());
    if (!is_good) return index;
    space_.nodes_.emplace(&node, index);
    const std::vector<Value>& items = kind.value.items();
    for (std::size_t i = 0; i < items.size(); ++i) {
      check_new(items, i, path);
      std::vector<Condition> inner = conditions;
      inner.push_back({index, {static_cast<double>(i)}});
      add_nested(items[i], text(name, '[', i, ']'), text(path, ".choice.", i), inner);
    }
    return index;
  }

  void check_new(const std::vector<Value>& items, std::size_t i, const std::string& path) {
    for (std::size_t k = 0; k < i; ++k) {
      if (!is_same(items[i], items[k])) continue;
      return report(items[i].where(), text(path, ".choice.", i),
                    text("is ", one_line(items[i]), ", as choice ", k, " is already"), "remove one");
    }
  }

  // What is drawn within a choice.
  void add_nested(const Value& node, const std::string& name, const std::string& path,
                  const std::vector<Condition>& conditions) {
    if (kind_of(node)) {
      if (const Value* when = node.find("when"))
        report(when->where(), path + ".when", ": conditions stand at keys of space only",
               "what is drawn within a choice depends on that choice");
      add_dimension(node, name, path, conditions);
    } else if (node.is_map()) {
      for (const Value::Entry& entry : node.entries())
        add_nested(entry.value, text(name, '.', entry.key), text(path, '.', entry.key), conditions);
    } else if (node.is_list()) {
      for (std::size_t i = 0; i < node.items().size(); ++i)
        add_nested(node.items()[i], text(name, '.', i), text(path, '.', i), conditions);
    }
  }

  // ---- Ranges

  std::optional<double> number(const Value& value, bool is_whole, const std::string& path) {
    const auto found = value.is_scalar() && !value.is_quoted() ? parse_real(value.text()) : std::nullopt;
    const bool is_good = found && (!is_whole || (*found == std::floor(*found) && std::abs(*found) < 0x1p53));
    if (is_good) return found;
    report(value.where(), path,
           text("is ", one_line(value), ", must be a ", is_whole ? "whole number" : "number"),
           "write a number, or an expression of the config's values as $(vars.limit)");
    return std::nullopt;
  }

  bool read_numbers(const Value& node, const Value::Entry& kind, Parameter& parameter,
                    const std::string& path) {
    const bool is_range = kind.key == "range";
    const bool is_whole = is_range || kind.key == "integer" || kind.key == "log_integer";
    parameter.kind = is_whole ? Parameter::Kind::integer : Parameter::Kind::real;
    parameter.is_log = kind.key.starts_with("log");
    parameter.step = is_whole ? 1 : 0;
    const std::string place = text(path, '.', kind.key);
    const std::size_t n_ends = kind.value.is_list() ? kind.value.items().size() : 0;
    if (n_ends != 2 && !(is_range && n_ends == 3)) {
      report(
          kind.value.where(), place,
          text("is ", one_line(kind.value), ", must be ",
               is_range ? "[first, end] or [first, end, step]" : "[low, high]"),
          is_range ? "as {range: [0, 10]}, the numbers from 0 to 9" : text("as {", kind.key, ": [1, 10]}"));
      return false;
    }
    std::vector<double> ends;
    for (std::size_t i = 0; i < n_ends; ++i) {
      const auto end = number(kind.value.items()[i], is_whole, text(place, '.', i));
      if (!end) return false;
      ends.push_back(*end);
    }
    if (const Value* step = node.find("step")) {
      const auto size = number(*step, is_whole, path + ".step");
      if (!size) return false;
      ends.push_back(*size);
    }
    if (ends.size() == 3) parameter.step = ends[2];
    return accept_range(kind, parameter, ends, place);
  }

  bool accept_range(const Value::Entry& kind, Parameter& parameter, const std::vector<double>& ends,
                    const std::string& place) {
    if (ends.size() == 3 && parameter.step <= 0) {
      report(kind.value.where(), place, text("has a step of ", parameter.step, ", must be above 0"),
             "as step: 1");
      return false;
    }
    parameter.low = ends[0];
    parameter.high = kind.key == "range" ? ends[1] - 1 : ends[1];
    const bool may_be_one = kind.key != "uniform" && kind.key != "loguniform";
    if (parameter.high < parameter.low || (!may_be_one && parameter.high == parameter.low)) {
      report(kind.value.where(), place,
             text("is ", one_line(kind.value), ", which holds nothing to draw from"),
             kind.key == "range" ? "the end is not part of a range: [0, 10] is 0 to 9"
                                 : "the first number is the lower one");
      return false;
    }
    if (parameter.is_log && parameter.low <= 0) {
      report(
          kind.value.items()[0].where(), place + ".0",
          text("is ", one_line(kind.value.items()[0]), ", must be above 0, since the range is logarithmic"),
          text("begin above 0, or write ", kind.key == "loguniform" ? "uniform" : "integer"));
      return false;
    }
    // What steps do not reach is no end.
    if (parameter.step > 0) parameter.high = parameter.value(parameter.count() - 1);
    return true;
  }

  // ---- Several keys in a row

  static Draft rows_draft(const Where& where, const std::string& path) {
    return {{}, where, path, nullptr, {}, {}};
  }

  void add_rows(Draft draft) {
    draft.name = join(draft.keys, "+");
    drafts_.push_back(std::move(draft));
  }

  void check_keys() {
    std::map<std::string, const Draft*> seen;
    for (const Draft& draft : drafts_) {
      for (const std::string& key : draft.keys) {
        const auto [found, is_new] = seen.try_emplace(key, &draft);
        if (!is_new)
          report(draft.where, draft.path,
                 text(": ", key, " is drawn twice, also at ", to_string(found->second->where)), "remove one");
      }
    }
    for (const Draft& draft : drafts_) {
      for (const auto& [key, other] : seen) {
        if (draft.node && key.starts_with(draft.name + ".") &&
            sets(*draft.node, key.substr(draft.name.size() + 1)))
          report(other->where, other->path,
                 text(": ", key, " is drawn twice, also within the choices at ", to_string(draft.where)),
                 "remove one");
      }
    }
  }

  static bool sets(const Value& node, const std::string& rest) {
    const Value* choices = node.find("choice");
    return choices && choices->is_list() &&
           std::any_of(choices->items().begin(), choices->items().end(),
                       [&](const Value& item) { return item.find_path(rest) != nullptr; });
  }

  // ---- Conditions

  // The draft that sets a key, or of which the key is a part.
  std::optional<std::size_t> owner(const std::string& key) const {
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
      for (const std::string& own : drafts_[i].keys) {
        if (own == key) return i;
      }
    }
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
      for (const std::string& own : drafts_[i].keys) {
        if (key.starts_with(own + ".")) return i;
      }
    }
    return std::nullopt;
  }

  // Drafts in an order in which conditions look back only.
  std::vector<std::size_t> order() {
    std::vector<std::size_t> out;
    std::vector<char> is_done(drafts_.size(), 0);
    while (out.size() < drafts_.size()) {
      const std::size_t before = out.size();
      for (std::size_t i = 0; i < drafts_.size(); ++i) {
        if (is_done[i] || !is_ready(i, is_done)) continue;
        is_done[i] = 1;
        out.push_back(i);
        break;  // the first that is ready, so that the written order stays where it can
      }
      if (out.size() > before) continue;
      const auto circular =
          static_cast<std::size_t>(std::find(is_done.begin(), is_done.end(), 0) - is_done.begin());
      report(drafts_[circular].where, drafts_[circular].path + ".when", ": these conditions go in a circle",
             "remove one of them");
      break;
    }
    return out;
  }

  bool is_ready(std::size_t index, const std::vector<char>& is_done) const {
    const Value* when = drafts_[index].node ? drafts_[index].node->find("when") : nullptr;
    if (!when || !when->is_map()) return true;
    return std::all_of(when->entries().begin(), when->entries().end(), [&](const Value::Entry& entry) {
      const auto needed = owner(entry.key);
      return !needed || is_done[*needed];
    });
  }

  void read_when(const Draft& draft, std::vector<Condition>& conditions) {
    const Value* when = draft.node->find("when");
    if (!when) return;
    const std::string path = draft.path + ".when";
    if (!when->is_map() || when->entries().empty())
      return report(when->where(), path, text("is ", when->kind_text(), ", must be keys with values"),
                    "as when: {optimizer.type: sgd}");
    for (const Value::Entry& entry : when->entries()) {
      Condition condition;
      if (read_condition(entry, path, condition)) conditions.push_back(std::move(condition));
    }
  }

  bool read_condition(const Value::Entry& written, const std::string& path, Condition& out) {
    const std::string place = text(path, '.', printable(written.key));
    const Entry* entry = nullptr;
    for (const bool is_exact : {true, false}) {
      for (const Entry& one : space_.entries_) {
        for (const std::string& key : one.keys) {
          if (!entry && (is_exact ? key == written.key : written.key.starts_with(key + "."))) entry = &one;
        }
      }
    }
    if (!entry) {
      std::vector<std::string> known;
      for (const Entry& one : space_.entries_) known.insert(known.end(), one.keys.begin(), one.keys.end());
      report(written.key_where, place, ": is not drawn by this sweep", suggest(written.key, known));
      return false;
    }
    out.parameter = entry->parameter;
    out.values = matching(*entry, written.key, written.value);
    if (!out.values.empty()) return true;
    if (written.value.is_list()) {
      for (const Value& item : written.value.items()) {
        const std::vector<double> some = matching(*entry, written.key, item);
        if (some.empty()) return report_never(*entry, written.key, item, place);
        out.values.insert(out.values.end(), some.begin(), some.end());
      }
      if (!out.values.empty()) return true;
    }
    return report_never(*entry, written.key, written.value, place);
  }

  bool report_never(const Entry& entry, const std::string& key, const Value& value,
                    const std::string& place) {
    std::vector<std::string> known;
    for (const Value* one : values_of(entry, key)) {
      const std::string shown = one_line(*one);
      if (std::find(known.begin(), known.end(), shown) == known.end()) known.push_back(shown);
    }
    report(value.where(), place, text("is ", one_line(value), ", which ", key, " never has in this sweep"),
           known.empty() ? text("it is drawn from ", one_line(*entry.node)) : "it has: " + join(known, ", "));
    return false;
  }

  // The value that a choice or a row gives to a key, or null: of `optimizer.type`, what the choice for
  // `optimizer` says of `type`.
  static const Value* part_of(const Value& value, const std::string& own, const std::string& key) {
    if (own == key) return &value;
    const std::string rest = key.substr(own.size() + 1);
    if (value.is_scalar() && rest == "type") return &value;
    return value.find_path(rest);
  }

  // For each choice or row, in order; null where it says nothing. Empty for numbers.
  static std::vector<const Value*> choices_of(const Entry& entry, const std::string& key) {
    std::vector<const Value*> out;
    if (entry.node) {
      const Value* choices = entry.node->find("choice");
      if (!choices || !choices->is_list()) return out;
      for (const Value& item : choices->items()) out.push_back(part_of(item, entry.keys.front(), key));
      return out;
    }
    const auto own = std::find_if(entry.keys.begin(), entry.keys.end(), [&](const std::string& one) {
      return one == key || key.starts_with(one + ".");
    });
    for (const auto& row : entry.rows)
      out.push_back(part_of(*row[static_cast<std::size_t>(own - entry.keys.begin())], *own, key));
    return out;
  }

  static std::vector<const Value*> values_of(const Entry& entry, const std::string& key) {
    std::vector<const Value*> values = choices_of(entry, key);
    std::erase(values, nullptr);
    return values;
  }

  std::vector<double> matching(const Entry& entry, const std::string& key, const Value& wanted) const {
    std::vector<double> out;
    const Parameter& parameter = space_.space_.parameters[entry.parameter];
    if (parameter.kind != Parameter::Kind::choice) {
      const auto number = drawn_number(parameter, wanted);
      if (number && key == entry.keys.front()) out.push_back(*number);
      return out;
    }
    const std::vector<const Value*> choices = choices_of(entry, key);
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (choices[i] && is_same(*choices[i], wanted)) out.push_back(static_cast<double>(i));
    }
    return out;
  }

  // The number as the parameter has it, if it can be drawn.
  static std::optional<double> drawn_number(const Parameter& parameter, const Value& value) {
    const auto number = value.is_scalar() && !value.is_quoted() ? parse_real(value.text()) : std::nullopt;
    if (!number || *number < parameter.low || *number > parameter.high) return std::nullopt;
    if (parameter.step <= 0) return number;
    const double nearest = parameter.value(std::llround((*number - parameter.low) / parameter.step));
    if (std::abs(nearest - *number) > 1e-9 * parameter.step) return std::nullopt;
    return nearest;
  }

  // Conditions that exclude one another make a parameter that is never drawn.
  void check_satisfiable() {
    for (const Entry& entry : space_.entries_) {
      const Point point = space_.point_with(entry.parameter, 0);
      if (std::isnan(point[entry.parameter]))
        report(entry.where, "sweep.space." + entry.name, ": its conditions never hold together",
               "remove one, or draw the key always");
    }
  }

  // ---- Points to begin with

  void read_point(const Value& map, const std::string& path) {
    Point point = space_.space_.empty_point();
    std::vector<std::string> known;
    bool is_good = true;
    for (const Entry& entry : space_.entries_) {
      known.insert(known.end(), entry.keys.begin(), entry.keys.end());
      const bool is_active = space_.space_.is_active(entry.parameter, point);
      is_good = (!is_active || read_value(entry, map, path, point)) && is_good;
    }
    for (const Value::Entry& entry : map.entries()) {
      if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
      report(entry.key_where, text(path, '.', printable(entry.key)), ": is not drawn by this sweep",
             suggest(entry.key, known));
      is_good = false;
    }
    if (is_good && !space_.space_.is_allowed(point)) {
      report(map.where(), path, ": is forbidden by sweep.forbid", "remove it from one of them");
      is_good = false;
    }
    if (is_good) space_.enqueued_.push_back(std::move(point));
  }

  bool read_value(const Entry& entry, const Value& map, const std::string& path, Point& point) {
    for (const std::string& key : entry.keys) {
      if (map.find(key)) continue;
      report(map.where(), path, text(": lacks ", key), "a point has a value for every key that is drawn");
      return false;
    }
    if (entry.node && fill(*entry.node, *map.find(entry.keys.front()), point)) return true;
    for (std::size_t row = 0; row < entry.rows.size(); ++row) {
      bool is_row = true;
      for (std::size_t i = 0; i < entry.keys.size(); ++i)
        is_row = is_row && is_same(*entry.rows[row][i], *map.find(entry.keys[i]));
      if (!is_row) continue;
      point[entry.parameter] = static_cast<double>(row);
      return true;
    }
    const Value& value = *map.find(entry.keys.front());
    report(value.where(), text(path, '.', entry.keys.front()),
           text("is ", one_line(value), ", which this sweep does not draw"),
           entry.node ? "it is drawn from " + one_line(*entry.node) : std::string("take one of its rows"));
    return false;
  }

  // Sets the parameters in `node` so that it becomes `value`; false, with nothing set, if it cannot.
  bool fill(const Value& node, const Value& value, Point& point) const {
    const auto found = space_.nodes_.find(&node);
    if (found != space_.nodes_.end()) {
      const Parameter& parameter = space_.space_.parameters[found->second];
      if (parameter.kind != Parameter::Kind::choice) {
        const auto number = drawn_number(parameter, value);
        if (number) point[found->second] = *number;
        return number.has_value();
      }
      const std::vector<Value>& items = node.find("choice")->items();
      for (std::size_t i = 0; i < items.size(); ++i) {
        Point tried = point;
        tried[found->second] = static_cast<double>(i);
        if (!fill(items[i], value, tried)) continue;
        point = std::move(tried);
        return true;
      }
      return false;
    }
    if (node.is_map() && value.is_map() && node.entries().size() == value.entries().size()) {
      return std::all_of(node.entries().begin(), node.entries().end(), [&](const Value::Entry& entry) {
        const Value* other = value.find(entry.key);
        return other && fill(entry.value, *other, point);
      });
    }
    if (node.is_list() && value.is_list() && node.items().size() == value.items().size()) {
      for (std::size_t i = 0; i < node.items().size(); ++i) {
        if (!fill(node.items()[i], value.items()[i], point)) return false;
      }
      return true;
    }
    return is_same(node, value);
  }

  std::vector<Problem>& problems_;
  const std::vector<Value>* sources_ = nullptr;
  SearchSpace space_;
  std::vector<Draft> drafts_;
};

namespace {

Value part(const Value& config, const char* path) {
  const Value* found = config.find_path(path);
  return found ? *found : Value();
}

}  // namespace

SearchSpace read_search_space(const Value& config, std::vector<Value> file_rows,
                              std::vector<Problem>& problems) {
  Where file = file_rows.empty() ? Where() : file_rows.front().where();
  SpaceReader reader({part(config, "sweep.space"), part(config, "sweep.zip"), part(config, "sweep.list"),
                      Value::list(std::move(file_rows), std::move(file)), part(config, "sweep.forbid"),
                      part(config, "sweep.enqueue")},
                     problems);
  reader.read_map(reader.source(0), "sweep.space");
  const Value& zip = reader.source(1);
  if (zip.is_list()) {
    for (std::size_t i = 0; i < zip.items().size(); ++i)
      reader.read_zip(zip.items()[i], text("sweep.zip.", i));
  } else if (!zip.is_null()) {
    reader.read_zip(zip, "sweep.zip");
  }
  reader.read_rows(reader.source(2), "sweep.list");
  reader.read_rows(reader.source(3), "sweep.zip_file");
  const std::size_t before = problems.size();
  reader.finish();
  if (problems.size() == before) {
    reader.read_forbid(reader.source(4));
    reader.read_enqueue(reader.source(5));
  }
  return reader.take();
}

SearchSpace read_groups(const Value& config, std::vector<Problem>& problems) {
  SpaceReader reader({part(config, "sweep.per")}, problems);
  reader.read_map(reader.source(0), "sweep.per");
  reader.finish();
  return reader.take();
}

}  // namespace assay::sweep
