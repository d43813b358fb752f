// The last stage: a composed config to a checked experiment.
#pragma once

#include <optional>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "registry/contracts/experiment.h"
#include "registry/contracts/task.h"
#include "registry/registry.h"

namespace assay {

/// Binds every key and checks what holds between them, as far as that can be told without reading data: the
/// loss and the metrics serve the task, the schedule has an end to aim at, a kept metric exists. config: with
/// its defaults, without keys that only compose. task: of the data set, if it is known. Problems are added;
/// the experiment is good only if none of them is an error.
Experiment bind_experiment(const Value& config, std::optional<Task::Kind> task, const Registry& registry,
                           std::vector<Problem>& problems);

/// Every parameter with its value; read as a config, it is the same experiment.
Json resolved_of(const Experiment& experiment);

/// What of a resolved config decides numbers: without not_identity keys, and `device` without its index.
Json identity_of(const Json& resolved, const Registry& registry);

}  // namespace assay
