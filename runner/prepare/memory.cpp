#include "runner/prepare/memory.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/text.h"
#include "runner/prepare/cuda.h"
#include "runner/prepare/streaming.h"

namespace assay::preparing {
namespace {

// What the program and LibTorch hold before there is data or a model: measured, LibTorch 2.13 for the CPU.
constexpr std::int64_t program_bytes = std::int64_t{150} << 20U;
constexpr std::int64_t weight_bytes = 4;
// An estimate this near to what there is may be wrong by the rest.
constexpr double near_share = 0.8;

std::int64_t array_bytes(const Array& array) { return static_cast<std::int64_t>(array.bytes()); }

// What one sample takes while it goes through the model.
struct SampleBytes {
  std::int64_t training = 0;
  std::int64_t evaluating = 0;
};

// A layer whose parts are rows of their own hands on what the last of them gives.
bool has_parts(const std::vector<LayerRow>& rows, std::size_t i) {
  return i + 1 < rows.size() && rows[i + 1].depth > rows[i].depth;
}

SampleBytes sample_bytes(const Prepared& prepared) {
  std::int64_t inputs = 0;
  for (const NamedShape& input : prepared.facts.inputs) inputs += bytes_of(input.shape);
  std::int64_t outputs = 0;
  std::int64_t largest = 0;  // a layer's input and output together
  const std::vector<LayerRow>& rows = prepared.layers;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].type.empty() || has_parts(rows, i)) continue;
    outputs += bytes_of(rows[i].output);
    largest = std::max(largest, bytes_of(rows[i].input) + bytes_of(rows[i].output));
  }
  return {inputs + outputs + largest, inputs + largest};
}

std::int64_t rows_at_once(std::int64_t batch_size, std::size_t n_rows) {
  return std::min(batch_size, static_cast<std::int64_t>(n_rows));
}

struct Activations {
  std::int64_t training = 0;
  std::int64_t evaluating = 0;
};

Activations activations_of(const Experiment& experiment, const Prepared& prepared) {
  const SampleBytes sample = sample_bytes(prepared);
  const SplitRows& rows = prepared.rows;
  const TrainSection& train = experiment.train;
  const std::int64_t together = (train.batch_size + train.accumulate - 1) / train.accumulate;
  return {sample.training * rows_at_once(together, rows.train.size()),
          sample.evaluating *
              rows_at_once(experiment.evaluate.batch_size, std::max(rows.valid.size(), rows.test.size()))};
}

std::int64_t data_bytes(const Experiment& experiment, const Prepared& prepared) {
  std::int64_t bytes = array_bytes(prepared.target);
  if (prepared.is_streamed) bytes += read_ahead_bytes(experiment, prepared);
  for (const Array& input : prepared.inputs) bytes += array_bytes(input);
  if (prepared.windows) bytes += array_bytes(prepared.windows->series);
  const DatasetFacts& facts = prepared.dataset->facts();
  for (std::size_t i = 0; i < facts.columns.size(); ++i) {
    if (prepared.dataset->column(i))
      bytes += facts.rows * bytes_of(Shape{facts.columns[i].shape, facts.columns[i].dtype});
  }
  return bytes;
}

std::int64_t on_host(const MemoryEstimate& memory) {
  return memory.is_on_host ? memory.total() : memory.program + memory.data + memory.checkpoint;
}

std::string size_text(std::int64_t bytes) {
  return bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)));
}

