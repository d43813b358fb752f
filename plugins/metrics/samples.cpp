#include "plugins/metrics/samples.h"

#include <limits>

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/max.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>

#include "core/random.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {
namespace {

constexpr std::int64_t n_facts = 5;  // of a row: its number, class, predicted class, two probabilities
constexpr double no_key = -std::numeric_limits<double>::infinity();

/// Of all rows that were shown, those with the highest keys, the highest first. Does not wait for the device.
class HighestRows {
 public:
  HighestRows(std::int64_t count, at::Device device)
      : keys_(at::full({count}, no_key, at::TensorOptions(at::kDouble).device(device))),
        rows_(at::zeros({count, n_facts}, keys_.options())) {}

  void reset() {
    keys_.fill_(no_key);
    rows_.zero_();
  }

  /// keys: [n] f64, -inf for rows that do not count. rows: [n, n_facts] f64.
  void add(const at::Tensor& keys, const at::Tensor& rows) {
    if (keys_.size(0) == 0) return;
    const auto [highest, places] = at::topk(at::cat({keys_, keys}), keys_.size(0));
    rows_ = at::cat({rows_, rows}).index_select(0, places);
    keys_ = highest;
  }

  /// [n, n_facts] on the CPU: as many as there were.
  at::Tensor rows() const {
    const std::int64_t n = keys_.gt(no_key).logical_or(keys_.isnan()).sum().item<std::int64_t>();
    return rows_.narrow(0, 0, n).to(at::kCPU).contiguous();
  }

  void save(StateWriter out) const {
    save_tensor(out, "keys", keys_);
    save_tensor(out, "rows", rows_);
  }
  void load(const StateReader& in) {
    load_tensor(in, "keys", keys_);
    load_tensor(in, "rows", rows_);
  }
  void merge(const StateReader& other) {
    add(saved_tensor(other, "keys", keys_), saved_tensor(other, "rows", rows_));
  }

 private:
  at::Tensor keys_;
  at::Tensor rows_;
};

/// scores [batch, classes] float, target [batch] i64; targets below 0 do not count.
class Samples final : public Metric {
 public:
  using Params = SamplesParams;

  Samples(const Params& params, const Needs& needs)
      : worst_(params.worst, needs.device), drawn_(params.drawn, needs.device), read_rows_(needs.read_rows) {}

  void reset() override {
    worst_.reset();
    drawn_.reset();
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    const at::Tensor& scores = outputs.scores();
    // An interval of training shows every row, each to another model: nothing to look at, and not for free.
    if (scores.requires_grad()) return;
    const at::Tensor& target = batch.target;
    const at::Tensor chances = at::log_softmax(scores.to(at::kDouble), 1);
    const auto [greatest, predicted] = at::max(chances, 1);
    const at::Tensor own = chances.gather(1, target.clamp_min(0).unsqueeze(1)).squeeze(1);
    const at::Tensor ids = at::tensor(batch.ids, at::kLong).to(target.device());
    const at::Tensor rows = at::stack(
        {ids.to(at::kDouble), target.to(at::kDouble), predicted.to(at::kDouble), greatest.exp(), own.exp()},
        1);
    const at::Tensor is_left_out = target.lt(0);
    worst_.add(own.neg().masked_fill(is_left_out, no_key), rows);
    drawn_.add(draws_of(batch.ids).to(target.device()).masked_fill(is_left_out, no_key), rows);
  }

  std::vector<Scalar> values() const override { return {}; }

  std::vector<NamedArray> arrays() const override {
    std::vector<NamedArray> out;
    append("samples_worst", worst_, out);
    append("samples_drawn", drawn_, out);
    return out;
  }

  void save(StateWriter& out) const override {
    worst_.save(out.scope("worst"));
    drawn_.save(out.scope("drawn"));
  }

  void load(const StateReader& in) override {
    worst_.load(in.scope("worst"));
    drawn_.load(in.scope("drawn"));
  }

  void merge(const StateReader& other) override {
    worst_.merge(other.scope("worst"));
    drawn_.merge(other.scope("drawn"));
  }

 private:
  /// A number for each row that depends on the row alone: whatever the batches are, the same rows are drawn.
  static at::Tensor draws_of(const std::vector<std::int64_t>& ids) {
    const Stream stream(0, "metrics/samples");
    std::vector<double> draws;
    draws.reserve(ids.size());
    for (const std::int64_t id : ids) draws.push_back(stream.at(0, static_cast<std::uint64_t>(id)).uniform());
    return at::tensor(draws, at::kDouble);
  }

  void append(const std::string& name, const HighestRows& kept, std::vector<NamedArray>& out) const {
    const at::Tensor rows = kept.rows();
    if (rows.size(0) == 0) return;
    out.push_back({name, array_of(rows)});
    if (!read_rows_) return;
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < rows.size(0); ++i) ids.push_back(rows[i][0].item<std::int64_t>());
    if (auto images = thumbnails(read_rows_(ids))) out.push_back({name + "_images", *std::move(images)});
  }

  HighestRows worst_, drawn_;
  std::function<Array(const std::vector<std::int64_t>&)> read_rows_;
};

}  // namespace

void implement_samples(Implementations& parts) { parts.add<Samples>("samples"); }

}  // namespace assay::metrics
