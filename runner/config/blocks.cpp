#include "runner/config/blocks.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/text.h"
#include "registry/contracts/layer_blocks.h"
#include "runner/config/guide.h"
#include "runner/config/interpolate.h"
#include "runner/config/tree_step.h"

namespace assay {
namespace {

constexpr std::string_view block_prefix = "block/";
constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::size_t most_written_nodes = 100'000;

bool is_name(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         name.find_first_not_of(name_characters) == std::string_view::npos;
}

bool is_in(std::string_view path, std::string_view above) {
  return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '.';
}

// Where `block/NAME` stands: the scalar itself, or its `type`; null for what uses no block.
const Value* name_in(const Value& node) {
  const Value* type = node.is_map() ? node.find("type") : &node;
  return type && type->is_scalar() && type->text().starts_with(block_prefix) ? type : nullptr;
}

// What follows `block.` in an expression.
struct Reference {
  std::string name;
  const Value* node;
};

// Those in the expressions below a node.
void add_references(const Value& node, std::vector<Reference>& out) {
  if (node.is_list()) {
    for (const Value& item : node.items()) add_references(item, out);
  } else if (node.is_map()) {
    for (const Value::Entry& entry : node.entries()) add_references(entry.value, out);
  } else if (node.is_scalar() && node.text().find("$(") != std::string::npos) {
    constexpr std::string_view word = "block.";
    const std::string& written = node.text();
    for (std::size_t at = written.find(word); at != std::string::npos; at = written.find(word, at)) {
      at += word.size();
      const std::size_t end = written.find_first_not_of(name_characters, at);
      out.push_back({written.substr(at, end == std::string::npos ? end : end - at), &node});
    }
  }
}

// Most models use none: they are told from the others without putting a path together.
bool holds_use(const Value& node) {
  if (name_in(node)) return true;
  if (node.is_list()) return std::any_of(node.items().begin(), node.items().end(), holds_use);
  return node.is_map() && std::any_of(node.entries().begin(), node.entries().end(),
                                      [](const Value::Entry& entry) { return holds_use(entry.value); });
}

struct Definition {
  Where where;
  Value parameters;  // a map
  Value layers;
  bool is_good = true;  // false: what is wrong was reported
};

// Reads the definitions, and reports what is wrong with them, whether they are used or not.
class DefinitionReader {
 public:
  explicit DefinitionReader(std::vector<Problem>& problems) : problems_(problems) {}

  std::map<std::string, Definition> read(const Value& blocks) {
    std::map<std::string, Definition> definitions;
    if (blocks.is_null()) return definitions;
    if (!blocks.is_map()) {
      report(blocks.where(), "model.blocks", text("is ", blocks.kind_text(), ", must be a map of blocks"),
             "as `blocks: {dense: {parameters: {units}, layers: [...]}}`");
      return definitions;
    }
    for (const Value::Entry& entry : blocks.entries()) {
      Definition definition{entry.key_where, Value::map({}, entry.value.where()), {}};
      const std::size_t before = problems_.size();
      read(entry, text("model.blocks.", printable(entry.key)), definition);
      definition.is_good = problems_.size() == before;
      definitions.emplace(entry.key, std::move(definition));
    }
    return definitions;
  }

 private:
  void report(const Where& where, std::string path, std::string message, std::string hint) {
    problems_.push_back({where, std::move(path), std::move(message), std::move(hint)});
  }

  void check_name(const Value::Entry& entry, const std::string& path, std::string_view what) {
    if (is_name(entry.key)) return;
    report(entry.key_where, path, text(": no name for a ", what),
           "use a-z, 0-9 and _, beginning with a letter");
  }

