#include "tests/runner/store/example_run.h"

#include <vector>

namespace assay::testing {

store::BeginRun example_begin(const std::string& runs_dir, const std::string& name) {
  Json resolved = Json::map();
  resolved.set("assay", 1);
  resolved.set("name", name);
  Json optimizer = Json::map();
  optimizer.set("type", "adamw");
  optimizer.set("lr", 0.001);
  Json checkpoint = Json::map();
  checkpoint.set("keep_best", "valid/accuracy");
  resolved.set("dataset", "digits");
  resolved.set("model", "mlp");
  resolved.set("optimizer", std::move(optimizer));
  resolved.set("checkpoint", std::move(checkpoint));
  Json provenance = Json::map();
  provenance.set("optimizer.lr", "digits.yaml:7:20");
  Json environment = Json::map();
  environment.set("cpu", "a processor");
  environment.set("cores", 2);
  store::BeginRun begin;
  begin.runs_dir = runs_dir;
  begin.name = name;
  begin.id = "3f2a91c0de";
  begin.resolved = std::move(resolved);
  begin.provenance = std::move(provenance);
  begin.sources = {{"digits.yaml", "assay: 1\ndataset: digits\n"}};
  begin.environment = std::move(environment);
  begin.data = {{"table", "datasets/digits.csv", std::string(64, 'a'), 12345}};
  begin.command = {"assay", "run", "digits.yaml"};
  begin.seed = 7;
  begin.tags = {"first"};
  return begin;
}

State example_state(float shift) {
  State state;
  const StateWriter out(state);
  const auto add = [](StateWriter scope, std::string_view name, const Array& array) {
    scope.array(name, array);
  };
  add(out.scope("model"), "layers.0.weight",
      Array::of(std::vector<float>{1 + shift, 2 + shift, 3 + shift, 4, 5, 6}).reshaped({2, 3}));
  Array half(Dtype::bf16, {2});
  half.as<std::uint16_t>()[0] = 0x3FC0;  // 1.5
  half.as<std::uint16_t>()[1] = 0xC000;  // -2
  add(out.scope("model"), "layers.0.bias", half);
  add(out.scope("optimizer").scope("state"), "layers.0.weight/exp_avg",
      Array::of(std::vector<float>(6, 0.25F)));
  StateWriter optimizer = out.scope("optimizer");
  optimizer.integer("step", 4);
  return state;
}

void write_example(Recorder& record) {
  record.event(RunStarted{4, 2, 0, 8, "cpu", 1});
  for (std::int64_t epoch = 0; epoch < 2; ++epoch) {
    for (std::int64_t step = 2 * epoch + 1; step <= 2 * epoch + 2; ++step) {
      const std::vector<Scalar> row{{"train/loss", 1.0 / static_cast<double>(step)}, {"train/lr", 0.001}};
      record.log(step, epoch, row);
    }
    const std::vector<Scalar> scores{{"valid/loss", 0.5}, {"valid/accuracy", epoch == 0 ? 0.9 : 0.8}};
    record.log(2 * epoch + 2, epoch + 1, scores);
    record.array(2 * epoch + 2, "valid/confusion_matrix", example_array(epoch));
    record.event(Evaluated{2 * epoch + 2, epoch + 1, "valid", scores});
    if (epoch == 0) record.checkpoint({2, 1, true, 0.9}, example_state());
  }
  record.checkpoint({4, 2, false, 0, true}, example_state(1));
  record.finish(example_outcome());
}

Array example_array(std::int64_t first) {
  return Array::of(std::vector<std::int64_t>{first, 1, 0, 2, 3, 0}).reshaped({2, 3});
}

Outcome example_outcome() {
  Outcome outcome;
  outcome.step = 4;
  outcome.epoch = 2;
  outcome.seconds = 1.5;
  outcome.metrics = {{"train/loss", 0.25}, {"valid/accuracy", 0.8}, {"best/valid/accuracy", 0.9}};
  return outcome;
}

}  // namespace assay::testing
