// `assay export`: a run's model as a file that other programs run.
#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/legend.h"
#include "runner/cli/command.h"
#include "runner/cli/plugins.h"
#include "runner/cli/run_text.h"
#include "runner/cli/trained.h"
#include "runner/export/model_file.h"

namespace assay::cli {
namespace {

/// A format, and how it is written.
struct ExportFormat {
  const char* name;
  const char* ending;  // of a file that is most likely meant to be one
  void (*write)(const std::string& path, const exports::ModelToWrite&);
};

constexpr std::array export_formats = {ExportFormat{"onnx", ".onnx", &exports::write_onnx},
                                       ExportFormat{"torchscript", ".pt", &exports::write_torchscript}};

constexpr std::int64_t most_numbers_in_notes = 10'000;  // of what a transform learned

class Export final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Writes the model of a recorded run, with its weights, for programs that know nothing of assay: "
        "ONNX, or "
        "TorchScript for torch.jit.load. It is the model in evaluation; it takes inputs as the transforms "
        "leave "
        "them, any number of rows at once, and gives the scores that the loss reads. Names of classes and "
        "what "
        "the transforms learned are kept in the file as notes. A model with a layer that the format has no "
        "words "
        "for is not written, and all such layers are named.";
    arguments_.describe_run(syntax);
    syntax.choice("--to", {"onnx", "torchscript"}, to_, "the format; else by the ending of FILE: .onnx, .pt");
    syntax.option("-o", "FILE", file_, "the file to write");
    arguments_.describe_weights(syntax);
    syntax.choice("--format", {"text", "json"}, format_, "of what is printed: text (default) or json");
    syntax.example("assay export 3f2a -o digits.onnx", "the best weights of a run");
    syntax.example("assay export 3f2a --to torchscript -o digits.pt --weights last",
                   "for LibTorch and PyTorch");
  }

  int run(Session& session) override {
    const ExportFormat& format = chosen_format();
    const RecordedRun run = arguments_.get_run();
    Registry registry = known_components();
    const Trained trained = load_trained_model(run, arguments_, registry);
    const Prepared& prepared = trained.prepared;
    const Computation computation =
        compute_model(trained.config.experiment.model, prepared.facts, prepared.tensors);
    exports::throw_if_unsayable(computation, format.name);
    const std::vector<NamedTensor> tensors = tensors_of(trained);
    const Json notes = notes_of(run, trained);
    format.write(file_, {computation, prepared.tensors, tensors, notes});
    Json done = Json::map();
    done.set("out", file_);
    done.set("format", format.name);
    done.set("tensors", static_cast<std::int64_t>(tensors.size()));
    for (const auto& [key, value] : notes.entries()) done.set(key, value);
    session.out.write(format_ == "json"
                          ? to_text(done, 2) + '\n'
                          : text_of(trained, run, computation.steps()[computation.output()].shape));
    return 0;
  }

 private:
  const ExportFormat& chosen_format() const {
    if (file_.empty()) throw Error(Kind::usage, "export names no file to write", "give one: -o model.onnx");
    for (const ExportFormat& format : export_formats) {
      if (to_.empty() ? file_.ends_with(format.ending) : to_ == format.name) return format;
    }
    throw Error(Kind::usage, text("-o ", printable(file_), " has an ending that says nothing of its format"),
                "say it: --to onnx or --to torchscript");
  }

  /// Of the averages where the run has them, as `eval` takes them.
  static std::vector<NamedTensor> tensors_of(const Trained& trained) {
    const StateReader model = StateReader(trained.state).scope("model");
    const StateReader averages = StateReader(trained.state).scope("ema").scope("weights");
    std::vector<NamedTensor> tensors;
    for (const TensorOutline& outline : trained.prepared.tensors) {
      const bool is_averaged = trained.config.experiment.train.ema && averages.has(outline.name);
      const StateReader& from = is_averaged ? averages : model;
      const ArrayView& values = from.array(outline.name, outline.dtype, outline.shape);
      tensors.push_back({outline.name, values.dtype, values.shape, [&values](const ByteSink& sink) {
                           sink({reinterpret_cast<const char*>(values.data), values.bytes()});
                         }});
    }
    return tensors;
  }

