// Files of weights, of assay and of other frameworks: tensors with names, types and shapes, whose bytes stay
// in the file until somebody wants them. A component reads, and perhaps writes, one format.
//
//   const WeightFile file = weights.read("resnet18.safetensors");
//   for (const NamedTensor& tensor : file.tensors) tensor.stream([&](std::string_view bytes) { ... });
//
// What a file says is not believed: it is checked against the file's size before any memory is taken. A file
// that cannot be read is an Error of Kind::data with the file as its place.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/array.h"
#include "registry/contracts/families.h"
#include "registry/contracts/globs.h"

namespace assay {

/// Takes bytes in their order, a piece at a time.
using ByteSink = std::function<void(std::string_view)>;

struct NamedTensor {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  /// Gives all bytes, row-major, in pieces of at most 4 MiB where they lie in the file as they are, else at
  /// once. May be called more than once. Throws Kind::data if they cannot be read.
  std::function<void(const ByteSink&)> stream;
  /// An earlier tensor of the same file with the same bytes: both are one, as tied weights are. Empty: none.
  std::string same_as = {};

  std::uint64_t bytes() const { return static_cast<std::uint64_t>(element_count(shape)) * size_of(dtype); }
};

/// All bytes of a tensor. Throws Kind::data if they cannot be read, or memory is short.
Array read(const NamedTensor& tensor);

/// A tensor whose bytes are in memory; copies share them.
NamedTensor tensor_of(std::string name, const Array& values);

struct WeightFile {
  std::string path;                  // of the file that was read: a run's folder holds several
  std::vector<NamedTensor> tensors;  // names are unique
  /// False where the format keeps no order, so that neighbours in it need not be neighbours in the model.
  bool is_in_order = true;
  /// What the file says of itself, in texts: as of safetensors' `__metadata__`.
  std::vector<std::pair<std::string, std::string>> notes = {};
};

class Weights {
 public:
  using Contract = Weights;
  struct Needs {};

  virtual ~Weights();
  /// Throws Kind::data.
  virtual WeightFile read(const std::string& path) const = 0;
  /// Replaces or creates `path`, whole or not at all. Throws Kind::store if it cannot be written, Kind::usage
  /// if the format is only read, Kind::data for what it cannot hold.
  virtual void write(const std::string& path, const WeightFile& file) const;
};

/// Names of a file, and what they are called in the model: globs, of which the first that matches decides.
///   {"backbone.*": "layers.*"}     what `*` stands for goes over, in its order
///   {"fc.*": none}                 left out
///   {"*.c_fc.weight": "*.linear1.weight^T"}           rows become columns
///   {"*.query.weight": "*.in_proj_weight[0/3]"}       the first of three parts along the first axis
struct NameMap {
  struct Rule {
    std::string from;
    std::string to;  // empty: left out
  };
  std::vector<Rule> rules;
};

/// What every file of weights takes in a config.
struct WeightsCommon {
  Path file;
  NameMap map;
  std::string prefix;
  bool strict = true;
  Globs freeze;
  std::optional<Duration> freeze_until;
  Slot<Weights> probe;

  static void describe(Fields<WeightsCommon>& f);
};

bool read_name_map(const Value& value, NameMap& out, BindContext& context);

template <>
struct Codec<NameMap> {
  static TypeInfo type() {
    return {TypeInfo::Kind::map, {}, std::make_shared<const TypeInfo>(Codec<std::string>::type())};
  }
  static bool read(const Value& value, NameMap& out, BindContext& context) {
    return read_name_map(value, out, context);
  }
  static Json write(const NameMap& value) {
    Json map = Json::map();
    for (const NameMap::Rule& rule : value.rules) map.set(rule.from, rule.to.empty() ? "none" : rule.to);
    return map;
  }
};

}  // namespace assay
