// As much of an ONNX file as tests look at, read without its library.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace assay::testing {

/// The fields of a protobuf message, in their order.
struct OnnxField {
  std::uint64_t number = 0;
  std::uint64_t integer = 0;
  std::string_view bytes = {};
};

inline std::vector<OnnxField> fields_of(std::string_view message) {
  std::vector<OnnxField> fields;
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(message.at(at++));
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80U) return value;
    }
  };
  while (at < message.size()) {
    const std::uint64_t tag = varint();
    OnnxField field{tag >> 3U};
    switch (tag & 7U) {
      case 0:
        field.integer = varint();
        break;
      case 2: {
        const std::uint64_t size = varint();
        if (size > message.size() - at) throw std::runtime_error("a field is longer than its message");
        field.bytes = message.substr(at, size);
        at += size;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw std::runtime_error("a field of another kind");
    }
    fields.push_back(field);
  }
  return fields;
}

struct OnnxNode {
  std::string type;
  std::vector<std::string> inputs, outputs;
};

struct OnnxModel {
  std::uint64_t operator_set = 0;
  std::map<std::string, std::string> notes;
  std::vector<OnnxNode> nodes;
  std::map<std::string, std::string_view> initializers;  // their bytes
  std::vector<std::string> inputs, outputs;
};

/// `file` must outlive it. Numbers of fields are those of onnx.proto.
inline OnnxModel read_onnx(std::string_view file) {
  OnnxModel model;
  const auto names = [](std::string_view message, std::uint64_t number) {
    std::vector<std::string> found;
    for (const OnnxField& field : fields_of(message)) {
      if (field.number == number) found.emplace_back(field.bytes);
    }
    return found;
  };
  std::string_view graph;
  for (const OnnxField& field : fields_of(file)) {
    if (field.number == 7) graph = field.bytes;
    if (field.number == 8) model.operator_set = fields_of(field.bytes).back().integer;
    if (field.number == 14) model.notes[names(field.bytes, 1).at(0)] = names(field.bytes, 2).at(0);
  }
  for (const OnnxField& field : fields_of(graph)) {
    if (field.number == 1)
      model.nodes.push_back({names(field.bytes, 4).at(0), names(field.bytes, 1), names(field.bytes, 2)});
    if (field.number == 11) model.inputs.push_back(names(field.bytes, 1).at(0));
    if (field.number == 12) model.outputs.push_back(names(field.bytes, 1).at(0));
    if (field.number != 5) continue;
    const std::string name = names(field.bytes, 8).at(0);
    for (const OnnxField& part : fields_of(field.bytes)) {
      if (part.number == 9) model.initializers[name] = part.bytes;
    }
  }
  return model;
}

}  // namespace assay::testing
