#include "runner/cli/summary_text.h"

#include <utility>
#include <vector>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/table_columns.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

constexpr auto flush_left = Table::Align::left;
constexpr auto flush_right = Table::Align::right;
constexpr std::size_t listed_names = 8;

/// Empty for data that is no table.
std::vector<TableColumn> columns_of(const Prepared& prepared) {
  const auto* table = dynamic_cast<const HasTableColumns*>(prepared.dataset.get());
  return table ? table->table_columns() : std::vector<TableColumn>();
}

/// "3: setosa, versicolor, virginica" or "4.3 to 7.9"
std::string values_of(const TableColumn& column) {
  if (column.type == "nothing") return "";
  if (column.type != "name") return text(column.least, " to ", column.most);
  const bool has_others = column.distinct > std::ssize(column.names);
  return printable(text(column.distinct, column.has_more ? " or more: " : ": ", join(column.names, ", "),
                        has_others ? ", ..." : ""));
}

std::string columns_text(const std::vector<TableColumn>& columns, const Output& out) {
  Table table({{"column", flush_left, Table::Fit::cut},
               {"use"},
               {"type"},
               {"missing", flush_right},
               {"values", flush_left, Table::Fit::wrap}});
  for (const TableColumn& column : columns) {
    table.row({printable(column.name), column.use, column.type,
               column.missing > 0 ? text(column.missing) : "", values_of(column)});
  }
  return table.text(out, 2);
}

std::string layers_text(const Prepared& prepared, const Output& out) {
  Table table(
      {{"layer", flush_left, Table::Fit::cut}, {"type"}, {"input"}, {"output"}, {"parameters", flush_right}});
  for (const LayerRow& row : prepared.layers) {
    const bool has_shapes = !row.type.empty();
    table.row({std::string(2 * row.depth, ' ') + (row.name.empty() ? "-" : printable(row.name)),
               has_shapes ? printable(row.type) : "-", has_shapes ? to_string(row.input) : "-",
               has_shapes ? to_string(row.output) : "-",
               row.parameters > 0 ? big_number(row.parameters) : "-"});
  }
  table.row({"total", "", "", "", big_number(parameter_count(prepared))}, Style::bold);
  return table.text(out, 2);
}

/// The first few of many, with their number.
std::string names_text(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  if (names.size() <= listed_names) return printable(join(names, ", "));
  const std::vector<std::string> some(names.begin(), names.begin() + listed_names / 2);
  return printable(text(names.size(), ": ", join(some, ", "), ", ... ", names.back()));
}

/// `weight_decay: 0, lr: 0.1`
std::string values_text(const Json& values) {
  std::vector<std::string> words;
  for (const auto& [key, value] : values.entries()) words.push_back(text(key, ": ", to_text(value)));
  return printable(join(words, ", "));
}

std::string groups_text(const Prepared& prepared, const Output& out) {
  using Fit = Table::Fit;
  Table table({{"group"},
               {"match", flush_left, Fit::wrap},
               {"gives", flush_left, Fit::wrap},
               {"takes", flush_left, Fit::wrap},
               {"parameters", flush_right},
               {"leaves to earlier groups", flush_left, Fit::wrap}});
  for (std::size_t i = 0; i < prepared.groups.size(); ++i) {
    const PreparedGroup& group = prepared.groups[i];
    const bool is_rest = i + 1 == prepared.groups.size();
    table.row({is_rest ? "rest" : text(i), printable(join(group.outline.match.items, ", ")),
               values_text(group.outline.values), names_text(group.parameters), big_number(group.weights),
               group.left_out.empty() ? "" : names_text(group.left_out)});
  }
  return table.text(out, 2);
}

std::string size_text(std::int64_t bytes) { return bytes_text(static_cast<std::uint64_t>(bytes)); }

/// What each part of the estimate is called, in the order in which it comes to be.
std::vector<std::pair<std::string, std::int64_t>> parts_of(const MemoryEstimate& memory) {
  return {{"program", memory.program},
          {"data", memory.data},
          {"parameters", memory.parameters},
          {"gradients", memory.gradients},
          {"optimizer state", memory.optimizer_state},
          {"activations", memory.activations},
          {"checkpoint", memory.checkpoint}};
}

std::string memory_text(const MemoryEstimate& memory, const Output& out) {
  Table table({{}, {{}, flush_right}});
  for (const auto& [name, bytes] : parts_of(memory)) {
    if (bytes > 0) table.row({name, size_text(bytes)});
  }
  table.row({"total", size_text(memory.total())}, Style::bold);
  std::string lines = table.text(out, 2);
  if (!memory.is_known) lines += "  The model or the optimizer declares too little: it will be more.\n";
  if (!memory.is_on_host) lines += "  On the GPU, whose memory is known only where it is.\n";
  return lines;
}

