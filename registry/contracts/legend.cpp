#include "registry/contracts/legend.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/io/json_text.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr std::size_t most_named = 12;  // classes or columns in a message

template <class T>
Json list_of(const std::vector<T>& values) {
  return Json(Json::List(values.begin(), values.end()));
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> out;
  for (const Json& item : list.items()) out.push_back(item.text());
  return out;
}

std::vector<std::int64_t> integers_of(const Json& list) {
  std::vector<std::int64_t> out;
  for (const Json& item : list.items()) out.push_back(item.integer());
  return out;
}

/// A vocabulary of bytes holds what is no UTF-8, which JSON cannot; it is 256 tokens, in order.
bool are_bytes(const std::vector<std::string>& classes) {
  return classes.size() == 256 && std::ranges::all_of(classes, [&](const std::string& one) {
           return one.size() == 1 && static_cast<unsigned char>(one[0]) == &one - classes.data();
         });
}

Json json_of(const Task& task) {
  Json json(Json::Map{{"kind", to_string(task.kind)}, {"outputs", task.outputs}});
  json.set("classes", are_bytes(task.classes) ? Json("bytes") : list_of(task.classes));
  json.set("class_counts", list_of(task.class_counts));
  return json;
}

Task task_of(const Json& json) {
  Task task;
  for (const auto kind : {Task::Kind::classification, Task::Kind::regression, Task::Kind::language_model,
                          Task::Kind::sequence}) {
    if (json.find("kind")->text() == to_string(kind)) task.kind = kind;
  }
  task.outputs = json.find("outputs")->integer();
  const Json& classes = *json.find("classes");
  if (classes.is_list()) {
    task.classes = texts_of(classes);
  } else {
    for (int byte = 0; byte < 256; ++byte) task.classes.emplace_back(1, static_cast<char>(byte));
  }
  task.class_counts = integers_of(*json.find("class_counts"));
  return task;
}

Json json_of(const ColumnInfo& column) {
  Json json(
      Json::Map{{"name", column.name}, {"dtype", to_string(column.dtype)}, {"shape", list_of(column.shape)}});
  Json features = Json::list();
  for (const Feature& feature : column.features) {
    Json one(Json::Map{{"name", feature.name}});
    if (feature.is_category) one.set("categories", list_of(feature.categories));
    features.push(std::move(one));
  }
  json.set("features", std::move(features));
  return json;
}

Dtype dtype_named(const std::string& name) {
  constexpr Dtype all[] = {Dtype::boolean, Dtype::u8,  Dtype::i8,   Dtype::i16, Dtype::i32,
                           Dtype::i64,     Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64};
  const auto* found = std::ranges::find_if(all, [&](Dtype dtype) { return to_string(dtype) == name; });
  if (found == std::end(all)) throw std::out_of_range(name);
  return *found;
}

ColumnInfo column_of(const Json& json) {
  ColumnInfo column{json.find("name")->text(), dtype_named(json.find("dtype")->text()),
                    integers_of(*json.find("shape"))};
  for (const Json& item : json.find("features")->items()) {
    const Json* categories = item.find("categories");
    column.features.push_back({item.find("name")->text(), categories != nullptr,
                               categories == nullptr ? std::vector<std::string>() : texts_of(*categories)});
  }
  return column;
}

bool is_float(Dtype dtype) { return dtype >= Dtype::f16; }

std::string words_of(const ColumnInfo& column) {
  return text(shape_text(column.shape), ' ', to_string(column.dtype));
}

std::string first_of(const std::vector<std::string>& names) {
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + std::min(std::ssize(names), std::ptrdiff_t{most_named}));
  for (std::string& name : shown) name = printable(name);
  return text(join(shown, ", "), shown.size() < names.size() ? ", ..." : "");
}

void check_inputs(const DatasetFacts& facts, const DataLegend& legend, std::vector<Problem>& problems) {
  std::vector<std::string> known;
  for (const ColumnInfo& input : legend.inputs) known.push_back(input.name);
  if (facts.inputs != known) {
    problems.push_back(
        {{},
         {},
         text("has the inputs ", first_of(facts.inputs), ", but the model takes ", first_of(known)),
         "name the arrays as they were when the model was trained"});
    return;
  }
  for (const ColumnInfo& input : legend.inputs) {
    const auto here = std::ranges::find(facts.columns, input.name, &ColumnInfo::name);
    const bool is_same_kind = is_float(here->dtype) ? is_float(input.dtype) : here->dtype == input.dtype;
    if (here->shape == input.shape && is_same_kind) continue;
    problems.push_back(
        {{},
         {},
         text("has rows ", words_of(*here), " of '", printable(input.name),
              "', but the model was trained on ", words_of(input)),
         is_same_kind ? "give it rows of that shape" : "store the numbers as that type, in the same scale"});
  }
}

}  // namespace

void DataLegend::save(StateWriter& out) const {
  Json json(Json::Map{{"task", json_of(task)}});
  Json columns = Json::list();
  for (const ColumnInfo& input : inputs) columns.push(json_of(input));
  json.set("inputs", std::move(columns));
  if (numbered) {
    json.set("numbered_columns", Json(Json::Map{{"count", numbered->count}, {"target", numbered->target}}));
  }
  out.text("legend", to_text(json));
}

DataLegend DataLegend::load(const StateReader& in) {
  if (!in.has("legend")) {
    throw Error(Kind::store,
                "the checkpoint does not say what its data stand for, so no other data can be read for it",
                "train the run anew: this assay keeps it in every checkpoint");
  }
  const std::string written = in.text("legend");
  try {
    const Json json = parse_json(written, "legend");
    DataLegend legend{task_of(*json.find("task")), {}, std::nullopt};
    for (const Json& item : json.find("inputs")->items()) legend.inputs.push_back(column_of(item));
    if (const Json* numbered = json.find("numbered_columns"))
      legend.numbered = {numbered->find("count")->integer(), numbered->find("target")->integer()};
    return legend;
  } catch (const std::exception&) {
    throw Error(Kind::store, "the checkpoint's data/legend is damaged");
  }
}

DataLegend legend_of(const DatasetFacts& facts, const Task& task) {
  DataLegend legend{task, {}, facts.numbered};
  for (const std::string& name : facts.inputs) {
    const auto column = std::ranges::find(facts.columns, name, &ColumnInfo::name);
    ASSAY_ASSERT(column != facts.columns.end());
    legend.inputs.push_back(*column);
  }
  return legend;
}

std::string class_name(const Task& task, std::int64_t number) {
  return task.classes.empty() ? text(number) : task.classes.at(static_cast<std::size_t>(number));
}

std::vector<std::string> class_names(const Task& task) {
  std::vector<std::string> names;
  for (std::int64_t number = 0; number < task.outputs; ++number) names.push_back(class_name(task, number));
  return names;
}

void check_legend(const DatasetFacts& facts, const DataLegend& legend, bool is_labelled,
                  std::vector<Problem>& problems) {
  check_inputs(facts, legend, problems);
  if (!is_labelled) return;
  if (facts.task.kind != legend.task.kind) {
    problems.push_back(
        {{},
         {},
         text("is read as ", describe(facts.task), ", but the model is one of ", describe(legend.task)),
         "read it for the task that the model was trained for"});
  } else if (!facts.task.classes.empty() && facts.task.classes != class_names(legend.task)) {
    problems.push_back({{},
                        {},
                        text("has the classes ", first_of(facts.task.classes), ", but the model knows ",
                             first_of(class_names(legend.task))),
                        "give the classes the names and the order that they have there"});
  }
}

}  // namespace assay
