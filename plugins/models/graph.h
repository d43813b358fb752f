// Named layers that name their inputs.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "plugins/models/layer_models.h"

namespace assay {
class Implementations;
}

namespace assay::models {

/// The names of what a node takes: `from: stem` or `from: [left, right]`.
struct NodeNames {
  std::vector<std::string> items;
};

}  // namespace assay::models

namespace assay {

template <>
struct Codec<models::NodeNames> {
  static TypeInfo type() {
    TypeInfo info = Codec<std::vector<std::string>>::type();
    info.takes_one = true;
    return info;
  }
  static bool read(const Value& value, models::NodeNames& out, BindContext& context) {
    if (value.is_list()) return Codec<std::vector<std::string>>::read(value, out.items, context);
    out.items.resize(1);
    return read_scalar(value, out.items.front(), context);
  }
  static Json write(const models::NodeNames& value) {
    return Codec<std::vector<std::string>>::write(value.items);
  }
};

}  // namespace assay

namespace assay::models {

struct GraphNode {
  std::string name;
  Slot<Layer> layer;
  NodeNames from;

  static void describe(Fields<GraphNode>& f) {
    f("name", &GraphNode::name, "what others call it; its weights are `name.weight` and so on", required,
      name_rule());
    f("layer", &GraphNode::layer, "what it does", required);
    f("from", &GraphNode::from,
      "the node or input that it takes, or a list of them; none: the node before, the input for the first");
  }

  static Rule name_rule() {
    const std::string first = "abcdefghijklmnopqrstuvwxyz", rest = first + "0123456789_";
    return {"a name of a-z, 0-9 and _ that begins with a letter",
            [=](const Json& value) {
              const std::string& name = value.text();
              return !name.empty() && first.find(name[0]) != std::string::npos &&
                     name.find_first_not_of(rest) == std::string::npos;
            },
            Json::Map{{"pattern", "^[a-z][a-z0-9_]*$"}}};
  }
};

struct GraphParams {
  std::vector<GraphNode> nodes;
  std::string output;
  std::map<std::string, LayerBlock> blocks;  // written out when the config was bound
  std::vector<InitRule> init;
  Json with = Json::map();

  static void describe(Fields<GraphParams>& f) {
    f.about(
        "Layers with names, each of which names what it takes: inputs of the data or nodes that stand before "
        "it. "
        "`add`, `concat` and `multiply` take several.");
    f("nodes", &GraphParams::nodes, "the layers, each after those that it takes", required, non_empty());
    f("output", &GraphParams::output, "the node that gives the scores; none: the last");
    describe_layer_model(f);
  }

  /// Where a node's inputs come from, and the output: places in the list of all values, which begins with the
  /// data's inputs.
  struct Wiring {
    std::vector<std::vector<std::size_t>> sources;  // of each node
    std::size_t output = 0;
  };

  /// Fails where a name is not known or stands for two things.
  Wiring wiring(const Outline& out) const {
    const std::vector<NamedShape>& inputs = out.facts().inputs;
    std::map<std::string, std::size_t> places;
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
      if (!places.emplace(name, names.size()).second) {
        out.fail(text("has two things called '", printable(name), "'"), "give each node a name of its own");
      }
      names.push_back(name);
    };
    const auto find = [&](const std::string& name, const std::string& where) {
      const auto found = places.find(name);
      if (found == places.end()) {
        out.fail(text("has ", where, " '", printable(name), "', which does not stand before it"),
                 suggest(name, names));
      }
      return found->second;
    };
    for (const NamedShape& input : inputs) add(input.name);
    Wiring made;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      made.sources.emplace_back();
      for (const std::string& name : nodes[i].from.items) {
        made.sources.back().push_back(find(name, text("in node '", nodes[i].name, "' the input")));
      }
      if (made.sources.back().empty()) made.sources.back().push_back(before(i, inputs.size(), out));
      add(nodes[i].name);
    }
    made.output = output.empty() ? names.size() - 1 : find(output, "the output");
    return made;
  }

  Shape outline(Outline& out) const {
    const Wiring wires = wiring(out);
    std::vector<Shape> shapes;
    for (const NamedShape& input : out.facts().inputs) shapes.push_back(input.shape);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      std::vector<Shape> taken;
      for (const std::size_t source : wires.sources[i]) taken.push_back(shapes[source]);
      shapes.push_back(out.layer(nodes[i].name, nodes[i].layer, taken));
    }
    require_matches(init, out);
    return shapes[wires.output];
  }
  Operand compute(const Shape& made, Computation& out) const;

 private:
  /// What node i takes if it names nothing.
  static std::size_t before(std::size_t i, std::size_t inputs, const Outline& out) {
    if (i == 0 && inputs != 1) {
      out.fail(text("does not say which of the ", inputs, " inputs of the data its first node takes"),
               "add `from:` to it");
    }
    return inputs + i - 1;
  }
};

void implement_graph(Implementations& parts);  // graph.cpp

}  // namespace assay::models