/// What each rule of train.freeze takes: "layers.0.*, until 2 epochs: layers.0.weight, layers.0.bias".
std::string frozen_text(const Experiment& experiment, const Prepared& prepared) {
  std::string lines;
  for (const auto& [rule, path, until_path] : freeze_rules(experiment)) {
    std::vector<std::string> names;
    for (const TensorOutline& tensor : prepared.tensors) {
      if (!tensor.is_buffer && rule.match.match(tensor.name)) names.push_back(tensor.name);
    }
    lines += text("  ", printable(join(rule.match.items, ", ")),
                  rule.until ? text(", until ", to_string(*rule.until)) : "", ": ", join(names, ", "), '\n');
  }
  return lines;
}

std::string reading_text(const DatasetCommon& common) {
  return text("  Rows are read while training, by ", count_text(common.workers, "thread"),
              ". Batches read ahead: ", common.prefetch, ".\n");
}

}  // namespace

std::string weights_table(const std::vector<FirstWeights::Line>& lines, const Output& out) {
  Table table({{"in the model", flush_left, Table::Fit::wrap},
               {"shape"},
               {"in the file", flush_left, Table::Fit::wrap},
               {"how", flush_left, Table::Fit::wrap}});
  for (const FirstWeights::Line& line : lines) {
    table.row({line.name.empty() ? "-" : printable(line.name), line.shape,
               line.from.empty() ? "-" : printable(line.from), printable(line.how)});
  }
  return table.text(out, 2);
}

std::string summary_text(const Experiment& experiment, const Prepared& prepared, const Output& out) {
  const auto title = [&](const std::string& words) {
    return text('\n', out.paint(Style::bold, words), '\n');
  };
  std::string lines;
  const std::vector<TableColumn> columns = columns_of(prepared);
  if (!columns.empty()) lines += title("Columns") + columns_text(columns, out);
  lines += title("Layers") + layers_text(prepared, out);
  if (prepared.groups.size() > 1) {
    lines += title("Groups of " + printable(experiment.optimizer.name())) + groups_text(prepared, out);
  }
  if (!freeze_rules(experiment).empty() && !prepared.tensors.empty()) {
    lines += title("Frozen") + frozen_text(experiment, prepared);
  }
  if (prepared.first_weights) {
    lines += title("Weights of " + printable(base_name(prepared.first_weights->file.path))) +
             weights_table(prepared.first_weights->lines, out);
  }
  if (prepared.is_streamed) lines += title("Data") + reading_text(experiment.dataset.shared());
  return lines + title("Memory, estimated") + memory_text(prepared.memory, out);
}

Json columns_json(const Prepared& prepared) {
  Json list = Json::list();
  for (const TableColumn& column : columns_of(prepared)) {
    Json one = Json::map();
    one.set("name", column.name);
    one.set("use", column.use);
    one.set("type", column.type);
    one.set("missing", column.missing);
    one.set("distinct", column.has_more ? Json() : Json(column.distinct));
    list.push(std::move(one));
  }
  return list;
}

Json layers_json(const Prepared& prepared) {
  Json list = Json::list();
  for (const LayerRow& row : prepared.layers) {
    Json one = Json::map();
    one.set("name", row.name);
    one.set("type", row.type);
    one.set("input", row.type.empty() ? Json() : Json(to_string(row.input)));
    one.set("output", row.type.empty() ? Json() : Json(to_string(row.output)));
    one.set("parameters", row.parameters);
    one.set("depth", static_cast<std::int64_t>(row.depth));
    list.push(std::move(one));
  }
  return list;
}

Json groups_json(const Prepared& prepared) {
  const auto list_of = [](const std::vector<std::string>& names) {
    Json list = Json::list();
    for (const std::string& name : names) list.push(name);
    return list;
  };
  Json list = Json::list();
  for (const PreparedGroup& group : prepared.groups) {
    Json one = Json::map();
    one.set("match", list_of(group.outline.match.items));
    one.set("values", group.outline.values);
    one.set("takes", list_of(group.parameters));
    one.set("leaves", list_of(group.left_out));
    one.set("parameters", group.weights);
    list.push(std::move(one));
  }
  return list;
}

Json memory_json(const MemoryEstimate& memory) {
  Json json = Json::map();
  json.set("is_known", memory.is_known);
  json.set("on", memory.is_on_host ? "cpu" : "cuda");
  for (const auto& [name, bytes] : parts_of(memory)) {
    json.set(name == "optimizer state" ? "optimizer_state" : name, bytes);
  }
  json.set("total", memory.total());
  return json;
}

}  // namespace assay::cli