// The parts of the host's share, largest first: "3.0 GiB activations, 12 MiB parameters".
std::string breakdown(const MemoryEstimate& memory) {
  std::vector<std::pair<std::int64_t, std::string>> parts{
      {memory.program, "program"}, {memory.data, "data"}, {memory.checkpoint, "checkpoint"}};
  if (memory.is_on_host) {
    parts.insert(parts.end(), {{memory.activations, "activations"},
                               {memory.parameters, "parameters"},
                               {memory.gradients, "gradients"},
                               {memory.optimizer_state, "optimizer state"}});
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> words;
  for (const auto& [bytes, name] : parts) {
    if (bytes > 0) words.push_back(text(name, ' ', size_text(bytes)));
  }
  return join(words, ", ");
}

// The key to change: what most of the memory is for.
struct Culprit {
  Where where;
  std::string path;
  std::string what;  // completes "`path` ..."
  std::string hint;
};

// The samples that fit into what the rest leaves: rounded down to a power of two, as batches are.
std::int64_t fitting_batch(std::int64_t sample_bytes, std::int64_t left) {
  std::int64_t batch = 1;
  while (sample_bytes > 0 && batch * 2 * sample_bytes <= left) batch *= 2;
  return batch;
}

Culprit batch_culprit(const Experiment& experiment, const Prepared& prepared, std::int64_t available) {
  const MemoryEstimate& memory = prepared.memory;
  const Activations both = activations_of(experiment, prepared);
  const SampleBytes sample = sample_bytes(prepared);
  const bool is_training = both.training >= both.evaluating;
  const std::int64_t batch_size = is_training ? experiment.train.batch_size : experiment.evaluate.batch_size;
  const auto usable = static_cast<std::int64_t>(near_share * static_cast<double>(available));
  const std::int64_t left = usable - (memory.total() - memory.activations);
  const std::int64_t fits = fitting_batch(is_training ? sample.training : sample.evaluating, left);
  return {{},
          is_training ? "train.batch_size" : "evaluate.batch_size",
          text("is ", batch_size, ", with which ", is_training ? "training" : "evaluation", " takes"),
          fits * (is_training ? sample.training : sample.evaluating) <= left
              ? text("lower it: ", fits, " would fit")
              : "lower it, and make the model smaller"};
}

Culprit culprit_of(const Experiment& experiment, const Prepared& prepared, std::int64_t available) {
  const MemoryEstimate& memory = prepared.memory;
  const std::int64_t model =
      memory.is_on_host ? memory.parameters + memory.gradients + memory.optimizer_state + memory.checkpoint
                        : memory.checkpoint;
  const std::int64_t activations = memory.is_on_host ? memory.activations : 0;
  if (activations > std::max(model, memory.data)) return batch_culprit(experiment, prepared, available);
  if (memory.data > model) {
    return {experiment.dataset.where(), experiment.dataset.path(),
            text("(", experiment.dataset.name(), ") is held in memory, so that the run takes"),
            prepared.is_streamed ? "lower dataset.prefetch, or train.batch_size and evaluate.batch_size"
                                 : "set `in_memory: never`, which reads it batch by batch"};
  }
  return {experiment.model.where(), experiment.model.path(),
          text("(", experiment.model.name(), ") is so large that training takes"),
          "make the model smaller; an optimizer that keeps less for each weight, as `sgd`, takes less too"};
}

}  // namespace

MemoryEstimate estimate_memory(const Experiment& experiment, const Prepared& prepared) {
  MemoryEstimate memory;
  memory.is_on_host = !is_on_cuda(experiment.device);
  memory.program = program_bytes;
  memory.data = data_bytes(experiment, prepared);
  if (prepared.tensors.empty()) return memory;

  std::int64_t kept = 0;
  for (const TensorOutline& tensor : prepared.tensors) {
    const std::int64_t bytes = bytes_of(Shape{tensor.shape, tensor.dtype});
    kept += bytes;
    if (!tensor.is_buffer) memory.gradients += bytes;
  }
  memory.is_known = !prepared.groups.empty();
  for (const PreparedGroup& group : prepared.groups) {
    memory.is_known = memory.is_known && group.outline.state_per_weight;
    memory.optimizer_state += group.weights * group.outline.state_per_weight.value_or(0) * weight_bytes;
  }
  const std::int64_t averages = experiment.train.ema ? memory.gradients : 0;  // as large as what is trained
  memory.parameters = (experiment.checkpoint.keep_best ? 2 * kept : kept) + averages;
  memory.checkpoint = kept + averages + memory.optimizer_state;
  if (experiment.train.on_divergence == "rollback") {  // the restore point, in memory and in each checkpoint
    memory.parameters += memory.checkpoint;
    memory.checkpoint *= 2;
  }
  const Activations activations = activations_of(experiment, prepared);
  memory.activations = std::max(activations.training, activations.evaluating);
  return memory;
}

void check_memory(const Experiment& experiment, const Prepared& prepared,
                  std::optional<std::int64_t> available, std::vector<Problem>& problems,
                  std::vector<Problem>& warnings) {
  const MemoryEstimate& memory = prepared.memory;
  const std::int64_t needed = on_host(memory);
  if (!available || static_cast<double>(needed) <= near_share * static_cast<double>(*available)) return;

  const bool is_too_much = needed > *available;
  Culprit culprit = culprit_of(experiment, prepared, *available);
  Problem problem{std::move(culprit.where), std::move(culprit.path),
                  text(culprit.what, " about ", size_text(needed), " of memory, ",
                       is_too_much ? "more than" : "nearly all of", " the ", size_text(*available),
                       " there are (", breakdown(memory), ")"),
                  std::move(culprit.hint)};
  problem.is_warning = !is_too_much;
  (is_too_much ? problems : warnings).push_back(std::move(problem));
}

}  // namespace assay::preparing
