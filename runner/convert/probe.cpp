#include "runner/convert/probe.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/text.h"

namespace assay::convert {
namespace {

constexpr std::string_view output_name = "output";

[[noreturn]] void refuse(const std::string& path, std::string message) {
  throw Error(Kind::data, Problem{Where::path(path),
                                  {},
                                  std::move(message),
                                  "a probe holds `output` and the model's inputs, each with as many rows"});
}

/// f32, or i64 of whole numbers: what a model takes.
Array as_input(const Array& values) {
  const bool is_real = values.dtype() >= Dtype::f16;
  Array out(is_real ? Dtype::f32 : Dtype::i64, values.shape());
  for (std::int64_t i = 0; i < values.count(); ++i) {
    const double value = element(values, i);
    if (is_real) {
      out.as<float>()[i] = static_cast<float>(value);
    } else {
      out.as<std::int64_t>()[i] = static_cast<std::int64_t>(value);
    }
  }
  return out;
}

}  // namespace

Probe read_probe(const WeightFile& file) {
  Probe probe;
  bool has_output = false;
  for (const NamedTensor& tensor : file.tensors) {
    Array values = read(tensor);
    if (tensor.name == output_name) {
      probe.output = std::move(values);
      has_output = true;
    } else {
      probe.inputs.emplace_back(tensor.name == "input" ? "x" : tensor.name, as_input(values));
    }
  }
  if (!has_output || probe.inputs.empty())
    refuse(file.path, "is no probe: it has no `output`, or nothing else");
  const auto rows_of = [](const Array& array) { return array.shape().empty() ? -1 : array.shape()[0]; };
  for (const auto& [name, values] : probe.inputs) {
    if (rows_of(values) < 1 || rows_of(values) != rows_of(probe.output))
      refuse(file.path, text("is no probe: ", printable(name), " is ", shape_text(values.shape()),
                             ", output ", shape_text(probe.output.shape())));
  }
  if (probe.output.shape().size() < 2)
    refuse(file.path, "is no probe: its output has no axis behind that of the rows");
  return probe;
}

ModelFacts facts_of(const Probe& probe, Task::Kind kind) {
  ModelFacts facts;
  facts.task.kind = kind;
  facts.task.outputs = probe.output.shape().back();
  for (const auto& [name, values] : probe.inputs) {
    facts.inputs.push_back({name, {{values.shape().begin() + 1, values.shape().end()}, values.dtype()}});
  }
  return facts;
}

Difference difference(const ArrayView& ours, const ArrayView& reference) {
  if (ours.shape != reference.shape) {
    throw Error(Kind::data, text("the model gives ", shape_text(ours.shape), " where the probe has ",
                                 shape_text(reference.shape)));
  }
  Difference found;
  for (std::int64_t i = 0; i < ours.count(); ++i) {
    const double a = element(ours, i), b = element(reference, i);
    const bool are_alike = a == b || (std::isnan(a) && std::isnan(b));
    const double distance = are_alike ? 0 : std::abs(a - b);
    found.largest =
        std::max(found.largest, std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance);
    if (std::isfinite(b)) found.magnitude = std::max(found.magnitude, std::abs(b));
  }
  return found;
}

}  // namespace assay::convert
