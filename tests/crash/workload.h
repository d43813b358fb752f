// A run whose every number is known beforehand: a function of the workload, the series and the step, never of
// the attempt. So whoever reads a record of it, at any time and with any library, can tell whether a value is
// right, and which are missing. read_loop.py has the same functions in Python.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/events.h"
#include "registry/contracts/recorder.h"
#include "registry/contracts/state.h"
#include "runner/store/record_writer.h"

namespace assay::crash {

struct Workload {
  std::uint64_t seed = 7;
  std::int64_t steps = 200;
  std::int64_t evaluate_every = 5;
  std::int64_t checkpoint_every = 20;
  std::int64_t state_bytes = 30'011;  // odd, so that nothing falls on a page's border
};

/// In [0, 1).
double value_of(const Workload& workload, const std::string& series, std::int64_t step);

enum class Split { train, valid, test };
constexpr std::array<Split, 3> splits{Split::train, Split::valid, Split::test};
const char* to_string(Split split);

/// A row that is logged: the training row of a step, the validation row behind it, or the test row that comes
/// behind the last checkpoint.
struct RowPlace {
  Split split = Split::train;
  std::int64_t step = 0;

  auto operator<=>(const RowPlace&) const = default;
};
/// Rows of training and validation of the steps (from, to], in the order in which they are logged.
std::vector<RowPlace> rows_of(const Workload& workload, std::int64_t from, std::int64_t to);
/// All rows behind a step.
std::vector<RowPlace> rows_to_the_end(const Workload& workload, std::int64_t from);
/// train/loss, train/lr and train/attempt, or score and attempt of the others: the last tell who wrote the
/// row.
std::vector<Scalar> scalars_of(const Workload& workload, const RowPlace& row, int attempt);
std::int64_t epoch_of(std::int64_t step);

/// What is logged with the validation row of a step: u8 [n], by its name.
constexpr const char* array_name = "valid/matrix";
Array logged_array(const Workload& workload, std::int64_t step);
/// The last step up to this one at which it is logged; 0 if there is none.
std::int64_t array_step(const Workload& workload, std::int64_t step);

/// The step of the best valid/score up to this one; 0 if there is none yet.
std::int64_t best_step(const Workload& workload, std::int64_t step);

/// What a checkpoint of a step holds.
State state_of(const Workload& workload, std::int64_t step);
/// Names of arrays that are not those of this step, bit for bit.
std::vector<std::string> differences(const Workload& workload, std::int64_t step, const State& state);

/// What the store is told about the run.
store::BeginRun begin_of(const Workload& workload, const std::string& runs_dir);

}  // namespace assay::crash
