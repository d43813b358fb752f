#include "runner/cli/plan_text.h"

#include <cstdlib>

#include "core/array.h"
#include "core/text.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

std::string data_text(const Experiment& experiment, const Prepared& prepared) {
  std::vector<std::string> splits;
  const auto add = [&](const std::vector<std::int64_t>& rows, std::string_view name) {
    if (!rows.empty()) splits.push_back(text(big_number(static_cast<std::int64_t>(rows.size())), ' ', name));
  };
  add(prepared.rows.train, "train");
  add(prepared.rows.valid, "valid");
  add(prepared.rows.test, "test");
  return text(experiment.dataset.name(), ": ", join(splits, ", "), " rows; ", describe(prepared.facts.task));
}

std::string train_text(const Experiment& experiment, const Prepared& prepared) {
  std::vector<std::string> bounds;
  for (const Duration& bound : experiment.train.until.items) bounds.push_back(to_string(bound));
  const std::int64_t steps =
      steps_per_epoch(prepared, experiment.train.batch_size, experiment.train.drop_last);
  const bool is_epochs = experiment.train.until.items.back().unit == Duration::Unit::epochs;
  const std::string pace =
      is_epochs ? text(" of ", count_text(steps, "step")) : text(", ", steps, " an epoch");
  return text(join(bounds, " or "), pace, ", batches of ", experiment.train.batch_size, ", ",
              experiment.optimizer.name());
}

}  // namespace

std::string big_number(std::int64_t number) {
  std::string digits = std::to_string(number);
  if (std::abs(number) < 10'000) return digits;
  const std::ptrdiff_t first = number < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ' ');
  }
  return digits;
}

std::int64_t parameter_count(const Prepared& prepared) {
  std::int64_t count = 0;
  for (const TensorOutline& tensor : prepared.tensors) {
    if (!tensor.is_buffer) count += element_count(tensor.shape);
  }
  return count;
}

Facts plan_facts(const Experiment& experiment, const Prepared& prepared) {
  return {
      {"data", data_text(experiment, prepared)},
      {"model", text(experiment.model.name(), ": ", big_number(parameter_count(prepared)), " parameters")},
      {"train", train_text(experiment, prepared)}};
}

std::string facts_text(const Facts& facts, const Output& out, int indent) {
  Table table({{}, {{}, Table::Align::left, Table::Fit::wrap}});
  for (const auto& [label, words] : facts) table.row({label, printable(words)});
  return table.text(out, indent);
}

}  // namespace assay::cli
