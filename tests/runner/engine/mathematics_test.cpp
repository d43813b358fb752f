// The engine against a plain PyTorch loop: from the same weights, with the same batches, the same losses
// (tests/parity/record_training.py says what was recorded).
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include "core/text.h"
#include "registry/contracts/engine.h"
#include "runner/config/load.h"
#include "runner/engine/gradients.h"
#include "tests/parity/recorded.h"
#include "tests/support/fake_recorder.h"
#include "tests/support/files.h"

extern "C" assay::Engine* assay_engine();

namespace assay::testing {
namespace {

constexpr std::int64_t steps = 200, batches = 4, rows_a_batch = 16;

struct Recording {
  const char* name;
  const char* model;
  std::vector<std::int64_t> inputs;
  std::int64_t outputs;
};

const Recording& mlp() {
  static const Recording recording{"mlp", "{type: mlp, hidden: [32, 16]}", {20}, 4};
  return recording;
}

const std::vector<Recording>& recordings() {
  static const std::vector<Recording> all{
      mlp(),
      {"conv",
       "{type: sequential, layers: [{type: conv2d, channels: 4, kernel: 3}, relu, max_pool2d, flatten, "
       "linear]}",
       {1, 8, 8},
       4},
      {"lstm", "{type: sequential, layers: [{type: lstm, units: 8, output: last}, linear]}", {6, 3}, 4},
      {"gpt",
       "{type: sequential, layers: [{type: embedding, units: 16, vocabulary: 11}, learned_positions, "
       "{type: transformer_block, heads: 2, causal: true}, {type: transformer_block, heads: 2, causal: "
       "true}, "
       "layer_norm, linear]}",
       {8},
       11}};
  return all;
}

/// The tokens of the small GPT: rows of nine, of which the first eight are read and the last eight foretold.
at::Tensor tokens() {
  const at::Tensor all = at::arange(batches * rows_a_batch * 9, at::kLong).mul(389);
  return at::remainder(at::remainder(all, 997), 11).reshape({-1, 9});
}

Prepared data_of(const Recording& recording) {
  constexpr std::int64_t rows = batches * rows_a_batch;
  const bool is_text = recording.inputs == std::vector<std::int64_t>{8};
  Prepared prepared;
  prepared.facts.task = {
      is_text ? Task::Kind::language_model : Task::Kind::classification, recording.outputs, {}};
  prepared.facts.inputs = {{"x", {recording.inputs, is_text ? Dtype::i64 : Dtype::f32}}};
  prepared.read_shapes = {prepared.facts.inputs.front().shape};
  if (is_text) {
    prepared.inputs = {array_of(tokens().narrow(1, 0, 8).contiguous())};
    prepared.target = array_of(tokens().narrow(1, 1, 8).contiguous());
  } else {
    prepared.inputs = {array_of(spread(with_batch(rows, recording.inputs)))};
    prepared.target = array_of(at::remainder(at::arange(rows, at::kLong).mul(7), recording.outputs));
  }
  for (std::int64_t row = 0; row < rows; ++row) prepared.rows.train.push_back(row);
  return prepared;
}

at::Tensor first_value(const TensorOutline& tensor) {
  const at::Tensor values = spread(tensor.shape);
  if (tensor.shape.size() > 1) return values.div(std::sqrt(static_cast<double>(values[0].numel())));
  return tensor.name.ends_with("weight") ? values.div(10).add(1) : values.div(10);
}

/// As a fork starts: with these weights, at the first step.
ResumePoint start_of(const Experiment& experiment, const ModelFacts& facts) {
  Outline outline(facts);
  outline_model(experiment.model, facts, outline);
  ResumePoint point;
  point.is_fork = true;
  StateWriter out(point.state);
  for (const TensorOutline& tensor : outline.tensors()) {
    out.array("model/" + tensor.name, array_of(first_value(tensor)));
  }
  for (const char* name : {"step", "epoch", "batch_in_epoch", "samples"}) {
    out.integer(text("position/", name), 0);
  }
  out.real("loop/factor", 1);
  out.integer("loop/evaluated_at", -1);
  out.integer("loop/wants_evaluation", 0);
  return point;
}

/// 200 steps of AdamW; train: further keys of the section.
FakeRecorder train(const Recording& recording, const std::string& train = "") {
  const TemporaryFolder folder;
  const std::string yaml = text(
      "assay: 1\ndataset: digits\nmodel: ", recording.model,
      "\nloss: cross_entropy\noptimizer: {type: adamw, lr: 3e-3}\nmetrics: []\ndevice: cpu\ntrain: {until: ",
      steps, " steps, batch_size: ", rows_a_batch, ", shuffle: false, log_every: 1 step", train, "}\n");
  const LoadedConfig config = load_config({.file = folder.write("run.yaml", yaml)}, tensor_registry());
  const Prepared prepared = data_of(recording);
  ResumePoint start = start_of(config.experiment, prepared.facts);
  FakeRecorder recorder;
  FakeListener listener;
  TrainJob job{config.experiment, prepared, tensor_parts(), recorder, listener};
  job.resume = &start;
  const Outcome outcome = std::unique_ptr<Engine>(assay_engine())->train(job);
  EXPECT_EQ(outcome.status, Outcome::Status::finished) << outcome.message;
  return recorder;
}

Json entry(const std::string& name) { return *recorded("training.json").find(name); }

/// The largest difference, relative to the recorded number.
double losses_apart(const FakeRecorder& recorder, const Json& theirs) {
  const std::vector<double> ours = recorder.values_of("train/loss");
  const auto& expected = theirs.find("losses")->items();
  EXPECT_EQ(ours.size(), expected.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(ours.size(), expected.size()); ++i) {
    largest = std::max(largest, std::abs(ours[i] / expected[i].real() - 1));
  }
  return largest;
}

/// `scope` of the last checkpoint against recorded weights.
double tensors_apart(const FakeRecorder& recorder, const std::string& scope, const Json& theirs) {
  double largest = 0;
  const StateReader in = StateReader(recorder.checkpoints.back().state).scope(scope);
  for (const auto& [name, values] : theirs.entries()) {
    largest = std::max(largest, difference(tensor_over(in.array(name)), values));
  }
  return largest;
}

class EqualMathematics : public ::testing::TestWithParam<std::size_t> {};

TEST_P(EqualMathematics, LossesOver200StepsAreThoseOfAPlainLoop) {
  const Recording& recording = recordings()[GetParam()];

  const bool is_gpt = recording.name == std::string("gpt");
  expect_parity(losses_apart(train(recording), entry(recording.name)),
                is_gpt ? training_losses_of_gpt : training_losses, "losses");
}

INSTANTIATE_TEST_SUITE_P(Recorded, EqualMathematics, ::testing::Range(std::size_t{0}, std::size_t{4}),
                         [](const auto& test) { return std::string(recordings()[test.param].name); });

TEST(EqualMathematicsOf, ClippingByNorm) {
  const FakeRecorder recorder = train(mlp(), ", clip: {norm: 0.1}");

  expect_parity(losses_apart(recorder, entry("clip norm")), training_losses, "losses");
  expect_parity(tensors_apart(recorder, "model", *entry("clip norm").find("weights")), training_weights,
                "weights");
}

TEST(EqualMathematicsOf, ClippingByValue) {
  const FakeRecorder recorder = train(mlp(), ", clip: {value: 0.01}");

  expect_parity(losses_apart(recorder, entry("clip value")), training_losses, "losses");
  expect_parity(tensors_apart(recorder, "model", *entry("clip value").find("weights")), training_weights,
                "weights");
}

TEST(EqualMathematicsOf, AveragedWeights) {
  const FakeRecorder recorder = train(mlp(), ", ema: {decay: 0.9}");

  expect_parity(losses_apart(recorder, entry("ema")), training_losses, "losses");
  expect_parity(tensors_apart(recorder, "ema/weights", *entry("ema").find("averages")), training_weights,
                "averages");
}

TEST(EqualMathematicsOf, AccumulationInParts) {
  const FakeRecorder recorder = train(mlp(), ", accumulate: 4");

  expect_parity(losses_apart(recorder, entry("mlp")), accumulated_losses, "losses");
}

TEST(EqualMathematicsOf, GradientScaling) {
  const Json theirs = entry("scaler");
  engine::GradScaler scaler(at::kCPU, /*growth_interval=*/3);
  const at::Tensor weight = at::zeros({5});

  for (std::int64_t step = 0; step < 12; ++step) {
    at::Tensor gradient = spread({5}).mul(scaler.scale());
    if (step == 3 || step == 4) gradient[2].fill_(std::numeric_limits<double>::infinity());
    const bool is_left_out = scaler.unscale({gradient}).item<float>() == 1;
    scaler.update();
    if (!is_left_out) weight.sub_(gradient, 0.1);
    EXPECT_EQ(is_left_out, step == 3 || step == 4);
    EXPECT_EQ(scaler.scale().item<double>(),
              theirs.find("scales")->items().at(static_cast<std::size_t>(step)).real());
  }

  EXPECT_EQ(difference(weight, *theirs.find("weights")), 0);
}

}  // namespace
}  // namespace assay::testing