  void read(const Value::Entry& entry, const std::string& path, Definition& out) {
    check_name(entry, path, "block");
    const Value& written = entry.value;
    if (!written.is_map()) {
      return report(written.where(), path, text("is ", written.kind_text(), ", must be a map"),
                    "as {parameters: {units}, layers: [...]}");
    }
    const std::vector<std::string> known = schema_of<LayerBlock>().keys();
    for (const Value::Entry& each : written.entries()) {
      if (std::find(known.begin(), known.end(), each.key) != known.end()) continue;
      report(each.key_where, text(path, '.', printable(each.key)), ": unknown key", suggest(each.key, known));
    }
    if (const Value* parameters = written.find("parameters")) read_parameters(*parameters, path, out);
    read_layers(written, path, out);
    check_references(path, out);
  }

  void read_parameters(const Value& written, const std::string& block, Definition& out) {
    const std::string path = block + ".parameters";
    if (written.is_null()) return;
    if (!written.is_map()) {
      return report(written.where(), path, text("is ", written.kind_text(), ", must be a map"),
                    "as {units, p: 0.1}: `units` must be given, `p` may");
    }
    out.parameters = written;
    for (const Value::Entry& each : written.entries()) {
      const std::string place = text(path, '.', printable(each.key));
      check_name(each, place, "parameter");
      if (each.key == "type" || each.key == "layers" || each.key == "parameters")
        report(each.key_where, place, ": a word of the language, not a parameter", "give it another name");
    }
  }

  void read_layers(const Value& written, const std::string& block, Definition& out) {
    const Value* layers = written.find("layers");
    if (!layers) return report(written.where(), block + ".layers", "is missing", "as layers: [linear, relu]");
    out.layers = *layers;
    if (layers->is_list() && !layers->items().empty()) return;
    report(layers->where(), block + ".layers",
           text("is ", layers->is_list() ? "empty" : layers->kind_text(), ", must be a list of layers"),
           "as layers: [linear, relu]");
  }

  // Of parameters that are read but not there, and of those that would be given in vain.
  void check_references(const std::string& block, const Definition& out) {
    std::vector<Reference> references;
    add_references(out.layers, references);
    add_references(out.parameters, references);
    std::vector<std::string> known;
    for (const Value::Entry& each : out.parameters.entries()) known.push_back("block." + each.key);
    for (const Reference& reference : references) {
      if (out.parameters.find(reference.name)) continue;
      report(reference.node->where(), block,
             text(": `", printable(reference.node->text()), "`: the block has no parameter '",
                  printable(reference.name), "'"),
             known.empty() ? text("declare it: parameters: {", printable(reference.name), "}")
                           : suggest("block." + reference.name, known));
    }
    for (const Value::Entry& each : out.parameters.entries()) {
      const auto reads_it = [&](const Reference& reference) { return reference.name == each.key; };
      if (std::any_of(references.begin(), references.end(), reads_it)) continue;
      report(each.key_where, text(block, ".parameters.", printable(each.key)),
             ": not used by the block's layers",
             text("write $(block.", printable(each.key), ") where it belongs, or remove it"));
    }
  }

  std::vector<Problem>& problems_;
};

class Expander {
 public:
  /// blocks: what the model says; null for none.
  Expander(Value blocks, bool may_have_blocks, std::vector<Problem>& problems)
      : definitions_(DefinitionReader(problems).read(blocks)),
        may_have_blocks_(may_have_blocks),
        problems_(problems),
        uses_(std::move(blocks)) {}

  void walk(Value& node, const TreeStep& step) {
    if (name_in(node)) return expand(node, step);
    if (node.is_list()) {
      for (std::size_t i = 0; i < node.items().size(); ++i) walk(node.items()[i], {&step, {}, i});
    } else if (node.is_map()) {
      for (Value::Entry& entry : node.entries()) walk(entry.value, {&step, entry.key});
    }
  }

  BlockUses take() { return std::move(uses_); }

 private:
  void report(const Where& where, std::string path, std::string message, std::string hint) {
    problems_.push_back({where, std::move(path), std::move(message), std::move(hint)});
  }

