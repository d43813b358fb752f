// `assay eval`: how good a recorded run's weights are, on its own splits or on other data.
#include <algorithm>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/legend.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/progress.h"
#include "runner/cli/run_text.h"
#include "runner/cli/table.h"
#include "runner/cli/trained.h"

namespace assay::cli {
namespace {

constexpr std::int64_t most_shown = 30;  // rows and columns of an array that is printed

/// Nested lists.
Json values_json(const ArrayView& values, std::size_t axis = 0, std::int64_t first = 0) {
  if (axis == values.shape.size()) {
    const double value = element(values, first);
    return values.dtype < Dtype::f16 ? Json(static_cast<std::int64_t>(value)) : Json(value);
  }
  const std::int64_t size = values.shape[axis];
  std::int64_t stride = 1;
  for (std::size_t i = axis + 1; i < values.shape.size(); ++i) stride *= values.shape[i];
  Json list = Json::list();
  for (std::int64_t i = 0; i < size; ++i) list.push(values_json(values, axis + 1, first + i * stride));
  return list;
}

std::string element_text(const ArrayView& values, std::int64_t i) {
  const double value = element(values, i);
  return values.dtype < Dtype::f16 ? text(static_cast<std::int64_t>(value)) : metric_text(value);
}

/// A table with the names of the classes where an axis is theirs.
std::string table_text(const ArrayView& values, const std::vector<std::string>& classes, const Output& out) {
  const auto name_of = [&](std::int64_t i, std::int64_t size) {
    return std::ssize(classes) == size ? printable(classes[static_cast<std::size_t>(i)]) : text(i);
  };
  const bool is_row = values.shape.size() == 1;
  const std::int64_t rows = is_row ? 1 : values.shape[0];
  const std::int64_t columns = values.shape.back();
  std::vector<Table::Column> titles{{"", Table::Align::left}};
  for (std::int64_t i = 0; i < columns; ++i) titles.push_back({name_of(i, columns), Table::Align::right});
  Table table(std::move(titles));
  for (std::int64_t row = 0; row < rows; ++row) {
    std::vector<std::string> cells{is_row ? "" : name_of(row, rows)};
    for (std::int64_t i = 0; i < columns; ++i) cells.push_back(element_text(values, row * columns + i));
    table.row(std::move(cells));
  }
  return table.text(out, 2);
}

/// Of the metric `samples`: [row, class, predicted class, its probability, that of the class].
bool are_samples(const Evaluation::NamedValues& array) {
  const std::vector<std::int64_t>& shape = array.values.shape();
  return array.name.find("/samples_") != std::string::npos && shape.size() == 2 && shape[1] == 5;
}

std::string samples_text(const ArrayView& rows, const std::vector<std::string>& classes, const Output& out) {
  constexpr auto left = Table::Align::left, right = Table::Align::right;
  Table table({{"row", right}, {"is", left}, {"taken for", left}, {"sure", right}, {"of its class", right}});
  const auto whole = [&](std::int64_t i) { return static_cast<std::int64_t>(element(rows, i)); };
  const auto name = [&](std::int64_t number) {
    const auto i = static_cast<std::size_t>(number);
    return i < classes.size() ? printable(classes[i]) : text(number);
  };
  for (std::int64_t i = 0; i < rows.count(); i += rows.shape[1]) {
    table.row({text(whole(i)), name(whole(i + 1)), name(whole(i + 2)), metric_text(element(rows, i + 3)),
               metric_text(element(rows, i + 4))});
  }
  return table.text(out, 2);
}

std::string array_text(const Evaluation::NamedValues& array, const std::vector<std::string>& classes,
                       const Output& out) {
  const std::vector<std::int64_t>& shape = array.values.shape();
  if (are_samples(array)) return text('\n', array.name, '\n', samples_text(array.values, classes, out));
  const bool is_shown = !shape.empty() && shape.size() <= 2 &&
                        std::ranges::all_of(shape, [](std::int64_t n) { return n > 0 && n <= most_shown; });
  if (is_shown) return text('\n', array.name, '\n', table_text(array.values, classes, out));
  return text('\n', array.name, ' ', shape_text(shape), " is shown by --format json\n");
}

class Eval final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Judges the weights of a recorded run, from its record alone: loss and metrics of a split, in "
        "evaluation "
        "mode, as the run itself would have recorded them. Transforms are those that were fitted in "
        "training. "
        "--data judges other data with targets: all rows of it, unless --split says which. Nothing is "
        "trained or "
        "written.";
    arguments_.describe_run(syntax);
    syntax.repeatable(
        "--data", "KEY=VALUE", data_,
        "other data: a key of `dataset` with another value, as file=new.csv, or a file or folder to "
        "read instead, as new.csv; repeatable");
    syntax.choice("--split", {"train", "valid", "test"}, split_,
                  "which rows (default: test, else valid, else train; of other data: all)");
    arguments_.describe_options(syntax);
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay eval 3f2a", "the best weights, on test");
    syntax.example("assay eval 3f2a --split valid --weights 400", "those of step 400, on valid");
    syntax.example("assay eval 3f2a --data june.csv", "on another table with the same columns");
    syntax.example("assay eval 3f2a --data inputs=x.npy --data target=y.npy", "on other arrays");
  }

