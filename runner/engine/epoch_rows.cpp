#include "runner/engine/epoch_rows.h"

#include "core/error.h"

namespace assay::engine {
namespace {

using Rows = std::vector<std::int64_t>;

std::int64_t drawn(const Rows& rows, Draws& draws) {
  return rows[static_cast<std::size_t>(draws.below(rows.size()))];
}

Rows with_replacement(const Rows& train, Draws& draws) {
  Rows out(train.size());
  for (std::int64_t& row : out) row = drawn(train, draws);
  return out;
}

// Classes without a training row are never drawn.
std::vector<Rows> by_class(const Prepared& prepared) {
  ASSAY_ASSERT(prepared.facts.task.kind == Task::Kind::classification);
  std::vector<Rows> classes(static_cast<std::size_t>(prepared.facts.task.outputs));
  const auto* labels = prepared.target.as<std::int64_t>();
  for (const std::int64_t row : prepared.rows.train) {
    classes[static_cast<std::size_t>(labels[row])].push_back(row);
  }
  std::erase_if(classes, [](const Rows& members) { return members.empty(); });
  return classes;
}

Rows balanced(const Prepared& prepared, Draws& draws) {
  const std::vector<Rows> classes = by_class(prepared);
  Rows out(prepared.rows.train.size());
  for (std::int64_t& row : out) {
    row = drawn(classes[static_cast<std::size_t>(draws.below(classes.size()))], draws);
  }
  return out;
}

}  // namespace

std::vector<std::int64_t> epoch_rows(const TrainSection& train, const Prepared& prepared, Draws draws) {
  if (train.sample == "with_replacement") return with_replacement(prepared.rows.train, draws);
  if (train.sample == "balanced") return balanced(prepared, draws);
  Rows rows = prepared.rows.train;
  if (train.shuffle) shuffle(rows, draws);
  return rows;
}

}  // namespace assay::engine