  // What cannot be written out becomes nothing, which bind leaves alone where a problem is known.
  void expand(Value& node, const TreeStep& step) {
    const std::string path = path_of(&step);
    const Value type = *name_in(node);
    const std::string name = type.text().substr(block_prefix.size());
    const Definition* definition = find(name, type, path);
    if (!definition || !accepts(node, *definition, name, path) || !has_room(*definition, type, path)) {
      node = Value::null(node.where());
      return;
    }
    BlockUse use{
        name, path, type.where(), definition->where, Value::map({}, node.where()), definition->parameters};
    if (node.is_map()) {
      use.given = std::move(node);
      use.given.erase("type");
    }
    for (Value::Entry& entry : use.given.entries()) walk(entry.value, {&step, entry.key});
    Value layers = definition->layers;
    open_.push_back(name);
    const TreeStep defaults{&step, "parameters"};
    for (Value::Entry& entry : use.defaults.entries()) walk(entry.value, {&defaults, entry.key});
    walk(layers, {&step, "layers"});
    open_.pop_back();
    uses_.add(std::move(use));
    node = Value::map({}, type.where());
    node.set("type", Value::scalar("sequence", false, type.where()), type.where());
    node.set("layers", std::move(layers), definition->where);
  }

  const Definition* find(const std::string& name, const Value& type, const std::string& path) {
    const auto found = definitions_.find(name);
    if (found == definitions_.end()) {
      report(type.where(), path, text(": unknown block '", printable(name), "'"), unknown_hint(name));
      return nullptr;
    }
    const auto again = std::find(open_.begin(), open_.end(), name);
    if (again != open_.end()) {
      std::string circle;
      for (auto each = again; each != open_.end(); ++each) circle += *each + " -> ";
      report(type.where(), path, text(": the block uses itself: ", circle, name),
             "use `repeat` for the same layers several times");
      return nullptr;
    }
    return found->second.is_good ? &found->second : nullptr;
  }

  std::string unknown_hint(const std::string& name) const {
    if (!may_have_blocks_) return "models that are lists of layers have blocks, as `sequential` and `graph`";
    if (definitions_.empty())
      return text("define it: model.blocks: {", printable(name), ": {layers: [...]}}");
    std::vector<std::string> known;
    for (const auto& [each, definition] : definitions_) known.push_back(each);
    return suggest(name, known);
  }

  bool accepts(const Value& node, const Definition& definition, const std::string& name,
               const std::string& path) {
    const std::size_t before = problems_.size();
    std::vector<std::string> known;
    for (const Value::Entry& each : definition.parameters.entries()) known.push_back(each.key);
    if (node.is_map()) {
      for (const Value::Entry& entry : node.entries()) {
        if (entry.key == "type" || definition.parameters.find(entry.key)) continue;
        report(entry.key_where, text(path, '.', printable(entry.key)),
               text(": unknown parameter of block '", name, "'"),
               known.empty() ? "the block has none" : suggest(entry.key, known));
      }
    }
    for (const Value::Entry& each : definition.parameters.entries()) {
      const Value* given = node.is_map() ? node.find(each.key) : nullptr;
      if (given ? !given->is_null() : !each.value.is_null()) continue;
      report(given ? given->where() : name_in(node)->where(), text(path, '.', each.key), "is missing",
             text("block '", name, "' must be given it: {type: block/", name, ", ", each.key, ": ...}"));
    }
    return problems_.size() == before;
  }

  // Blocks that use blocks twice over grow like powers of two.
  bool has_room(const Definition& definition, const Value& type, const std::string& path) {
    if (written_ > most_written_nodes) return false;  // reported
    written_ += count_nodes(definition.layers);
    if (written_ <= most_written_nodes) return true;
    report(type.where(), path, ": blocks copy too much", "use `repeat`, or fewer blocks within blocks");
    return false;
  }

