// Blocks: lists of layers that a model names and uses many times with other values.
//
//   model:
//     type: sequential
//     blocks: {dense: {parameters: {units, p: 0.1}, layers: [{type: linear, units: $(block.units)}, ...]}}
//     layers: [{type: block/dense, units: 64}, linear]
//
// They are gone before anything is bound: every use becomes a `sequence` with the block's layers, and what
// `$(block.units)` means in it is kept here for the interpolation.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "registry/registry.h"

namespace assay {

/// One use of a block.
struct BlockUse {
  std::string name;  // "dense"
  std::string path;  // of the sequence that it became: "model.layers.0"
  Where used;
  Where defined;
  Value given;     // a map: parameters of the use
  Value defaults;  // a map: those of the definition; null where a use must give it
};

class BlockUses {
 public:
  BlockUses() = default;
  /// definitions: what `blocks:` says; null for none.
  explicit BlockUses(Value definitions) : definitions_(std::move(definitions)) {}
  void add(BlockUse use);

  /// The use among whose layers `path` is, or the defaults of whose parameters hold it; the innermost of
  /// several, null for none. What a use gives belongs to whoever uses the block.
  BlockUse* around(std::string_view path);
  /// The same, and the use itself.
  const BlockUse* holding(std::string_view path) const;

  /// The config with its blocks as they were written, each use with all of its parameters.
  Value fold(Value config) const;

 private:
  Value definitions_;
  std::vector<BlockUse> uses_;  // those within another before it
};

/// Writes out every use of a block in the model, and takes the model's `blocks` out.
BlockUses expand_blocks(Value& config, const Registry& registry, std::vector<Problem>& problems);

/// "in block 'dense' of a.yaml:3:12, used at a.yaml:5:9": for what is in a block, and in those around it.
std::vector<std::string> block_notes(std::string_view path, const BlockUses& uses);

/// Adds these notes to the problems. What is wrong in a block is wrong wherever it is used: it is said once.
void note_blocks(std::vector<Problem>& problems, const BlockUses& uses);

}  // namespace assay