  static Json sizes_of(const std::vector<std::int64_t>& sizes) {
    return Json(Json::List(sizes.begin(), sizes.end()));
  }

  /// read: as it comes from the data set, where it may be a table.
  static Json input_json(const NamedShape& input, const ColumnInfo& read) {
    Json json(Json::Map{{"name", input.name},
                        {"dtype", to_string(input.shape.dtype)},
                        {"shape", sizes_of(input.shape.sizes)}});
    Json columns = Json::list();
    for (const Feature& feature : read.features) {
      Json column(Json::Map{{"name", feature.name}});
      if (feature.is_category)
        column.set("categories", Json(Json::List(feature.categories.begin(), feature.categories.end())));
      columns.push(std::move(column));
    }
    if (!columns.items().empty()) json.set("columns", std::move(columns));
    return json;
  }

  Json notes_of(const RecordedRun& run, const Trained& trained) const {
    const ModelFacts& facts = trained.prepared.facts;
    Json notes(Json::Map{{"run", run_name(run.summary)},
                         {"step", trained.checkpoint.step},
                         {"task", std::string(to_string(facts.task.kind))}});
    const DataLegend legend = DataLegend::load(StateReader(trained.state).scope("data"));
    Json inputs = Json::list();
    for (std::size_t i = 0; i < facts.inputs.size(); ++i)
      inputs.push(input_json(facts.inputs[i], legend.inputs.at(i)));
    notes.set("inputs", std::move(inputs));
    notes.set("transforms", transforms_of(trained, "transforms"));
    notes.set("targets", transforms_of(trained, "targets"));
    if (facts.task.kind == Task::Kind::classification) {
      const std::vector<std::string> names = class_names(facts.task);
      notes.set("classes", Json(Json::List(names.begin(), names.end())));
    }
    return notes;
  }

  /// What is done before the model, or behind it: the components of the config with what they learned.
  static Json transforms_of(const Trained& trained, std::string_view key) {
    const DatasetCommon& common = trained.config.experiment.dataset.shared();
    Json all = Json::list();
    for (const Slot<Transform>& slot : key == "targets" ? common.targets : common.transforms) {
      Json one = slot.to_json();
      const StateReader state = StateReader(trained.state).scope(key).scope(text(all.items().size()));
      Json learned = Json::map();
      for (const std::string& name : state.names()) learned.set(name, numbers_of(state.array(name)));
      if (!learned.entries().empty()) one.set("learned", std::move(learned));
      all.push(std::move(one));
    }
    return all;
  }

  static Json numbers_of(const ArrayView& values) {
    if (values.count() > most_numbers_in_notes) return shape_text(values.shape);
    Json numbers = Json::list();
    for (std::int64_t i = 0; i < values.count(); ++i) numbers.push(element(values, i));
    return numbers;
  }

  std::string text_of(const Trained& trained, const RecordedRun& run, const Shape& output) const {
    const bool are_averaged = trained.config.experiment.train.ema.has_value();
    std::string lines = text(printable(file_), ": ", run_name(run.summary), ", ",
                             weights_text(trained.checkpoint, are_averaged), '\n');
    for (const NamedShape& input : trained.prepared.facts.inputs)
      lines += text("takes  ", printable(input.name), ' ', to_string(input.shape), " of each row\n");
    lines += text("gives  ", exports::output_name, ' ', to_string(output), '\n');
    std::vector<std::string> transforms;
    for (const Slot<Transform>& slot : trained.config.experiment.dataset.shared().transforms)
      transforms.push_back(slot.name());
    if (!transforms.empty()) {
      lines += text("inputs are those behind the transforms of the data set: ", join(transforms, ", "),
                    "; notes in the file say what these learned\n");
    }
    return lines;
  }

  TrainedArguments arguments_;
  std::string to_;
  std::string file_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_export() { return std::make_unique<Export>(); }

}  // namespace assay::cli
