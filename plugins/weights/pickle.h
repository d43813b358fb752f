// Reads Python's pickles as far as PyTorch writes weights with them, and runs nothing: a pickle is a program,
// of which the opcodes for plain values are followed and everything that it would call or make is looked up
// in a list. What is not in the list is refused by its name. Source: Python's pickletools, protocols 0 to 4;
// torch/_weights_only_unpickler.py.
//
//   const Pickle pickle = read_pickle(bytes, path);
//   const PickleNode& root = pickle.nodes[pickle.root];
//
// Values are nodes of one list and refer to one another by number, so that a pickle may repeat or contain
// itself. It takes at most 256 bytes of memory for each of the pickle's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::weights {

struct PickleNode {
  enum class Kind : unsigned char {
    none,
    boolean,
    integer,
    real,
    text,
    list,     // a tuple, list or set: items
    map,      // items: key, value, key, value, ...
    global,   // text: "torch.FloatStorage"
    storage,  // items: what the persistent id says of it
    tensor,   // items: storage, offset, sizes, strides, and whatever else it is made with
    other     // known and of no use here
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  std::string text;
  std::vector<std::uint32_t> items;

  bool is(Kind other) const { return kind == other; }
};

struct Pickle {
  std::vector<PickleNode> nodes;
  std::uint32_t root = 0;
  std::size_t end = 0;  // behind its last byte
};

/// Follows one pickle at the beginning of `bytes`. `name` is the file's. Throws Kind::data: damaged, or made
/// of anything but numbers, texts, lists, maps and tensors, with the name of what it tried to call.
Pickle read_pickle(std::string_view bytes, const std::string& name);

}  // namespace assay::weights
