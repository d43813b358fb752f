#include "plugins/weights/pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "plugins/weights/bytes_of.h"

namespace assay::weights {
namespace {

using NodeKind = PickleNode::Kind;

/// What may be called, and what comes of it.
enum class Effect { map, tensor, parameter, list, other };

struct Callable {
  std::string_view name;
  Effect effect;
};

constexpr std::array<Callable, 8> callables = {
    {{"collections.OrderedDict", Effect::map},
     {"torch._utils._rebuild_tensor_v2", Effect::tensor},
     {"torch._utils._rebuild_tensor_v3", Effect::tensor},
     {"torch._utils._rebuild_parameter", Effect::parameter},
     {"torch._utils._rebuild_parameter_with_state", Effect::parameter},
     {"torch.Size", Effect::list},
     {"torch.device", Effect::other},
     {"torch.serialization._get_layout", Effect::other}}};

/// Types of numbers, as `torch.float32`: named, never called.
constexpr std::array<std::string_view, 24> type_names = {
    "bool",      "uint8",     "int8",       "int16",         "int32",       "int64",  "half",   "float16",
    "bfloat16",  "float",     "float32",    "double",        "float64",     "uint16", "uint32", "uint64",
    "complex32", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2", "quint8", "qint8",  "qint32"};

bool is_type(std::string_view name) {
  constexpr std::string_view torch = "torch.";
  if (!name.starts_with(torch)) return false;
  const std::string_view word = name.substr(torch.size());
  const bool is_storage = word.ends_with("Storage") && word.find('.') == std::string_view::npos;
  return is_storage || word == "storage.UntypedStorage" || word == "storage.TypedStorage" ||
         std::ranges::find(type_names, word) != type_names.end();
}

constexpr char stop = '.';

/// The machine that a pickle is a program for: a stack of values, marks in it, and a memory of numbered
/// values.
class Machine {
 public:
  Machine(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  Pickle run() {
    for (;;) {
      const char opcode = static_cast<char>(number(1));
      if (opcode == stop) break;
      const bool is_known = plain(opcode) || collection(opcode) || memory(opcode) || call(opcode);
      if (!is_known)
        damaged(text("it has an opcode ", static_cast<unsigned>(static_cast<unsigned char>(opcode)),
                     ", which weights are not written with"));
    }
    pickle_.root = pop();
    pickle_.end = at_;
    return std::move(pickle_);
  }

 private:
  // ---- The program's bytes.

  [[noreturn]] void damaged(const std::string& why) const {
    refuse(name_, "its pickle is damaged: " + why, get_again);
  }

  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) damaged("it ends too early");
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }

  std::uint64_t number(std::size_t size) {
    const std::string_view bytes = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
  }

  std::string_view line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) damaged("it ends too early");
    const std::string_view taken = take(end - at_);
    ++at_;
    return taken;
  }

  // ---- Stack.

  std::uint32_t add(PickleNode node) {
    pickle_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(pickle_.nodes.size() - 1);
  }
  void push(std::uint32_t node) { stack_.push_back(node); }
  bool push_new(PickleNode node) {
    push(add(std::move(node)));
    return true;
  }
  bool push_integer(std::int64_t value) { return push_new({NodeKind::integer, value, {}, {}}); }
  bool push_text(std::string_view value) { return push_new({NodeKind::text, 0, std::string(value), {}}); }
  bool push_list(std::vector<std::uint32_t> items) {
    return push_new({NodeKind::list, 0, {}, std::move(items)});
  }

