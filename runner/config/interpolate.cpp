#include "runner/config/interpolate.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "core/text.h"
#include "core/tree_path.h"
#include "runner/config/blocks.h"
#include "runner/config/expression.h"
#include "runner/config/tree_step.h"

namespace assay {
namespace {

// Bounds on what expressions may grow a config to.
constexpr std::size_t longest_reference_chain = 100;
constexpr std::size_t longest_text = 65'536;
constexpr std::size_t most_copied_nodes = 100'000;

bool holds_expression(const Value& node) {
  return node.is_scalar() && node.tag().empty() && node.text().find("$(") != std::string::npos;
}

// The offset of the `)` that closes the `$(` at `begin`, if there is one.
std::size_t end_of_expression(std::string_view written, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin + 1; i < written.size(); ++i) {
    if (written[i] == '(') ++depth;
    if (written[i] == ')' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

// True for a scalar that is a block's parameter and nothing else.
bool is_block_parameter(std::string_view written) {
  if (!written.starts_with("$(") || !written.ends_with(')')) return false;
  const std::string_view key = trim(written.substr(2, written.size() - 3));
  return key.starts_with("block.") &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string_view::npos;
}

// What an expression refers to is wrong and was reported there.
struct AlreadyReported {};

class Interpolator {
 public:
  Interpolator(Value& config, std::vector<Problem>& problems, const std::set<const Value*>& later,
               BlockUses* blocks)
      : config_(config), problems_(problems), later_(later), blocks_(blocks) {}

  /// Resolves everything below a node once, also if another expression asked for it before. root: the node's
  /// path; step: the way from there.
  void resolve(Value& node, const std::string& root, const TreeStep* step = nullptr) {
    if (node.is_map()) {
      for (Value::Entry& entry : node.entries()) {
        const TreeStep inner{step, entry.key};
        resolve(entry.value, root, &inner);
      }
    } else if (node.is_list()) {
      for (std::size_t i = 0; i < node.items().size(); ++i) {
        const TreeStep inner{step, {}, i};
        resolve(node.items()[i], root, &inner);
      }
    } else if (holds_expression(node) && !later_.contains(&node)) {
      resolve_scalar(node, step ? path_below(root, path_of(step)) : root);
    }
  }

  /// Where the expressions are that have no value.
  std::vector<Where> broken_places() const {
    std::vector<Where> places;
    for (const Value* node : broken_) places.push_back(node->where());
    return places;
  }

 private:
  struct Active {
    const Value* node;
    std::string path;
  };

  void resolve_scalar(Value& node, const std::string& path) {
    const auto is_this = [&node](const Active& active) { return active.node == &node; };
    const auto again = std::find_if(active_.begin(), active_.end(), is_this);
    if (again != active_.end()) fail_circle(again);
    if (active_.size() >= longest_reference_chain)
      throw ExpressionError{text("goes through more than ", longest_reference_chain, " other expressions"),
                            "write one of the values"};
    if (!done_.insert(&node).second) return;
    active_.push_back({&node, path});
    const Where where = node.where();
    try {
      const bool is_given = is_block_parameter(node.text());  // to the use: that is its place
      Value value = expand(node);
      if (!is_given) set_places(value, where);
      node = std::move(value);
    } catch (const ExpressionError& error) {
      problems_.push_back(
          {where, path, text(": `", printable(node.text()), "`: ", error.message), error.hint});
      broken_.insert(&node);
    } catch (const AlreadyReported&) {
      broken_.insert(&node);
    }
    active_.pop_back();
  }

  Value expand(const Value& node) {
    const std::string& written = node.text();
    if (written.starts_with("$(") && end_of_expression(written, 0) == written.size() - 1) {
      return value_of(written.substr(2, written.size() - 3));
    }
    std::string out;
    for (std::size_t i = 0; i < written.size();) {
      const std::string_view rest = std::string_view(written).substr(i);
      if (rest.starts_with("$$(")) {
        out += "$(";
        i += 3;
      } else if (rest.starts_with("$(")) {
        const std::size_t end = end_of_expression(written, i);
        if (end == std::string_view::npos)
          throw ExpressionError{"the `$(` is never closed", "add the ')'; a literal `$(` is written `$$(`"};
        out += text_of(written.substr(i + 2, end - i - 2));
        i = end + 1;
      } else {
        out += written[i++];
      }
      if (out.size() > longest_text)
        throw ExpressionError{text("grows beyond ", longest_text, " characters"), "refer to shorter texts"};
    }
    return Value::scalar(std::move(out), node.is_quoted(), node.where());
  }

  Value value_of(const std::string& expression) {
    return evaluate(expression, [this](const std::string& key) { return look_up(key); });
  }

  std::string text_of(const std::string& expression) {
    const Value value = value_of(expression);
    if (!value.is_scalar() || !value.tag().empty())
      throw ExpressionError{
          text(printable(expression), " is ", value.kind_text(), ", which cannot stand within a text"),
          "let the expression stand alone"};
    return value.text();
  }

  Value look_up(const std::string& key) {
    if (key.starts_with("env.")) return environment(key.substr(4));
    if (key.starts_with("block.")) return block_parameter(key);
    Value* found = config_.find_path(key);
    if (!found || key.ends_with('.') || key.find("..") != std::string::npos) fail_unknown(key);
    resolve(*found, key);
    return copy_of(*config_.find_path(key), key);
  }

  // What the use around the expression gives, or else the block's default, which may look at what else was
  // given.
  Value block_parameter(const std::string& key) {
    BlockUse* use = blocks_ ? blocks_->around(active_.back().path) : nullptr;
    if (!use)
      throw ExpressionError{text("nothing is called '", printable(key), "'"),
                            "`block.NAME` is for the layers of a block, and stands for its parameters"};
    const std::string rest = key.substr(std::string_view("block.").size());
    const std::string name = rest.substr(0, rest.find('.'));
    const Value* given = use->given.find(name);
    const bool is_default = !given || given->is_null();
    Value& values = is_default ? use->defaults : use->given;
    const std::string above = is_default ? use->path + ".parameters" : use->path;
    if (Value* found = values.find(name)) resolve(*found, path_below(above, name));
    const Value* found = values.find_path(rest);
    if (!found) fail_unknown_parameter(*use, rest);
    return copy_of(*found, key);
  }

  [[noreturn]] static void fail_unknown_parameter(const BlockUse& use, const std::string& name) {
    std::vector<std::string> known;
    for (const Value::Entry& each : use.defaults.entries()) known.push_back("block." + each.key);
    throw ExpressionError{text("block '", use.name, "' has no parameter '", printable(name), "'"),
                          known.empty() ? text("declare it: parameters: {", printable(name), "}")
                                        : suggest("block." + name, known)};
  }

  Value copy_of(const Value& found, const std::string& key) {
    if (holds_broken(found)) throw AlreadyReported{};
    if (found.is_null())
      throw ExpressionError{text(key, " has no value"), text("set ", key, ", or write the value here")};
    copied_ += count_nodes(found);
    if (copied_ > most_copied_nodes)
      throw ExpressionError{"expressions copy too much", "refer to smaller lists"};
    return found;
  }

  bool holds_broken(const Value& node) const {
    if (node.is_list()) {
      return std::any_of(node.items().begin(), node.items().end(),
                         [this](const Value& item) { return holds_broken(item); });
    }
    if (node.is_map()) {
      return std::any_of(node.entries().begin(), node.entries().end(),
                         [this](const Value::Entry& entry) { return holds_broken(entry.value); });
    }
    return broken_.contains(&node);
  }

  static Value environment(const std::string& name) {
    const char* set = std::getenv(name.c_str());
    if (!set)
      throw ExpressionError{text("the environment variable ", printable(name), " is not set"),
                            text("export ", printable(name), "=..., or write the value")};
    return Value::scalar(set, false, {});
  }

  [[noreturn]] void fail_circle(std::vector<Active>::const_iterator begin) const {
    std::string circle;
    for (auto active = begin; active != active_.end(); ++active) circle += active->path + " -> ";
    throw ExpressionError{"goes in a circle: " + circle + begin->path, "write one of the values"};
  }

  [[noreturn]] void fail_unknown(const std::string& key) const {
    if (key.starts_with("vars.") && !config_.find("vars"))
      throw ExpressionError{text("nothing is called '", printable(key), "'"),
                            text("add `vars: {", printable(key.substr(5)), ": ...}`")};
    const std::size_t last = key.rfind('.');
    std::string parent = last == std::string::npos ? std::string() : key.substr(0, last);
    std::string name = last == std::string::npos ? key : key.substr(last + 1);
    const Value* node = config_.find_path(parent);
    while (!node) {  // the first part that is not there is the mistake
      const std::size_t dot = parent.rfind('.');
      name = dot == std::string::npos ? parent : parent.substr(dot + 1);
      parent = dot == std::string::npos ? std::string() : parent.substr(0, dot);
      node = config_.find_path(parent);
    }
    std::vector<std::string> known;
    if (node->is_map()) {
      for (const Value::Entry& entry : node->entries()) known.push_back(path_below(parent, entry.key));
    }
    throw ExpressionError{
        text("nothing is called '", printable(key), "'"),
        known.empty() ? text(parent, " is ", node->kind_text()) : suggest(path_below(parent, name), known)};
  }

  Value& config_;
  std::vector<Problem>& problems_;
  const std::set<const Value*>& later_;
  BlockUses* blocks_;  // may be null
  // Nodes keep their address: only scalars are replaced, and in place.
  std::vector<Active> active_;  // being resolved, outermost first
  std::set<const Value*> done_;
  std::set<const Value*> broken_;
  std::size_t copied_ = 0;
};

}  // namespace

std::size_t count_nodes(const Value& value) {
  std::size_t nodes = 1;
  if (value.is_list()) {
    for (const Value& item : value.items()) nodes += count_nodes(item);
  } else if (value.is_map()) {
    for (const Value::Entry& entry : value.entries()) nodes += count_nodes(entry.value);
  }
  return nodes;
}

void set_places(Value& value, const Where& where) {
  value.set_where(where);
  if (value.is_list()) {
    for (Value& item : value.items()) set_places(item, where);
  } else if (value.is_map()) {
    for (Value::Entry& entry : value.entries()) {
      entry.key_where = where;
      set_places(entry.value, where);
    }
  }
}

std::vector<Where> interpolate(Value& config, const std::string& path, std::vector<Problem>& problems,
                               const std::set<const Value*>& later, BlockUses* blocks) {
  Value* node = config.find_path(path);
  if (!node) return {};
  Interpolator interpolator(config, problems, later, blocks);
  interpolator.resolve(*node, path);
  return interpolator.broken_places();
}

}  // namespace assay
