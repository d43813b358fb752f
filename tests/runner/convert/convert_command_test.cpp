// Conversions by the real program, against what PyTorch recorded (tests/parity/weights/record.py).
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/weights.h"
#include "runner/convert/formats.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr double tolerance = 1e-5;  // of logits in f32: other kernels add up in another order

std::string recorded_file(std::string_view name) {
  return text(source_folder(), "/tests/parity/weights/", name);
}

WeightFile read_weights(const std::string& path) {
  static const Registry registry = builtin_registry();
  static const Implementations parts = builtin_implementations();
  return convert::open_format({path, {}}, registry, parts).weights->read(path);
}

/// The same names, and for each the same bytes.
void expect_same_numbers(const std::string& ours, const std::string& theirs) {
  const WeightFile a = read_weights(ours), b = read_weights(theirs);
  for (const NamedTensor& tensor : b.tensors) {
    const auto found = std::ranges::find(a.tensors, tensor.name, &NamedTensor::name);
    ASSERT_NE(found, a.tensors.end()) << tensor.name;
    EXPECT_EQ(found->shape, tensor.shape) << tensor.name;
    const Array left = read(*found), right = read(tensor);
    ASSERT_EQ(left.bytes(), right.bytes()) << tensor.name;
    EXPECT_TRUE(left.bytes() == 0 || std::memcmp(left.data(), right.data(), left.bytes()) == 0)
        << tensor.name;
  }
}

using Words = std::vector<std::string>;

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// What Hugging Face calls the layers of a BERT, and we do.
const Words encoder_map = {
    "--map", "embeddings.word_embeddings.weight=layers.0.weight",
    "--map", "embeddings.position_embeddings.weight=layers.1.weight",
    "--map", "embeddings.LayerNorm.*=layers.2.*",
    "--map", "encoder.layer.*.attention.self.query.weight=layers.3.*.layers.0.self_attn.in_proj_weight[0/3]",
    "--map", "encoder.layer.*.attention.self.key.weight=layers.3.*.layers.0.self_attn.in_proj_weight[1/3]",
    "--map", "encoder.layer.*.attention.self.value.weight=layers.3.*.layers.0.self_attn.in_proj_weight[2/3]",
    "--map", "encoder.layer.*.attention.self.query.bias=layers.3.*.layers.0.self_attn.in_proj_bias[0/3]",
    "--map", "encoder.layer.*.attention.self.key.bias=layers.3.*.layers.0.self_attn.in_proj_bias[1/3]",
    "--map", "encoder.layer.*.attention.self.value.bias=layers.3.*.layers.0.self_attn.in_proj_bias[2/3]",
    "--map", "encoder.layer.*.attention.output.dense.*=layers.3.*.layers.0.self_attn.out_proj.*",
    "--map", "encoder.layer.*.attention.output.LayerNorm.*=layers.3.*.layers.0.norm1.*",
    "--map", "encoder.layer.*.intermediate.dense.*=layers.3.*.layers.0.linear1.*",
    "--map", "encoder.layer.*.output.dense.*=layers.3.*.layers.0.linear2.*",
    "--map", "encoder.layer.*.output.LayerNorm.*=layers.3.*.layers.0.norm2.*",
    "--map", "classifier.*=layers.5.*"};

/// Those of GPT-2, whose linear layers keep their weights transposed.
const Words decoder_map = {
    "--map", "transformer.wte.weight=layers.0.weight",
    "--map", "transformer.wpe.weight=layers.1.weight",
    "--map", "*.attn.bias=none",
    "--map", "lm_head.weight=none",
    "--map", "transformer.h.*.ln_1.*=layers.3.*.layers.0.norm1.*",
    "--map", "transformer.h.*.ln_2.*=layers.3.*.layers.0.norm2.*",
    "--map", "transformer.h.*.attn.c_attn.weight=layers.3.*.layers.0.self_attn.in_proj_weight^T",
    "--map", "transformer.h.*.attn.c_attn.bias=layers.3.*.layers.0.self_attn.in_proj_bias",
    "--map", "transformer.h.*.attn.c_proj.weight=layers.3.*.layers.0.self_attn.out_proj.weight^T",
    "--map", "transformer.h.*.attn.c_proj.bias=layers.3.*.layers.0.self_attn.out_proj.bias",
    "--map", "transformer.h.*.mlp.c_fc.weight=layers.3.*.layers.0.linear1.weight^T",
    "--map", "transformer.h.*.mlp.c_fc.bias=layers.3.*.layers.0.linear1.bias",
    "--map", "transformer.h.*.mlp.c_proj.weight=layers.3.*.layers.0.linear2.weight^T",
    "--map", "transformer.h.*.mlp.c_proj.bias=layers.3.*.layers.0.linear2.bias",
    "--map", "transformer.ln_f.*=layers.4.*"};