  int run(Session& session) override {
    const RecordedRun run = arguments_.get_run();
    Registry registry = known_components();
    Trained trained = load_trained(run, arguments_, other_data(), registry);
    print_problems(session.err, trained.warnings);
    const std::string name = name_of_rows(trained.prepared.rows);
    const std::vector<std::int64_t>& rows = rows_of(trained.prepared.rows, name);
    Evaluation found;
    CountLine line(session.err, "judged", rows.size());
    const auto on_progress = [&](std::int64_t done) { line.show(static_cast<std::size_t>(done)); };
    with_engine(run, trained,
                [&](Engine& engine) { found = engine.evaluate(trained.job(rows, on_progress), name); });
    line.clear();
    session.out.write(format_ == "json" ? to_text(json_of(run, trained, found, name), 2) + '\n'
                                        : text_of(run, trained, found, name, session.out));
    return 0;
  }

 private:
  bool is_other() const { return !data_.empty(); }

  OtherData other_data() const {
    OtherData other;
    other.is_split = !split_.empty();
    for (const std::string& word : data_) {
      if (word.find('=') != std::string::npos && !exists(word)) {
        other.overrides.push_back(word);
      } else if (other.input.empty()) {
        other.input = word;
      } else {
        throw Error(Kind::usage,
                    text("--data names two files: ", printable(other.input), " and ", printable(word)),
                    "judge one after the other, or write KEY=VALUE for a key of `dataset`");
      }
    }
    return other;
  }

  std::string name_of_rows(const SplitRows& rows) const {
    if (!split_.empty()) return split_;
    if (is_other()) return "data";
    return !rows.test.empty() ? "test" : !rows.valid.empty() ? "valid" : "train";
  }

  static const std::vector<std::int64_t>& rows_of(const SplitRows& rows, const std::string& name) {
    const std::vector<std::int64_t>& found = name == "train"   ? rows.train
                                             : name == "valid" ? rows.valid
                                                               : rows.test;
    if (!found.empty()) return found;
    throw Error(Kind::usage, text("no rows are ", name, ": there is nothing to judge"),
                "name another --split");
  }

  static std::vector<std::string> classes_of(const Trained& trained) {
    const Task& task = trained.prepared.facts.task;
    return task.kind == Task::Kind::classification ? class_names(task) : std::vector<std::string>();
  }

  static std::string text_of(const RecordedRun& run, const Trained& trained, const Evaluation& found,
                             const std::string& name, const Output& out) {
    const auto rows = std::ssize(rows_of(trained.prepared.rows, name));
    std::string lines =
        text(out.paint(Style::bold, name), "  ", run_name(run.summary), ", ",
             weights_text(trained.checkpoint, found.are_averaged), ", ", count_text(rows, "row"), '\n');
    Facts facts;
    for (const Scalar& scalar : found.scalars) facts.emplace_back(scalar.name, metric_text(scalar.value));
    lines += facts_text(facts, out);
    for (const Evaluation::NamedValues& array : found.arrays)
      lines += array_text(array, classes_of(trained), out);
    return lines;
  }

  static Json json_of(const RecordedRun& run, const Trained& trained, const Evaluation& found,
                      const std::string& name) {
    Json json(Json::Map{{"run", run_name(run.summary)},
                        {"folder", run.folder()},
                        {"split", name},
                        {"rows", std::ssize(rows_of(trained.prepared.rows, name))}});
    json.set("weights", Json(Json::Map{{"step", trained.checkpoint.step},
                                       {"is_best", trained.checkpoint.is_best},
                                       {"file", trained.checkpoint.file},
                                       {"are_averaged", found.are_averaged}}));
    Json metrics = Json::map();
    for (const Scalar& scalar : found.scalars) metrics.set(scalar.name, scalar.value);
    json.set("metrics", std::move(metrics));
    Json arrays = Json::map();
    for (const Evaluation::NamedValues& array : found.arrays)
      arrays.set(array.name, values_json(array.values));
    json.set("arrays", std::move(arrays));
    Json classes = Json::list();
    for (const std::string& one : classes_of(trained)) classes.push(one);
    json.set("classes", std::move(classes));
    return json;
  }

  TrainedArguments arguments_;
  std::vector<std::string> data_;
  std::string split_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_eval() { return std::make_unique<Eval>(); }

}  // namespace assay::cli
