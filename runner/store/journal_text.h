// What the texts of a journal say, as JSON (docs/formats/journal.md), to and from the record's types. Unknown
// keys are ignored, missing ones keep their defaults.
#pragma once

#include <cstdint>
#include <string>

#include "core/json.h"
#include "registry/contracts/recorder.h"
#include "runner/store/record.h"

namespace assay::store {

/// `begin`: all that run.h5 says about config, data, machine and command.
struct AttemptBegin {
  int attempt = 0;
  std::string id;  // with its suffix
  std::string assay_version;
  Origin origin;
  BeginRun run;  // its id is without a suffix
};
Json to_json(const AttemptBegin& begin);
AttemptBegin attempt_begin_of(const Json& json);

Json to_json(const EventRow& row);
EventRow event_of(const Json& json);

/// `array`: the numbers are base64, as they lie in memory.
Json array_of(std::int64_t step, std::string_view name, const ArrayView& values);
/// Throws Kind::store if the bytes are not those of an array of that type and shape.
LoggedArray array_of(const Json& json);

Json note_of(std::string_view key, Json value);

/// `commit`, without what the record works out: is_kept, is_superseded, attempt.
Json commit_of(const CheckpointRow& row);
CheckpointRow checkpoint_of(const Json& json);

Json drop_of(const std::string& file);

Json to_json(const Outcome& outcome);
Outcome outcome_of(const Json& json);

RunState state_after(Outcome::Status status);

}  // namespace assay::store
