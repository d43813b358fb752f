#include "registry/contracts/shape.h"

#include <algorithm>
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
  add({full_name(name), std::move(shape), Dtype::f32, false});
}

void Outline::buffer(std::string_view name, std::vector<std::int64_t> shape, Dtype dtype) {
  add({full_name(name), std::move(shape), dtype, true});
}

void Outline::shared_parameter(std::string_view name, std::vector<std::int64_t> shape) {
  shared_.push_back({current_, std::string(name), std::move(shape)});
}

void Outline::check_shared() {
  std::vector<std::string> names;
  for (const TensorOutline& tensor : tensors_) {
    if (!tensor.is_buffer) names.push_back(tensor.name);
  }
  for (const Shared& shared : shared_) {
    current_ = shared.user;
    const auto found = std::ranges::find(tensors_, shared.name, &TensorOutline::name);
    if (found == tensors_.end()) {
      fail(text("uses ", printable(shared.name), ", which the model does not have"),
           suggest(shared.name, names));
    }
    if (found->shape != shared.shape) {
      fail(text("uses ", shared.name, " as ", shape_text(shared.shape), ", but it is ",
                shape_text(found->shape)),
           "bring both to the same sizes");
    }
  }
}

void Outline::add(TensorOutline tensor) {
  count(tensor);
  tensors_.push_back(std::move(tensor));
}

// Every tensor is in a row: that of the layers it belongs to, else one of its owner, `a` of `a.weight`.
void Outline::count(const TensorOutline& tensor) {
  const std::int64_t parameters = tensor.is_buffer ? 0 : element_count(tensor.shape);
  for (const std::size_t row : open_rows_) rows_[row].parameters += parameters;
  if (!open_rows_.empty()) return;
  const std::size_t dot = tensor.name.rfind('.');
  const std::string owner = dot == std::string::npos ? std::string() : tensor.name.substr(0, dot);
  const bool is_more = !rows_.empty() && rows_.back().type.empty() && rows_.back().name == owner;
  if (!is_more) rows_.push_back({owner, {}, {}, {}});
  rows_.back().parameters += parameters;
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
  const Shape output =
      part(name, slot.name(), inputs.front(), [&] { return facet->outline(slot.params(), inputs, *this); });
  current_ = outer;
  return output;
}

Shape Outline::part(std::string_view name, std::string_view type, const Shape& input,
                    const std::function<Shape()>& body) {
  const std::size_t row = rows_.size();
  rows_.push_back({full_name(name), std::string(type), input, {}, 0, open_rows_.size()});
  open_rows_.push_back(row);
  Shape output;
  scope(name, [&] { output = body(); });
  open_rows_.pop_back();
  rows_[row].output = output;
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
  out.check_shared();
  out.current_ = &model;
  std::string mismatch = text("ends in ", to_string(output), ", but the task is ", describe(facts.task));
  if (facts.outputs_per_target > 1) {
    mismatch += text(" and the loss takes ", facts.outputs_per_target, " scores for each");
  }
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
