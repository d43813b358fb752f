#include "runner/store/journal_text.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/base64.h"
#include "core/text.h"
#include "runner/store/json_at.h"

namespace assay::store {
namespace {

Json to_json(const Origin& origin) {
  Json json = Json::map();
  json.set("attempt", origin.attempt);
  json.set("file", origin.file);
  json.set("step", origin.step);
  json.set("at", origin.at);
  json.set("seconds", origin.seconds);
  Json seen = Json::map();
  for (const auto& [attempt, bytes] : origin.seen) seen.set(text(attempt), bytes);
  json.set("seen", std::move(seen));
  return json;
}

Origin origin_of(const Json& json) {
  Origin origin;
  origin.attempt = static_cast<int>(integer_at(json, "attempt"));
  origin.file = text_at(json, "file");
  origin.step = integer_at(json, "step");
  origin.at = static_cast<std::uint64_t>(integer_at(json, "at"));
  origin.seconds = real_at(json, "seconds");
  const Json* seen = json.find("seen");
  if (!seen || !seen->is_map()) return origin;
  for (const auto& [attempt, bytes] : seen->entries()) {
    const auto number = parse_integer(attempt);
    if (number && bytes.is_integer())
      origin.seen[static_cast<int>(*number)] = static_cast<std::uint64_t>(bytes.integer());
  }
  return origin;
}

Json to_json(const std::vector<SourceText>& sources) {
  Json list = Json::list();
  for (const SourceText& source : sources) {
    list.push(Json(Json::Map{{"file", source.file}, {"text", source.text}}));
  }
  return list;
}

Json to_json(const std::vector<DataFile>& data) {
  Json list = Json::list();
  for (const DataFile& file : data) {
    list.push(Json(
        Json::Map{{"role", file.role}, {"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}}));
  }
  return list;
}

template <class Add>
void each_at(const Json& json, std::string_view key, Add add) {
  const Json* list = json.find(key);
  if (!list || !list->is_list()) return;
  for (const Json& item : list->items()) add(item);
}

Json value_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value ? *value : Json();
}

std::optional<Dtype> dtype_named(std::string_view name) {
  for (const Dtype dtype : {Dtype::boolean, Dtype::u8, Dtype::i8, Dtype::i16, Dtype::i32, Dtype::i64,
                            Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
    if (assay::to_string(dtype) == name) return dtype;
  }
  return std::nullopt;
}

/// Whether an array of that type and shape has so many bytes. The shape may be anyone's.
bool fills(std::size_t n_bytes, Dtype dtype, const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return false;
    const auto n = static_cast<std::size_t>(extent);
    if (n != 0 && count > n_bytes / n) return false;
    count *= n;
  }
  return count * size_of(dtype) == n_bytes;
}

std::string_view to_string(Outcome::Status status) { return store::to_string(state_after(status)); }

Outcome::Status status_named(std::string_view name) {
  if (name == "finished") return Outcome::Status::finished;
  return name == "stopped" ? Outcome::Status::stopped : Outcome::Status::failed;
}

}  // namespace

Json to_json(const AttemptBegin& begin) {
  const BeginRun& run = begin.run;
  Json json = Json::map();
  json.set("format", "assay.journal");
  json.set("assay_version", begin.assay_version);
  json.set("attempt", begin.attempt);
  json.set("name", run.name);
  json.set("id", begin.id);
  json.set("identity", run.id);
  json.set("seed", run.seed);
  json.set("tags", list_of(run.tags));
  json.set("command", list_of(run.command));
  json.set("from", to_json(begin.origin));
  json.set("resolved", run.resolved);
  json.set("provenance", run.provenance);
  json.set("sources", to_json(run.sources));
  json.set("environment", run.environment);
  json.set("data", to_json(run.data));
  return json;
}

AttemptBegin attempt_begin_of(const Json& json) {
  AttemptBegin begin;
  BeginRun& run = begin.run;
  begin.assay_version = text_at(json, "assay_version");
  begin.attempt = static_cast<int>(integer_at(json, "attempt"));
  run.name = text_at(json, "name");
  begin.id = text_at(json, "id");
  run.id = text_at(json, "identity");
  run.seed = integer_at(json, "seed");
  run.tags = texts_at(json, "tags");
  run.command = texts_at(json, "command");
  if (const Json* from = json.find("from")) begin.origin = origin_of(*from);
  run.resolved = value_at(json, "resolved");
  run.provenance = value_at(json, "provenance");
  each_at(json, "sources", [&](const Json& source) {
    run.sources.push_back({text_at(source, "file"), text_at(source, "text")});
  });
  run.environment = value_at(json, "environment");
  each_at(json, "data", [&](const Json& file) {
    run.data.push_back({text_at(file, "role"), text_at(file, "path"), text_at(file, "sha256"),
                        static_cast<std::uint64_t>(integer_at(file, "bytes"))});
  });
  return begin;
}

Json to_json(const EventRow& row) {
  return Json(Json::Map{{"step", row.step}, {"kind", row.kind}, {"message", row.message}});
}

EventRow event_of(const Json& json) {
  EventRow row;
  row.step = integer_at(json, "step");
  row.kind = text_at(json, "kind");
  row.message = text_at(json, "message");
  return row;
}

Json array_of(std::int64_t step, std::string_view name, const ArrayView& values) {
  Json json = Json::map();
  json.set("step", step);
  json.set("name", name);
  json.set("dtype", to_string(values.dtype));
  json.set("shape", Json(Json::List(values.shape.begin(), values.shape.end())));
  json.set("values", base64({reinterpret_cast<const char*>(values.data), values.bytes()}));
  return json;
}

LoggedArray array_of(const Json& json) {
  LoggedArray array{text_at(json, "name"), integer_at(json, "step"), {}};
  const std::optional<Dtype> dtype = dtype_named(text_at(json, "dtype"));
  const std::optional<std::string> bytes = from_base64(text_at(json, "values"));
  std::vector<std::int64_t> shape;
  each_at(json, "shape",
          [&](const Json& extent) { shape.push_back(extent.is_integer() ? extent.integer() : -1); });
  if (!dtype || !bytes || !fills(bytes->size(), *dtype, shape))
    throw Error(Kind::store, text("the array ", array.name, " is not what it says"));
  array.values = Array(*dtype, std::move(shape));
  std::copy(bytes->begin(), bytes->end(), reinterpret_cast<char*>(array.values.data()));
  return array;
}

Json note_of(std::string_view key, Json value) {
  return Json(Json::Map{{"key", key}, {"value", std::move(value)}});
}

Json commit_of(const CheckpointRow& row) {
  Json json = Json::map();
  json.set("file", row.file);
  json.set("bytes", row.bytes);
  json.set("digest", row.digest);
  json.set("step", row.step);
  json.set("epoch", row.epoch);
  json.set("best", row.is_best);
  json.set("final", row.is_final);
  if (row.is_best) json.set("metric", row.metric);
  json.set("best_file", row.best_file);
  json.set("at", row.at);
  json.set("seconds", row.seconds);
  return json;
}

CheckpointRow checkpoint_of(const Json& json) {
  CheckpointRow row;
  row.file = text_at(json, "file");
  row.bytes = static_cast<std::uint64_t>(integer_at(json, "bytes"));
  row.digest = text_at(json, "digest");
  row.step = integer_at(json, "step");
  row.epoch = integer_at(json, "epoch");
  row.is_best = boolean_at(json, "best");
  row.is_final = boolean_at(json, "final");
  row.metric = real_at(json, "metric", std::numeric_limits<double>::quiet_NaN());
  row.best_file = text_at(json, "best_file");
  row.at = static_cast<std::uint64_t>(integer_at(json, "at"));
  row.seconds = real_at(json, "seconds");
  return row;
}

Json drop_of(const std::string& file) { return Json(Json::Map{{"file", file}}); }

Json to_json(const Outcome& outcome) {
  Json json = Json::map();
  json.set("status", to_string(outcome.status));
  json.set("message", outcome.message);
  json.set("step", outcome.step);
  json.set("epoch", outcome.epoch);
  json.set("seconds", outcome.seconds);
  Json metrics = Json::list();
  for (const Scalar& scalar : outcome.metrics) {
    metrics.push(Json(Json::Map{{"name", scalar.name}, {"value", scalar.value}}));
  }
  json.set("metrics", std::move(metrics));
  return json;
}

Outcome outcome_of(const Json& json) {
  Outcome outcome;
  outcome.status = status_named(text_at(json, "status"));
  outcome.message = text_at(json, "message");
  outcome.step = integer_at(json, "step");
  outcome.epoch = integer_at(json, "epoch");
  outcome.seconds = real_at(json, "seconds");
  each_at(json, "metrics", [&](const Json& scalar) {
    outcome.metrics.push_back({text_at(scalar, "name"), real_at(scalar, "value")});
  });
  return outcome;
}

RunState state_after(Outcome::Status status) {
  switch (status) {
    case Outcome::Status::finished:
      return RunState::finished;
    case Outcome::Status::stopped:
      return RunState::stopped;
    case Outcome::Status::failed:
      return RunState::failed;
  }
  return RunState::failed;
}

}  // namespace assay::store