class ConvertCommand : public ::testing::Test {
 protected:
  Json convert(const Words& words) const {
    const Finished run = run_assay(joined(Words{"convert"}, joined(words, {"--format", "json"})));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.exit_code == 0 ? parse_json(run.out, "stdout") : Json::map();
  }

  /// From a file of PyTorch's to a checkpoint with the model's names, proved by the recorded outputs.
  double import_difference(const std::string& model, const std::string& ending, const Words& map = {}) const {
    const Json json =
        convert(joined({recorded_file("files/" + model + ending), folder_ / (model + ".h5"), "--config",
                        recorded_file(model + ".yaml"), "--probe", recorded_file("files/" + model + ".npz")},
                       map));
    const Json* found = json.find("largest_difference");
    return found != nullptr && found->is_real() ? found->real() : 1e9;
  }

  TemporaryFolder folder_;
};

TEST_F(ConvertCommand, AResNetOfTorchvisionComputesTheSame) {
  EXPECT_LE(import_difference("resnet18", ".pt"), tolerance);
  EXPECT_LE(import_difference("resnet18", ".safetensors"), tolerance);
}

TEST_F(ConvertCommand, AnEncoderOfHuggingFaceComputesTheSame) {
  EXPECT_LE(import_difference("encoder", ".pt", encoder_map), tolerance);
  EXPECT_LE(import_difference("encoder", ".safetensors", encoder_map), tolerance);
}

TEST_F(ConvertCommand, ADecoderOfHuggingFaceComputesTheSame) {
  EXPECT_LE(import_difference("decoder", ".pt", decoder_map), tolerance);
  EXPECT_LE(import_difference("decoder", ".safetensors", decoder_map), tolerance);
}

TEST_F(ConvertCommand, TheDifferenceIsInTheFile) {
  import_difference("resnet18", ".pt");

  const WeightFile file = read_weights(folder_ / "resnet18.h5");

  ASSERT_EQ(file.notes.size(), 2U);
  EXPECT_EQ(file.notes[0].first, "assay.largest_difference");
  EXPECT_LE(parse_real(file.notes[0].second).value_or(1), tolerance);
}

TEST_F(ConvertCommand, WeightsThatGoBackHaveTheirNamesAndBytes) {
  import_difference("resnet18", ".pt");
  for (const std::string ending : {".pt", ".safetensors"}) {
    const std::string original = recorded_file("files/resnet18" + ending), back = folder_ / ("back" + ending);
    convert({folder_ / "resnet18.h5", back, "--like", recorded_file("files/resnet18.pt")});
    expect_same_numbers(back, original);
  }
}

TEST_F(ConvertCommand, RulesAreUndoneOnTheWayBack) {
  const auto goes_back = [&](const std::string& model, const Words& map) {
    import_difference(model, ".pt", map);
    for (const std::string ending : {".pt", ".safetensors"}) {
      const std::string original = recorded_file("files/" + model + ending),
                        back = folder_ / ("back" + ending);
      convert(joined({folder_ / (model + ".h5"), back, "--like", original, "--back"}, map));
      expect_same_numbers(back, original);
    }
  };

  goes_back("encoder", encoder_map);
  goes_back("decoder", decoder_map);
}

TEST_F(ConvertCommand, RulesThatDoNotLeadBackAreAnError) {
  import_difference("encoder", ".pt", encoder_map);

  const Finished run = run_assay({"convert", folder_ / "encoder.h5", folder_ / "back.pt", "--like",
                                  recorded_file("files/encoder.pt"), "--back"});

  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("which is not in the file"));
  EXPECT_FALSE(exists(folder_ / "back.pt"));
}

TEST_F(ConvertCommand, EveryFormatHasTheSameContents) {
  const std::string start = recorded_file("files/resnet18.pt");
  const Json first = convert({start, folder_ / "a.safetensors"});
  Json last;
  Words stations = {"a.safetensors", "b.npz", "c.h5", "d.pt", "e.safetensors"};
  for (std::size_t i = 1; i < stations.size(); ++i)
    last = convert({folder_ / stations[i - 1], folder_ / stations[i]});

  EXPECT_EQ(*first.find("contents_sha256"), *last.find("contents_sha256"));
  EXPECT_EQ(read_text(folder_ / "a.safetensors"), read_text(folder_ / "e.safetensors"));
}

