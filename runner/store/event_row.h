// What of the engine's events and arrays a record keeps.
#pragma once

#include <string>
#include <string_view>

#include "core/array.h"
#include "registry/contracts/events.h"
#include "runner/store/record.h"

namespace assay::store {

/// The row of /events, without its time; its kind is empty for events that are not kept, as they come with
/// every step.
EventRow event_row(const Event& event);

/// Throws Kind::store for an array of more than 64 MiB. folder: the run's, for the message.
void refuse_large_array(const std::string& folder, std::string_view name, const ArrayView& values);

}  // namespace assay::store
