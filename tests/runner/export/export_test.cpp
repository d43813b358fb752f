// Every layer and every preset, exported: run by LibTorch from TorchScript, by onnxruntime from ONNX.
#include <algorithm>
#include <set>

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/registry.h"
#include "runner/convert/formats.h"
#include "runner/export/model_file.h"
#include "tests/contracts/tensor_component.h"
#include "tests/runner/export/exported.h"
#include "tests/runner/export/onnx_reader.h"
#include "tests/runner/export/run_script.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

constexpr double tolerance = 1e-5;  // relative to the largest value: kernels add up in other orders

double difference_of(const at::Tensor& found, const at::Tensor& expected) {
  if (found.sizes() != expected.sizes()) return 1e9;
  const double magnitude = std::max(1.0, expected.abs().max().item<double>());
  return (found - expected).abs().max().item<double>() / magnitude;
}

/// With a note, as exporters are given them.
Json some_notes() { return Json(Json::Map{{"classes", Json(Json::List{"cat", "dog"})}}); }

/// Every node takes what is there before it, and no name stands for two things.
void expect_order(const OnnxModel& onnx) {
  std::set<std::string> known(onnx.inputs.begin(), onnx.inputs.end());
  for (const auto& [name, data] : onnx.initializers) EXPECT_TRUE(known.insert(name).second) << name;
  for (const OnnxNode& node : onnx.nodes) {
    for (const std::string& input : node.inputs)
      EXPECT_TRUE(input.empty() || known.contains(input)) << node.type << " of " << input;
    for (const std::string& output : node.outputs) EXPECT_TRUE(known.insert(output).second) << output;
  }
  EXPECT_TRUE(known.contains("scores"));
}

class Exported : public ::testing::TestWithParam<ExportCase> {
 protected:
  exports::ModelToWrite model() const {
    return {computation_, example_.outlines, example_.tensors, some_notes()};
  }

  Slot<Model> slot_ = GetParam().model();
  ExampleModel example_ = example_of(slot_, GetParam().facts);
  Computation computation_ = compute_model(slot_, GetParam().facts, example_.outlines);
  TemporaryFolder folder_;
};

// Two tests of each, as every test is a process that loads LibTorch.

TEST_P(Exported, LibTorchComputesTheSameFromTorchScript) {
  ASSERT_THAT(computation_.unsayable(), IsEmpty());
  const std::string path = folder_ / "model.pt";
  exports::write_torchscript(path, model());
  std::vector<at::Tensor> row;
  for (const at::Tensor& input : example_.inputs) row.push_back(input.narrow(0, 1, 1));

  const Script script = run_script(path, example_.inputs);

  EXPECT_LE(difference_of(script.output, example_.output), tolerance);
  EXPECT_LE(difference_of(run_script(path, row).output, example_.output.narrow(0, 1, 1)), tolerance);
  std::vector<std::string> parameters, buffers;
  for (const TensorOutline& tensor : example_.outlines)
    (tensor.is_buffer ? buffers : parameters).push_back(tensor.name);
  EXPECT_THAT(script.parameters, UnorderedElementsAreArray(parameters));
  EXPECT_THAT(script.buffers, UnorderedElementsAreArray(buffers));
  EXPECT_THAT(script.notes, HasSubstr("dog"));
}

TEST_P(Exported, AnOnnxGraphNamesWhatIsThereAndHasTheBytesOfTheWeights) {
  const std::string path = folder_ / "model.onnx";
  exports::write_onnx(path, model());

  const std::string bytes = read_text(path);
  const OnnxModel onnx = read_onnx(bytes);

  EXPECT_EQ(onnx.operator_set, 17U);
  EXPECT_EQ(onnx.notes.at("classes"), R"(["cat","dog"])");
  EXPECT_THAT(onnx.inputs, SizeIs(GetParam().facts.inputs.size()));
  EXPECT_EQ(onnx.outputs, std::vector<std::string>{"scores"});
  expect_order(onnx);
  for (const NamedTensor& tensor : example_.tensors) {
    if (tensor.name.ends_with("num_batches_tracked")) continue;  // counts batches of training
    const Array values = read(tensor);
    EXPECT_EQ(onnx.initializers.at(tensor.name),
              std::string_view(reinterpret_cast<const char*>(values.data()), values.bytes()))
        << tensor.name;
  }
}