  std::uint32_t pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) damaged("it takes a value where there is none");
    const std::uint32_t node = stack_.back();
    stack_.pop_back();
    return node;
  }
  std::uint32_t top() const {
    if (stack_.empty()) damaged("it looks at a value where there is none");
    return stack_.back();
  }
  std::vector<std::uint32_t> pop_many(std::size_t count) {
    std::vector<std::uint32_t> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }
  std::vector<std::uint32_t> pop_to_mark() {
    if (marks_.empty()) damaged("it ends a list that it did not begin");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<std::uint32_t> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }
  PickleNode& node(std::uint32_t number) { return pickle_.nodes[number]; }

  /// A list that is recalled again and again would fill the memory.
  std::vector<std::uint32_t> copied(std::uint32_t list) {
    constexpr std::size_t most_for_a_byte = 4;
    n_copied_ += node(list).items.size();
    if (n_copied_ > most_for_a_byte * bytes_.size()) damaged("it repeats a list too often");
    return node(list).items;
  }

  /// Behind what the list or map on the stack has.
  bool extend(const std::vector<std::uint32_t>& items, NodeKind kind) {
    PickleNode& target = node(top());
    if (!target.is(kind)) damaged("it adds to something that is no list or map");
    if (kind == NodeKind::map && items.size() % 2 != 0) damaged("a map has a key without a value");
    target.items.insert(target.items.end(), items.begin(), items.end());
    return true;
  }

  // ---- Opcodes, in groups. False for one of another group.

  bool plain(char opcode) {
    switch (opcode) {
      case '\x80':  // PROTO
        if (number(1) > 5) damaged("it is of a protocol that is not known");
        return true;
      case '\x95':  // FRAME
        number(8);
        return true;
      case 'N':
        return push_new({});
      case '\x88':
      case '\x89':
        return push_new({NodeKind::boolean, opcode == '\x88', {}, {}});
      case 'I':
      case 'L':
        return written_integer();
      case 'J':
        return push_integer(static_cast<std::int32_t>(number(4)));
      case 'K':
        return push_integer(static_cast<std::int64_t>(number(1)));
      case 'M':
        return push_integer(static_cast<std::int64_t>(number(2)));
      case '\x8a':
        return long_integer(take(number(1)));
      case '\x8b':
        return long_integer(take(number(4)));
      case 'G':
        number(8);
        return push_new({NodeKind::real, 0, {}, {}});
      case 'F':
        line();
        return push_new({NodeKind::real, 0, {}, {}});
      default:
        return texts(opcode);
    }
  }

  bool texts(char opcode) {
    switch (opcode) {
      case 'X':
      case 'T':
      case 'B':
        return push_text(take(number(4)));
      case '\x8c':
      case 'U':
      case 'C':
        return push_text(take(number(1)));
      case '\x8d':
      case '\x8e':
        return push_text(take(number(8)));
      case 'V':
        return push_text(line());
      default:
        return false;
    }
  }

  bool written_integer() {
    std::string_view word = line();
    if (word == "01" || word == "00") return push_new({NodeKind::boolean, word == "01", {}, {}});
    if (word.ends_with('L')) word.remove_suffix(1);
    const auto value = parse_integer(word);
    if (!value) damaged("a number is none");
    return push_integer(*value);
  }

  /// Two's complement. A number that is longer is no size of a tensor.
  bool long_integer(std::string_view bytes) {
    if (bytes.size() > sizeof(std::int64_t)) return push_new({NodeKind::other, 0, std::string(bytes), {}});
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    const bool is_negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
    if (is_negative && bytes.size() < sizeof value) value |= ~std::uint64_t{0} << (8 * bytes.size());
    return push_integer(static_cast<std::int64_t>(value));
  }

  bool collection(char opcode) {
    switch (opcode) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case '0':
        pop();
        return true;
      case '1':
        pop_to_mark();
        return true;
      case '2':
        push(top());
        return true;
      case ')':
      case ']':
      case '\x8f':
        return push_list({});
      case 't':
      case 'l':
      case '\x91':
        return push_list(pop_to_mark());
      case '\x85':
      case '\x86':
      case '\x87':
        return push_list(pop_many(static_cast<std::size_t>(opcode - '\x84')));
      case '}':
        return push_new({NodeKind::map, 0, {}, {}});
      default:
        return adding(opcode);
    }
  }

  bool adding(char opcode) {
    switch (opcode) {
      case 'd': {
        const std::vector<std::uint32_t> items = pop_to_mark();
        push_new({NodeKind::map, 0, {}, {}});
        return extend(items, NodeKind::map);
      }
      case 'a':
        return extend({pop()}, NodeKind::list);
      case 'e':
      case '\x90':
        return extend(pop_to_mark(), NodeKind::list);
      case 's':
        return extend(pop_many(2), NodeKind::map);
      case 'u':
        return extend(pop_to_mark(), NodeKind::map);
      default:
        return false;
    }
  }

  bool memory(char opcode) {
    switch (opcode) {
      case 'p':
        return keep(written_index());
      case 'q':
        return keep(number(1));
      case 'r':
        return keep(number(4));
      case '\x94':
        return keep(memory_.size());
      case 'g':
        return recall(written_index());
      case 'h':
        return recall(number(1));
      case 'j':
        return recall(number(4));
      default:
        return false;
    }
  }

  std::uint64_t written_index() {
    const auto index = parse_integer(line());
    if (!index || *index < 0) damaged("a place in its memory is no number");
    return static_cast<std::uint64_t>(*index);
  }
  bool keep(std::uint64_t index) {
    memory_[index] = top();
    return true;
  }
  bool recall(std::uint64_t index) {
    const auto found = memory_.find(index);
    if (found == memory_.end()) damaged("it recalls what it did not keep");
    push(found->second);
    return true;
  }

  bool call(char opcode) {
    switch (opcode) {
      case 'c': {
        const std::string module(line());
        return push_global(text(module, '.', line()));
      }
      case '\x93': {
        const std::uint32_t attribute = pop(), module = pop();
        if (!node(attribute).is(NodeKind::text) || !node(module).is(NodeKind::text))
          damaged("a name is no text");
        return push_global(text(node(module).text, '.', node(attribute).text));
      }
      case 'i': {
        const std::string module(line());
        push_global(text(module, '.', line()));
        const std::uint32_t callee = pop();
        push_list(pop_to_mark());
        return apply(callee, pop());
      }
      case 'R':
      case '\x81': {
        const std::uint32_t arguments = pop();
        return apply(pop(), arguments);
      }
      case 'b':
        pop();  // attributes of what was made, as the `_metadata` of a state dict
        top();
        return true;
      case 'Q':
        return push_storage(pop());
      default:
        return false;
    }
  }

  bool push_global(const std::string& name) {
    if (!is_type(name) && std::ranges::find(callables, name, &Callable::name) == callables.end()) {
      refuse(name_, text("holds code, which is never run: it asks for ", printable(name)),
             "save the tensors alone: torch.save(model.state_dict(), file), or safetensors");
    }
    return push_new({NodeKind::global, 0, name, {}});
  }

  bool apply(std::uint32_t callee, std::uint32_t arguments) {
    if (!node(callee).is(NodeKind::global) || !node(arguments).is(NodeKind::list))
      damaged("it calls what cannot be called");
    const std::string name = node(callee).text;
    const auto* known = std::ranges::find(callables, name, &Callable::name);
    if (known == callables.end()) damaged(text("it calls ", name, ", which is a type"));
    std::vector<std::uint32_t> items = copied(arguments);
    switch (known->effect) {
      case Effect::map:
        return push_map(items);
      case Effect::tensor:
        return push_new({NodeKind::tensor, 0, name, std::move(items)});
      case Effect::parameter:
        if (items.empty() || !node(items.front()).is(NodeKind::tensor)) damaged("a parameter is no tensor");
        push(items.front());
        return true;
      case Effect::list:
        if (items.size() != 1 || !node(items.front()).is(NodeKind::list)) damaged("a shape is no list");
        push(items.front());
        return true;
      case Effect::other:
        break;
    }
    return push_new({NodeKind::other, 0, name, {}});
  }

  /// OrderedDict(), or OrderedDict of a list of pairs.
  bool push_map(const std::vector<std::uint32_t>& arguments) {
    PickleNode map{NodeKind::map, 0, {}, {}};
    if (arguments.size() > 1 || (arguments.size() == 1 && !node(arguments[0]).is(NodeKind::list)))
      damaged("a map is made of something that is no list");
    if (arguments.size() == 1) {
      for (const std::uint32_t pair : copied(arguments[0])) {
        if (!node(pair).is(NodeKind::list) || node(pair).items.size() != 2)
          damaged("a map is made of no pairs");
        map.items.insert(map.items.end(), node(pair).items.begin(), node(pair).items.end());
      }
    }
    return push_new(std::move(map));
  }

  bool push_storage(std::uint32_t id) {
    if (!node(id).is(NodeKind::list)) damaged("a storage has no name");
    std::vector<std::uint32_t> items = copied(id);
    return push_new({NodeKind::storage, 0, {}, std::move(items)});
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  Pickle pickle_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::size_t n_copied_ = 0;        // items
  std::unordered_map<std::uint64_t, std::uint32_t> memory_;
};

}  // namespace

Pickle read_pickle(std::string_view bytes, const std::string& name) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) refuse(name, "its pickle is too large");
  return Machine(bytes, name).run();
}

}  // namespace assay::weights
