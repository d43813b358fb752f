// `assay convert`: weights from one file to another, with names, layouts and a proof that nothing changed.
#include <algorithm>
#include <any>
#include <optional>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/engine.h"
#include "runner/cli/checked.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/summary_text.h"
#include "runner/cli/table.h"
#include "runner/convert/content_digest.h"
#include "runner/convert/formats.h"
#include "runner/convert/matching.h"
#include "runner/convert/names.h"
#include "runner/convert/probe.h"
#include "runner/prepare/prepare.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// What was written, for people and programs.
struct Converted {
  std::string in;
  std::string out;
  std::size_t n_tensors = 0;
  std::uint64_t bytes = 0;
  std::string digest = {};  // of the contents
  std::optional<convert::Difference> difference = {};
  std::vector<FirstWeights::Line> lines = {};
};

/// An experiment whose model gives names and shapes, and perhaps outputs.
struct Reference {
  LoadedConfig config;
  Implementations parts;
  Prepared prepared;
  std::vector<PluginInfo> plugins;
};

constexpr std::uint64_t bytes_of_mb = 1'000'000;
constexpr const char* difference_note = "assay.largest_difference";

class Convert final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Copies weights from one format to another: assay's checkpoints and runs, safetensors, PyTorch's "
        ".pt, "
        "NumPy's .npz, Keras's .h5. Nothing in a file is run, and no number changes: the digest of the "
        "contents is "
        "the same for every format. Names stay as they are unless --map, --like or --config say otherwise.";
    syntax.positional(
        "IN", in_,
        "the file; or a run: its folder, its id or the beginning of it, or its name if there is one of "
        "that name");
    syntax.positional("OUT", out_, "the file to write; its ending says the format");
    syntax.option("--from", "FORMAT", from_, "the format of IN, where its ending says nothing");
    syntax.option("--to", "FORMAT", to_, "the format of OUT, where its ending says nothing");
    runs_.describe(syntax);
    syntax.option("--take", "WHICH", take_, "of a run: best (default, if there is one) or last");
    syntax.repeatable(
        "--map", "FROM=TO", map_,
        "a name in IN becomes another: globs, of which what `*` stands for goes over; `none` leaves "
        "out, NAME^T transposes, NAME[0/3] is a third; repeatable");
    syntax.option("--prefix", "TEXT", prefix_, "taken off the names in IN first; others are left out");
    syntax.option("--like", "FILE", like_, "gives the tensors the names that they have in this file");
    syntax.flag("--back", is_back_,
                "with --like: the rules of --map and --prefix are those by which FILE became IN, and are "
                "undone; what "
                "they leave out is FILE's own");
    syntax.option("--config", "CONFIG", config_, "gives the tensors the names that they have in its model");
    syntax.flag("--loose", is_loose_, "with --like or --config: what is on one side only is left out");
    syntax.option("--probe", "FILE", probe_,
                  "with --config: inputs and the outputs that another framework gave for them; the largest "
                  "difference is shown, and recorded in OUT");
    syntax.repeatable(
        "--flatten", "LAYER=SHAPE", flatten_,
        "of Keras: what a Flatten before this dense layer gets, as dense=4,4,16: height, width, "
        "channels; repeatable");
    syntax.flag("--table", has_table_, "where every tensor came from");
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay convert 3f2a digits.safetensors", "the best weights of a run");
    syntax.example("assay convert resnet18.pt resnet18.h5 --config resnet.yaml --probe probe.npz",
                   "with the names of a model, and the proof that it computes the same");
    syntax.example("assay convert resnet18.h5 back.pt --like resnet18.pt", "and back, with PyTorch's names");
  }

  int run(Session& session) override {
    refuse_half_requests();
    Registry registry = known_components();
    const Implementations parts = known_parts(registry);
    in_ = path_of_in(registry);
    WeightFile file = open(in_, from_, false, registry, parts).weights->read(in_);
    std::optional<Reference> reference;
    if (!config_.empty()) reference.emplace(load_reference(registry, parts));
    const WeightFile named = with_names(file, reference, registry, parts);
    refuse_nothing(file, named);
    print_problems(session.err, warnings_);
    Converted done{file.path, out_, named.tensors.size()};
    done.lines = lines_;
    done.difference = difference_;
    write(session.err, named, registry, parts, done);
    session.out.write(format_ == "json" ? to_text(json_of(done), 2) + '\n' : text_of(done, session.out));
    return 0;
  }

 private:
  void refuse_half_requests() const {
    if (!like_.empty() && !config_.empty())
      throw Error(Kind::usage, "--like and --config both say the names", "give one of them");
    if (!probe_.empty() && config_.empty())
      throw Error(Kind::usage, "--probe needs a model to run", "give it with --config CONFIG");
    if (is_back_ && like_.empty())
      throw Error(Kind::usage, "--back needs the file that it goes back to", "give it with --like FILE");
    if (is_loose_ && like_.empty() && config_.empty())
      throw Error(Kind::usage, "--loose says nothing without names to match",
                  "give --like FILE or --config CONFIG");
  }

  NameMap map() const {
    NameMap map;
    for (const std::string& word : map_) {
      const std::size_t equals = word.find('=');
      const std::string to = equals == std::string::npos ? std::string() : word.substr(equals + 1);
      if (to.empty())
        throw Error(Kind::usage, text("--map ", printable(word), " names no target"),
                    "write --map 'FROM=TO', as --map 'features.*=layers.*', or TO `none`");
      map.rules.push_back({word.substr(0, equals), to == "none" ? std::string() : to});
      if (const auto fault = convert::fault_of(map.rules.back()))
        throw Error(Kind::usage, text("--map ", printable(word), ' ', fault->message), fault->hint);
    }
    return map;
  }

  /// IN, or the folder of the run that it means where it is no file's name.
  std::string path_of_in(const Registry& registry) const {
    const bool is_other_format = !from_.empty() && from_ != "run";
    if (exists(in_) || is_other_format || !convert::name_by_ending(in_, registry).empty()) return in_;
    return store::find_run(runs_.path(), in_).folder;
  }

  convert::Format open(const std::string& path, const std::string& format, bool is_written,
                       const Registry& registry, const Implementations& parts) const {
    Json parameters = Json::map();
    const std::string name = convert::format_name({path, format, is_written}, registry);
    const ComponentInfo& component = *registry.find("weights", name);
    if (!is_written && !take_.empty() && path == in_) parameters.set("take", take_);
    if (is_written && component.find("like") != nullptr && !like_.empty())
      parameters.set("like", absolute_path(like_));
    if (component.find("flatten") != nullptr && !flatten_.empty()) parameters.set("flatten", flattened());
    return convert::open_format({path, name, is_written, std::move(parameters)}, registry, parts);
  }

  /// {"dense": [4, 4, 16]} of `dense=4,4,16`.
  Json flattened() const {
    Json map = Json::map();
    for (const std::string& word : flatten_) {
      const std::size_t equals = word.find('=');
      Json sizes = Json::list();
      for (const std::string& size : split(equals == std::string::npos ? "" : word.substr(equals + 1), ',')) {
        const auto value = parse_integer(size);
        if (!value)
          throw Error(Kind::usage, text("--flatten ", printable(word), " is no shape"),
                      "write --flatten LAYER=HEIGHT,WIDTH,CHANNELS, as --flatten dense=4,4,16");
        sizes.push(*value);
      }
      map.set(word.substr(0, equals), std::move(sizes));
    }
    return map;
  }

  // ---- Names.

  /// The model's shapes are those of the probe's inputs where there is one, else those of the data.
  Reference load_reference(Registry& registry, const Implementations& parts) {
    Reference reference{load_with_plugins({.file = config_, .shipped_presets = shipped_configs()}, registry),
                        {},
                        {},
                        registry.plugins()};
    reference.parts = known_parts(registry);
    if (probe_.empty()) {
      std::vector<Problem> warnings;
      const auto roots = data_roots(reference.config.experiment, shipped_data());
      reference.prepared = checked_data(reference.config, registry, reference.parts, roots, warnings);
      return reference;
    }
    probed_ = convert::read_probe(open(probe_, {}, false, registry, parts).weights->read(probe_));
    const Experiment& experiment = reference.config.experiment;
    const auto* facet = std::any_cast<DatasetFacet>(&experiment.dataset.component().facet);
    ASSAY_ASSERT(facet != nullptr);
    Prepared& prepared = reference.prepared;
    prepared.facts = convert::facts_of(*probed_, facet->outline(experiment.dataset.params()).task);
    Outline outline(prepared.facts);
    outline_model(experiment.model, prepared.facts, outline);
    prepared.tensors = outline.tensors();
    prepared.layers = outline.rows();
    return reference;
  }

  WeightFile with_names(const WeightFile& file, std::optional<Reference>& reference, const Registry& registry,
                        const Implementations& parts) {
    convert::MatchOptions options{map(), prefix_, !is_loose_};
    if (is_back_) return taken(file, convert::match_back(file, open_like(registry, parts), options), options);
    std::vector<TensorOutline> wanted;
    if (reference) {
      wanted = reference->prepared.tensors;
    } else if (!like_.empty()) {
      const WeightFile like = open_like(registry, parts);
      for (const NamedTensor& tensor : like.tensors)
        wanted.push_back({tensor.name, tensor.shape, tensor.dtype});
      options.is_wanted_in_order = like.is_in_order;
    } else {
      wanted = convert::outline_of(file, options);
    }
    WeightFile named = taken(file, convert::match(file, wanted, options), options);
    if (probed_) prove(named, *reference);
    return named;
  }

  WeightFile open_like(const Registry& registry, const Implementations& parts) const {
    return open(like_, {}, false, registry, parts).weights->read(like_);
  }

  /// The file with the tensors as they were matched, if they go together.
  WeightFile taken(const WeightFile& file, convert::Matching matching, const convert::MatchOptions& options) {
    if (!matching.is_good(options.strict)) {
      throw Error(Kind::data, Problem{Where::path(file.path),
                                      {},
                                      "does not fit: " + convert::summary_of(matching),
                                      command_hint(matching.hint),
                                      convert::details_of(matching)});
    }
    if (const std::string idle = convert::idle_rules_text(matching); !idle.empty()) {
      warnings_.push_back({Where::path(is_back_ ? like_ : file.path), "--map", idle, {}});
      warnings_.back().is_warning = true;
    }
    lines_ = std::move(matching.lines);
    return {file.path, std::move(matching.tensors), true, file.notes};
  }

  /// A word that matches nothing would make an empty file, without a word.
  void refuse_nothing(const WeightFile& file, const WeightFile& named) const {
    if (!named.tensors.empty() || file.tensors.empty()) return;
    const std::string first = printable(file.tensors.front().name);
    throw Error(Kind::data,
                Problem{Where::path(file.path),
                        {},
                        text("none of its ", count_text(std::ssize(file.tensors), "tensor"), " is taken",
                             prefix_.empty() ? "" : text(": no name begins with '", printable(prefix_), "'")),
                        text("names are as '", first, "': look at --prefix and --map")});
  }

  /// In the words of this command, not of a config.
  static std::string command_hint(const std::string& hint) {
    return hint.find("prefix:") != std::string::npos ? hint
                                                     : "say what is what with --map 'FROM=TO', leave out "
                                                       "with --map 'FROM=none', or leave out what is on one "
                                                       "side only with --loose";
  }

  void prove(WeightFile& file, Reference& reference) {
    reference.config.experiment.device = "cpu";
    const std::unique_ptr<Engine> engine = open_engine(reference.parts, reference.plugins);
    const Array ours = engine->scores(
        {reference.config.experiment, reference.prepared, reference.parts, file.tensors, probed_->inputs});
    difference_ = convert::difference(ours, probed_->output);
    file.notes.emplace_back(difference_note, number_text(difference_->largest));
    file.notes.emplace_back("assay.probe_sha256", sha256_of_file(probe_));
  }

  // ---- Writing.

  /// The tensor, of whose bytes `count` hears as they go by.
  static NamedTensor counted(NamedTensor tensor, const ByteSink& count) {
    tensor.stream = [&count, stream = std::move(tensor.stream)](const ByteSink& sink) {
      stream([&](std::string_view bytes) {
        sink(bytes);
        count(bytes);
      });
    };
    return tensor;
  }

  void write(Output& err, const WeightFile& named, const Registry& registry, const Implementations& parts,
             Converted& done) const {
    for (const NamedTensor& tensor : named.tensors) done.bytes += tensor.bytes();
    convert::ContentDigest digest;
    CountLine line(err, "MB written", done.bytes / bytes_of_mb);
    std::uint64_t gone_by = 0;
    const ByteSink count = [&](std::string_view bytes) {
      gone_by = std::min(gone_by + bytes.size(), done.bytes);  // a writer may ask for a tensor twice
      line.show(gone_by / bytes_of_mb);
    };
    WeightFile watched{named.path, {}, true, named.notes};
    for (const NamedTensor& tensor : named.tensors)
      watched.tensors.push_back(counted(digest.watched(tensor), count));
    open(out_, to_, true, registry, parts).weights->write(out_, watched);
    line.clear();
    done.digest = digest.finish();
  }

  // ---- What is said.

  static Json json_of(const Converted& done) {
    Json json = Json::map();
    json.set("in", done.in);
    json.set("out", done.out);
    json.set("tensors", static_cast<std::int64_t>(done.n_tensors));
    json.set("bytes", done.bytes);
    json.set("contents_sha256", done.digest);
    json.set("largest_difference", done.difference ? Json(done.difference->largest) : Json());
    Json lines = Json::list();
    for (const FirstWeights::Line& line : done.lines) {
      lines.push(Json(
          Json::Map{{"name", line.name}, {"from", line.from}, {"shape", line.shape}, {"how", line.how}}));
    }
    json.set("table", std::move(lines));
    return json;
  }

  std::string text_of(const Converted& done, const Output& out) const {
    std::string lines;
    if (has_table_) lines += weights_table(done.lines, out) + '\n';
    lines += text(printable(done.out), ": ", count_text(static_cast<std::int64_t>(done.n_tensors), "tensor"),
                  ", ", bytes_text(done.bytes), "\ncontents  sha256 ", done.digest, '\n');
    if (done.difference) {
      lines += text("probe     largest difference ", number_text(done.difference->largest),
                    ", of values up to ", number_text(done.difference->magnitude), '\n');
    }
    return lines;
  }

  std::string in_, out_, from_, to_, take_, prefix_, like_, config_, probe_;
  RunsFolder runs_;
  std::vector<std::string> map_, flatten_;
  bool is_loose_ = false;
  bool is_back_ = false;
  bool has_table_ = false;
  std::string format_ = "text";
  std::optional<convert::Probe> probed_;
  std::optional<convert::Difference> difference_;
  std::vector<FirstWeights::Line> lines_;
  std::vector<Problem> warnings_;
};

}  // namespace

std::unique_ptr<Command> make_convert() { return std::make_unique<Convert>(); }

}  // namespace assay::cli
