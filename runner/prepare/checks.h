// What can be wrong with data and with what a config asks of it. Every check adds what it finds and goes on.
#pragma once

#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/implementations.h"

namespace assay::preparing {

/// Every row is in the data and in one part only; is_shared: in a part once only.
void check_rows(const Slot<Split>& split, const SplitRows& rows, bool is_shared, std::int64_t n_rows,
                std::vector<Problem>& problems);

/// Train has rows.
void check_train_rows(const Slot<Split>& split, const SplitRows& rows, std::int64_t n_rows,
                      std::vector<Problem>& problems);

/// No value is in windows of two parts: a model would be judged on what it has seen. Rows are in range.
void check_windows(const Slot<Split>& split, const SplitRows& rows, const Windows& windows,
                   std::vector<Problem>& problems);

/// Rows in no part (of windows, which overlap, that says nothing), and classes without a training row:
/// warnings.
void warn_of_rows(const Experiment& experiment, const Prepared& prepared, std::vector<Problem>& warnings);

/// Classes [rows] i64 are from 0 to outputs - 1.
void check_labels(const Experiment& experiment, const Prepared& prepared, std::vector<Problem>& problems);

/// Training rows of each class, whose labels are right.
std::vector<std::int64_t> class_counts(const Prepared& prepared);

/// The parameters of loss and metrics suit the task, now that its outputs are known.
void check_task_fit(const Experiment& experiment, const Task& task, std::vector<Problem>& problems);

/// Scores that the loss takes for each output of the task.
std::int64_t outputs_per_target(const Experiment& experiment);

/// Target values, as the model learns them, are such that loss and metrics are defined.
void check_target_ranges(const Experiment& experiment, const Prepared& prepared,
                         std::vector<Problem>& problems);

/// No nan and no infinity in an input or the target, before or after the transforms. `raw` is the column as
/// read.
void check_finite(const Experiment& experiment, const Dataset& dataset, std::size_t column,
                  const Array& values, std::vector<Problem>& problems);

/// What is asked of valid and test has rows there, and an epoch has a batch; balanced sampling has classes.
void check_uses(const Experiment& experiment, const Task& task, const SplitRows& rows,
                std::vector<Problem>& problems);

/// The schedule suits the run's length: a warm-up that is over before the run is, an end to aim at.
void check_schedule(const Experiment& experiment, const Implementations& parts, const Prepared& prepared,
                    std::vector<Problem>& problems);

/// The model takes the inputs and ends in the task's outputs; fills in tensors and layers. Models without a
/// shape function cannot be checked here: a warning.
void check_model(const Experiment& experiment, Prepared& prepared, std::vector<Problem>& problems,
                 std::vector<Problem>& warnings);

}  // namespace assay::preparing
