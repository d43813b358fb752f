#include "registry/contracts/shape.h"

#include <numeric>
#include <utility>

#include "core/text.h"
#include "registry/registry.h"

namespace assay {

std::string to_string(const Shape& shape) {
  std::string out = shape_text(shape.sizes);
  if (shape.dtype != Dtype::f32) out += text(' ', to_string(shape.dtype));
  return out;
}

std::string Outline::full_name(std::string_view name) const { return text(prefix_, name); }

void Outline::parameter(std::string_view name, std::vector<std::int64_t> shape) {
  tensors_.push_back({full_name(name), std::move(shape), Dtype::f32, false});
}

void Outline::buffer(std::string_view name, std::vector<std::int64_t> shape, Dtype dtype) {
  tensors_.push_back({full_name(name), std::move(shape), dtype, true});
}

void Outline::scope(std::string_view name, const std::function<void()>& body) {
  const std::string outer = std::exchange(prefix_, text(prefix_, name, '.'));
  body();
  prefix_ = outer;
}

Shape Outline::layer(std::string_view name, const Slot<Layer>& slot, const Shape& input) {
  return layer(name, slot, std::span<const Shape>(&input, 1));
}

Shape Outline::layer(std::string_view name, const Slot<Layer>& slot, std::span<const Shape> inputs) {
  const auto* facet = std::any_cast<LayerFacet>(&slot.component().facet);
  ASSAY_ASSERT(facet != nullptr && !inputs.empty());
  const SlotBase* outer = std::exchange(current_, &slot);
  const std::size_t row = rows_.size();
  rows_.push_back({full_name(name), slot.name(), inputs.front(), {}, 0});
  const std::int64_t before = parameter_count();
  Shape output;
  scope(name, [&] { output = facet->outline(slot.params(), inputs, *this); });
  rows_[row].output = output;
  rows_[row].parameters = parameter_count() - before;
  current_ = outer;
  return output;
}

void Outline::fail(std::string message, std::string hint) const {
  ASSAY_ASSERT(current_ != nullptr);
  throw Error(Kind::config, Problem{current_->where(), current_->path(),
                                    text("(", current_->name(), ") ", message), std::move(hint)});
}

std::int64_t Outline::parameter_count() const {
  return std::accumulate(tensors_.begin(), tensors_.end(), std::int64_t{0},
                         [](std::int64_t sum, const TensorOutline& t) {
                           return t.is_buffer ? sum : sum + element_count(t.shape);
                         });
}

Shape outline_model(const SlotBase& model, const ModelFacts& facts, Outline& out) {
  const auto* facet = std::any_cast<ModelFacet>(&model.component().facet);
  if (!facet) {
    throw Error(Kind::registry,
                Problem{model.where(), model.path(), text(": model ", model.name(), " declares no shapes"),
                        "give its parameters an outline(), or build it to check it"});
  }
  out.current_ = &model;
  const Shape output = facet->outline(model.params(), out);
  const std::string mismatch =
      text("ends in ", to_string(output), ", but the task is ", describe(facts.task));
  // Only sequences have scores for each of several places in a sample.
  const bool has_one_place =
      facts.task.kind == Task::Kind::classification || facts.task.kind == Task::Kind::regression;
  if (has_one_place && output.sizes.size() > 1) out.fail(mismatch, "end with `flatten` and `linear`");
  if (output.sizes.empty() || output.sizes.back() != facts.outputs()) {
    out.fail(mismatch, text("make its last layer give ", count_text(facts.outputs(), "value")));
  }
  return output;
}

}  // namespace assay