  std::map<std::string, Definition> definitions_;
  bool may_have_blocks_;
  std::vector<Problem>& problems_;
  BlockUses uses_;
  std::vector<std::string> open_;  // blocks being written out, the outermost first
  std::size_t written_ = 0;
};

std::string place_of(const BlockUse& use) {
  return text("in block '", use.name, "' of ", to_string(use.defined));
}

}  // namespace

void BlockUses::add(BlockUse use) { uses_.push_back(std::move(use)); }

BlockUse* BlockUses::around(std::string_view path) {
  BlockUse* innermost = nullptr;
  for (BlockUse& use : uses_) {
    if (!is_in(path, use.path) || (innermost && use.path.size() < innermost->path.size())) continue;
    if (is_in(path, use.path + ".layers") || is_in(path, use.path + ".parameters")) innermost = &use;
  }
  return innermost;
}

const BlockUse* BlockUses::holding(std::string_view path) const {
  const BlockUse* innermost = nullptr;
  for (const BlockUse& use : uses_) {
    if (innermost && use.path.size() < innermost->path.size()) continue;
    if (path == use.path || is_in(path, use.path)) innermost = &use;
  }
  return innermost;
}

Value BlockUses::fold(Value config) const {
  for (auto use = uses_.rbegin(); use != uses_.rend(); ++use) {
    Value* node = config.find_path(use->path);
    if (!node) continue;  // within one that was folded
    Value written = Value::map({}, use->used);
    written.set("type", Value::scalar(text(block_prefix, use->name), false, use->used), use->used);
    for (const Value::Entry& each : use->defaults.entries()) {
      const Value* given = use->given.find(each.key);
      written.set(each.key, given ? *given : each.value, each.key_where);
    }
    *node = std::move(written);
  }
  Value* model = config.find("model");
  if (model && model->is_map() && !definitions_.is_null()) model->set("blocks", definitions_);
  return config;
}

BlockUses expand_blocks(Value& config, const Registry& registry, std::vector<Problem>& problems) {
  Value* model = config.find("model");
  if (!model || !model->is_map()) return {};
  const Value* written = model->find("blocks");
  const bool defines = written && !(written->is_map() && written->entries().empty());
  if (!defines && !holds_use(*model)) return {};
  const std::vector<std::string> known =
      Guide::experiment(registry).below("model", config).known_keys(*model);
  if (known.empty()) return {};  // no model of this name, or none with parameters
  const bool may_have_blocks = std::find(known.begin(), known.end(), "blocks") != known.end();
  Value blocks;
  if (may_have_blocks && written) {
    blocks = *written;
    model->erase("blocks");
  }
  Expander expander(std::move(blocks), may_have_blocks, problems);
  const TreeStep root{nullptr, "model"};
  for (Value::Entry& entry : model->entries()) {
    if (entry.key != "type") expander.walk(entry.value, {&root, entry.key});
  }
  return expander.take();
}

std::vector<std::string> block_notes(std::string_view path, const BlockUses& uses) {
  std::vector<std::string> notes;
  for (const BlockUse* use = uses.holding(path); use;) {
    notes.push_back(text(place_of(*use), ", used at ", to_string(use->used)));
    const std::size_t dot = use->path.rfind('.');
    use = uses.holding(std::string_view(use->path).substr(0, dot));
  }
  return notes;
}

void note_blocks(std::vector<Problem>& problems, const BlockUses& uses) {
  std::map<std::string, std::size_t> said;  // what is said of a block: where in `kept`
  std::vector<Problem> kept;
  for (Problem& problem : problems) {
    const BlockUse* use = uses.holding(problem.path);
    const std::string words = text(to_string(problem.where), '\n', problem.message);
    const auto first = use ? said.try_emplace(words, kept.size()).first : said.end();
    const bool is_said = first != said.end() && first->second < kept.size();
    std::vector<std::string>& notes = is_said ? kept[first->second].notes : problem.notes;
    for (std::string& note : block_notes(problem.path, uses)) {
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
    }
    if (!is_said) kept.push_back(std::move(problem));
  }
  problems = std::move(kept);
}

}  // namespace assay
