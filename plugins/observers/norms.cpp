#include "plugins/observers/norms.h"

#include <string>
#include <vector>

#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "core/text.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/implementations.h"

namespace assay::observers {

namespace {

/// Parameters of the model under one name of the numbers: "" for all, ".embedding".
struct Part {
  std::string suffix;
  std::vector<at::Tensor> tensors;
};

std::vector<Part> parts_of(const NormsParams& params, Module& model) {
  std::vector<Part> parts{{"", {}}};
  std::vector<std::string> names;
  for (const auto& [name, tensor] : model.parameters()) {
    names.push_back(name);
    parts.front().tensors.push_back(*tensor);
  }
  for (std::size_t i = 0; i < params.parts.size(); ++i) {
    const NormsPart& wanted = params.parts[i];
    Part part{text('.', wanted.name), {}};
    for (const auto& [name, tensor] : model.parameters()) {
      if (wanted.match.match(name)) part.tensors.push_back(*tensor);
    }
    if (part.tensors.empty()) {
      throw Error(Kind::config,
                  text("norms.parts.", i, " ('", wanted.name, "') matches no parameter of the model"),
                  suggest_glob(wanted.match.items.front(), names));
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

/// 0-d f32, on the device; 0 if there are no tensors.
at::Tensor joint_norm(const std::vector<at::Tensor>& tensors, const at::TensorOptions& options) {
  if (tensors.empty()) return at::zeros({}, options);
  return at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors))).to(at::kFloat);
}

class Norms final : public Observer {
 public:
  using Params = NormsParams;
  Norms(const Params& params, const Needs& needs)
      : params_(params), recorder_(needs.recorder), parts_(parts_of(params, needs.model)) {}

  Phase phase() const override { return Phase::record; }

  Request on(const Event& event) override {
    if (const auto* ready = std::get_if<GradientsReady>(&event)) {
      if (ready->will_log && params_.gradients) measure_gradients();
    } else if (const auto* done = std::get_if<StepDone>(&event)) {
      if (done->scalars != nullptr) log(*done);
    }
    return {};
  }

  void save(StateWriter&) const override {}
  void load(const StateReader&) override {}

 private:
  /// Now, as the step will change or clear them; read when the row is logged.
  void measure_gradients() {
    clear();
    for (const Part& part : parts_) {
      std::vector<at::Tensor> gradients;
      for (const at::Tensor& tensor : part.tensors) {
        if (tensor.grad().defined()) gradients.push_back(tensor.grad().detach());
      }
      add("norm/gradient" + part.suffix, gradients);
    }
  }

  void log(const StepDone& done) {
    if (params_.weights) {
      for (const Part& part : parts_) {
        std::vector<at::Tensor> weights;
        for (const at::Tensor& tensor : part.tensors) weights.push_back(tensor.detach());
        add("norm/weight" + part.suffix, weights);
      }
    }
    if (names_.empty()) return;
    const at::Tensor values = at::stack(values_).cpu();
    std::vector<Scalar> row;
    for (std::size_t i = 0; i < names_.size(); ++i)
      row.push_back({names_[i], static_cast<double>(values.data_ptr<float>()[i])});
    recorder_.log(done.step, done.epoch, row);
    clear();
  }

  void add(std::string name, const std::vector<at::Tensor>& tensors) {
    const at::TensorOptions options = parts_.front().tensors.empty()
                                          ? at::TensorOptions(at::kFloat)
                                          : parts_.front().tensors.front().options().dtype(at::kFloat);
    names_.push_back(std::move(name));
    values_.push_back(joint_norm(tensors, options.requires_grad(false)));
  }

  void clear() {
    names_.clear();
    values_.clear();
  }

  Params params_;
  Recorder& recorder_;
  std::vector<Part> parts_;  // the first is that of all
  std::vector<std::string> names_;
  std::vector<at::Tensor> values_;  // as names_, on the device
};

}  // namespace

void implement_norms(Implementations& parts) { parts.add<Norms>("norms"); }

}  // namespace assay::observers