TEST_F(ConvertCommand, WhatDoesNotFitIsListedWithWhatToDo) {
  const Finished run =
      run_assay({"convert", recorded_file("files/encoder.pt"), folder_ / "x.h5", "--config",
                 recorded_file("encoder.yaml"), "--probe", recorded_file("files/encoder.npz")});

  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, AllOf(HasSubstr("of the model not in the file"),
                             HasSubstr("hint: say what is what with --map")));
  EXPECT_FALSE(exists(folder_ / "x.h5"));
}

TEST_F(ConvertCommand, APickleWithCodeIsRefusedByItsName) {
  const Finished run = run_assay({"convert", recorded_file("files/code.pt"), folder_ / "x.safetensors"});

  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("code.pt: error: holds code, which is never run: it asks for posix.system"));
}

TEST_F(ConvertCommand, AnEndingThatSaysNothingIsAskedFor) {
  const Finished run = run_assay({"convert", recorded_file("files/resnet18.pt"), folder_ / "x.onnx"});

  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--to names the format; known: "));
}

// ---- Keras (record_keras.py).

class ConvertKeras : public ConvertCommand, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string model() const { return text("keras_", GetParam()); }
  /// What a file without the model's config does not say.
  Words flatten() const {
    return model() == "keras_cnn" ? Words{"--flatten", "dense=2,2,4", "--flatten", "dense_1=5"} : Words{};
  }
};

INSTANTIATE_TEST_SUITE_P(Models, ConvertKeras, ::testing::Values("cnn", "lstm", "gru", "bidirectional"),
                         [](const auto& model) { return std::string(model.param); });

TEST_P(ConvertKeras, AModelSavedWholeComputesTheSame) {
  EXPECT_LE(import_difference(model(), ".keras.h5", flatten()), tolerance);
}

TEST_P(ConvertKeras, SavedWeightsComputeTheSame) {
  EXPECT_LE(import_difference(model(), ".weights.h5", flatten()), tolerance);
}

TEST_P(ConvertKeras, WeightsThatGoBackMakeTheSameFile) {
  import_difference(model(), ".weights.h5", flatten());
  const std::string original = recorded_file("files/" + model() + ".weights.h5"),
                    back = folder_ / "back.weights.h5";

  convert(joined({folder_ / (model() + ".h5"), back, "--like", original}, flatten()));

  EXPECT_EQ(read_text(back), read_text(original));
}

TEST_F(ConvertCommand, AFileThatDoesNotSayWhatIsFlattenedIsRefused) {
  const Finished run =
      run_assay({"convert", recorded_file("files/keras_cnn.weights.h5"), folder_ / "x.safetensors"});

  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(
      run.err,
      AllOf(HasSubstr("does not say whether layer dense is behind a Flatten: it takes 16 values"),
            HasSubstr("--flatten dense=HEIGHT,WIDTH,4, in a config `flatten: {dense: [HEIGHT, WIDTH, 4]}`")));
}

TEST_F(ConvertCommand, ARuleThatDoesNothingIsNamed) {
  const Finished run = run_assay({"convert", recorded_file("files/resnet18.pt"), folder_ / "x.safetensors",
                                  "--map", "fc.*=head.*", "--map", "classifier.*=head.*"});

  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("warning: --map `classifier.*` does nothing: no name in the file matches"));
}

TEST_F(ConvertCommand, ARuleThatCannotBeIsAnErrorOfUsage) {
  const Finished run = run_assay(
      {"convert", recorded_file("files/resnet18.pt"), folder_ / "x.npz", "--map", "fc.weight=head.*"});

  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--map fc.weight=head.* has 1 star in its target, where 'fc.weight' has 0"));
}

TEST_F(ConvertCommand, NothingToWriteIsAnError) {
  const Finished run =
      run_assay({"convert", recorded_file("files/resnet18.pt"), folder_ / "x.npz", "--prefix", "backbone."});

  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, AllOf(HasSubstr("none of its "), HasSubstr("begins with 'backbone.'")));
  EXPECT_FALSE(exists(folder_ / "x.npz"));
}

}  // namespace
}  // namespace assay::testing