std::string name_of_case(const ::testing::TestParamInfo<ExportCase>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Layers, Exported, ::testing::ValuesIn(cases_of_layers()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Presets, Exported, ::testing::ValuesIn(cases_of_presets()), name_of_case);

/// Others than the samples' have: the forms that are written in another way.
std::vector<ExportCase> cases_of_options() {
  std::vector<ExportCase> cases;
  const auto add = [&](const std::string& name, const std::string& config, Shape input) {
    cases.push_back(case_of_layer(name, config, {std::move(input)}));
    cases.back().name += text('_', cases.size());
  };
  add("adaptive_avg_pool2d", R"({"size": [2, 3]})", {{2, 4, 6}});
  add("adaptive_avg_pool2d", R"({"size": [3, 7]})", {{2, 4, 5}});
  add("avg_pool1d", R"({"kernel": 3, "padding": 1})", {{2, 6}});
  add("batch_norm", R"({"affine": false, "eps": 0.01})", {{3, 4, 5}});
  add("conv1d", R"({"channels": 4, "padding": "same", "kernel": 4})", {{2, 6}});
  add("conv2d", R"({"channels": 4, "padding": "same", "kernel": 2, "bias": false, "dilation": 3})",
      {{2, 5, 6}});
  add("gelu", R"({"approximate": "tanh"})", {{3, 4}});
  add("group_norm", R"({"groups": 2, "affine": false})", {{4, 3, 2}});
  add("group_norm", R"({"groups": 4, "eps": 0.001})", {{8}});
  add("gru", R"({"units": 2, "bidirectional": true, "layers": 2, "bias": false})", {{4, 3}});
  add("layer_norm", R"({"axes": 2, "bias": false})", {{2, 3, 4}});
  add("layer_norm", R"({"affine": false})", {{3, 4}});
  add("learned_positions", R"({"length": 9})", {{4, 3}});
  add("linear", R"({"units": 2, "bias": false})", {{3, 4}});
  add("lstm", R"({"units": 2, "output": "last"})", {{4, 3}});
  add("max_pool2d", R"({"kernel": 3, "stride": 1, "padding": 1})", {{2, 4, 5}});
  add("mean", R"({"axis": -1})", {{2, 3, 4}});
  add("multi_head_attention", R"({"heads": 3, "bias": false})", {{5, 6}});
  add("rms_norm", R"({"axes": 2, "affine": false})", {{2, 3, 4}});
  add("rnn", R"({"units": 3, "activation": "relu", "layers": 2})", {{4, 3}});
  add("select", R"({"axis": -2, "index": 1})", {{2, 3, 4}});
  add("softplus", R"({"beta": 2.5})", {{3, 4}});
  add("transformer_block",
      R"({"heads": 2, "norm_place": "after", "norm": "rms_norm", "activation": "silu", "causal": true, "bias": false})",
      {{3, 4}});
  add("upsample", R"({"factor": 3})", {{2, 2, 3}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Options, Exported, ::testing::ValuesIn(cases_of_options()), name_of_case);

TEST(ExportedAll, OnnxruntimeComputesTheSame) {
  const std::string python = python_with({"onnxruntime", "numpy"});
  if (python.empty()) GTEST_SKIP() << "no Python with onnxruntime (ASSAY_PYTHON names one)";
  const TemporaryFolder folder;
  std::vector<ExportCase> cases = cases_of_layers();
  for (const auto& more : {cases_of_presets(), cases_of_options()})
    cases.insert(cases.end(), more.begin(), more.end());
  const Registry registry = builtin_registry();
  const Implementations parts = builtin_implementations();
  for (const ExportCase& one : cases) {
    const Slot<Model> slot = one.model();
    const ExampleModel example = example_of(slot, one.facts);
    const Computation computation = compute_model(slot, one.facts, example.outlines);
    exports::write_onnx(folder / (one.name + ".onnx"),
                        {computation, example.outlines, example.tensors, some_notes()});
    WeightFile arrays{{}, {tensor_of("output", array_of(example.output))}};
    for (std::size_t i = 0; i < example.inputs.size(); ++i)
      arrays.tensors.push_back(tensor_of(one.facts.inputs[i].name, array_of(example.inputs[i])));
    const std::string file = folder / (one.name + ".npz");
    convert::open_format({file, {}, true}, registry, parts).weights->write(file, arrays);
  }

  const Finished checked = run_process(
      {python, source_folder() + "/tests/runner/export/check_onnx.py", folder.path()}, {.timeout_s = 250});

  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
}

/// A layer that does not say what it computes.
struct SilentParams {
  static void describe(Fields<SilentParams>& f) { f.about("Says nothing."); }
  Shape outline(const Shape& in, Outline&) const { return in; }
};

TEST(ExportedAll, LayersThatSayNothingAreAllNamed) {
  Registry registry = builtin_registry();
  registry.declare<SilentParams>(family::layer, "silent");
  const Component model{&registry, &tensor_parts(), registry.find("model", "sequential"), Json::map()};
  const std::string config =
      R"({"layers": ["silent", {"type": "sequence", "layers": ["relu", "silent"]}, "linear"]})";
  const Slot<Model> slot = bind_filled<Model>(model, config);
  const ModelFacts facts = facts_of({4});
  Outline outline(facts);
  outline_model(slot, facts, outline);
  const Computation computation = compute_model(slot, facts, outline.tensors());

  const std::vector<Problem> problems =
      problems_of([&] { exports::throw_if_unsayable(computation, "onnx"); });

  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(problems[0].path, "model.layers.0");
  EXPECT_EQ(problems[1].path, "model.layers.1.layers.1");
  EXPECT_THAT(problems[1].message, HasSubstr("(silent) has no equivalent in onnx"));
}

}  // namespace
}  // namespace assay::testing
