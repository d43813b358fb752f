#include "runner/sweep/ledger.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string_view>

#include "core/error.h"
#include "core/io/crc32c.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/loose_files.h"
#include "core/text.h"
#include "runner/store/json_at.h"

namespace assay::sweep {
namespace {

constexpr std::size_t crc_digits = 8;

std::string line_of(const Json& json) {
  const std::string body = to_text(json);
  char crc[crc_digits + 1];
  std::snprintf(crc, sizeof crc, "%08x", crc32c(body));
  return text(crc, ' ', body, '\n');
}

/// The JSON of a line without its end, or nothing if it is damaged.
std::optional<Json> json_of(std::string_view line) {
  if (line.size() < crc_digits + 2 || line[crc_digits] != ' ') return std::nullopt;
  const std::string_view body = line.substr(crc_digits + 1);
  std::uint32_t crc = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + crc_digits, crc, 16);
  if (parsed.ptr != line.data() + crc_digits || crc != crc32c(body)) return std::nullopt;
  try {
    return parse_json(body, "log");
  } catch (const Error&) {
    return std::nullopt;
  }
}

using store::integer_at;
using store::real_at;
using store::text_at;

Json to_json(const std::vector<std::int64_t>& numbers) {
  return Json(Json::List(numbers.begin(), numbers.end()));
}

std::vector<std::int64_t> numbers_of(const Json* json) {
  std::vector<std::int64_t> out;
  if (!json || !json->is_list()) return out;
  for (const Json& item : json->items()) {
    if (item.is_integer()) out.push_back(item.integer());
  }
  return out;
}

TrialEnd::How how_named(std::string_view name) {
  if (name == "stopped") return TrialEnd::How::stopped;
  return name == "failed" ? TrialEnd::How::failed : TrialEnd::How::finished;
}

TrialEnd end_of(const Json& json) {
  TrialEnd end;
  end.trial = integer_at(json, "end");
  end.attempt = static_cast<int>(integer_at(json, "attempt"));
  end.how = how_named(text_at(json, "how"));
  end.reason = text_at(json, "reason");
  end.message = text_at(json, "message");
  if (const Json* value = json.find("value")) end.value = real_of(*value);
  end.share = real_at(json, "share", 1);
  end.step = integer_at(json, "step");
  end.epoch = integer_at(json, "epoch");
  end.seconds = real_at(json, "seconds");
  if (const Json* metrics = json.find("metrics"); metrics && metrics->is_map()) {
    for (const auto& [name, value] : metrics->entries()) {
      if (const auto number = real_of(value)) end.metrics.emplace_back(name, *number);
    }
  }
  if (const Json* proposal = json.find("proposal")) end.proposal = proposal_of(*proposal);
  return end;
}

Json json_of_line(const LedgerLine& line) {
  struct Write {
    Json operator()(const TrialEnd& end) const { return to_json(end); }
    Json operator()(const TrialReading& reading) const {
      return Json(Json::Map{{"reading", reading.trial},
                            {"attempt", reading.attempt},
                            {"epochs", reading.epochs},
                            {"steps", reading.steps},
                            {"share", reading.share},
                            {"value", reading.value}});
    }
    Json operator()(const TrialPaused& paused) const {
      return Json(Json::Map{{"paused", paused.trial}, {"attempt", paused.attempt}});
    }
    Json operator()(const LogSynced&) const { return Json(Json::Map{{"synced", true}}); }
  };
  return std::visit(Write{}, line);
}

std::optional<LedgerLine> read_line(const Json& json) {
  if (json.find("end")) return end_of(json);
  if (json.find("reading"))
    return TrialReading{integer_at(json, "reading"), static_cast<int>(integer_at(json, "attempt")),
                        real_at(json, "epochs"),     integer_at(json, "steps"),
                        real_at(json, "share"),      real_at(json, "value", std::nan(""))};
  if (json.find("paused"))
    return TrialPaused{integer_at(json, "paused"), static_cast<int>(integer_at(json, "attempt"))};
  if (json.find("synced")) return LogSynced{};
  return std::nullopt;  // the worker's own line, or a later version's
}

}  // namespace

std::string_view to_string(TrialEnd::How how) {
  switch (how) {
    case TrialEnd::How::finished:
      return "finished";
    case TrialEnd::How::stopped:
      return "stopped";
    case TrialEnd::How::failed:
      return "failed";
  }
  return "?";
}

Json to_json(const Proposal& proposal) {
  Json point = Json::list();
  for (const double value : proposal.point) point.push(value);
  Json json;
  json.set("point", std::move(point));
  json.set("saw", proposal.saw.n);
  if (!proposal.saw.absent.empty()) json.set("absent", to_json(proposal.saw.absent));
  if (!proposal.saw.running.empty()) json.set("running", to_json(proposal.saw.running));
  json.set("revision", proposal.revision);
  return json;
}

std::optional<Proposal> proposal_of(const Json& json) {
  const Json* point = json.find("point");
  if (!point || !point->is_list()) return std::nullopt;
  Proposal out;
  for (const Json& item : point->items()) out.point.push_back(real_of(item).value_or(std::nan("")));
  out.saw = {integer_at(json, "saw"), numbers_of(json.find("absent")), numbers_of(json.find("running"))};
  out.revision = std::max(1, static_cast<int>(integer_at(json, "revision")));
  return out;
}

Json to_json(const TrialEnd& end) {
  Json json;
  json.set("end", end.trial);
  json.set("attempt", end.attempt);
  json.set("how", to_string(end.how));
  if (!end.reason.empty()) json.set("reason", end.reason);
  if (!end.message.empty()) json.set("message", end.message);
  if (end.value) json.set("value", *end.value);
  if (end.share != 1) json.set("share", end.share);
  json.set("step", end.step);
  json.set("epoch", end.epoch);
  json.set("seconds", end.seconds);
  Json metrics = Json::map();
  for (const auto& [name, value] : end.metrics) metrics.set(name, value);
  json.set("metrics", std::move(metrics));
  if (end.proposal) json.set("proposal", to_json(*end.proposal));
  return json;
}

std::optional<TrialEnd> end_of_json(const Json& json) {
  if (!json.find("end")) return std::nullopt;
  return end_of(json);
}

LedgerWriter::LedgerWriter(const std::string& folder, const store::Claim& worker) {
  make_loose_folders(folder);
  path_ = text(folder, '/', worker.host, '-', worker.pid, '-', worker.start_ticks, ".log");
  append(path_, line_of(Json(Json::Map{{"worker", to_json(worker)}})));
}

void LedgerWriter::add(const LedgerLine& line) {
  append(path_, line_of(json_of_line(line)));
  ++n_unsynced_;
}

void LedgerWriter::sync() {
  if (n_unsynced_ == 0) return;
  sync_file_system(path_);
  n_unsynced_ = 0;
  append(path_, line_of(json_of_line(LogSynced{})));
}

std::vector<WorkerLog> worker_logs(const std::string& folder) {
  std::vector<WorkerLog> logs;
  for (const std::string& name : list_folder(folder)) {
    if (!name.ends_with(".log")) continue;
    const std::string path = join_path(folder, name);
    std::ifstream file(path, std::ios::binary);
    std::string first;
    std::getline(file, first);
    const auto json = json_of(first);
    const Json* worker = json ? json->find("worker") : nullptr;
    if (worker != nullptr && worker->is_map()) logs.push_back({path, store::claim_of(*worker)});
  }
  return logs;
}

std::vector<LedgerLine> LedgerReader::read() {
  std::vector<LedgerLine> out;
  for (const std::string& name : list_folder(folder_)) {
    if (name.ends_with(".log")) read(name, out);
  }
  return out;
}

void LedgerReader::read(const std::string& name, std::vector<LedgerLine>& out) {
  std::uint64_t& begun = read_[name];
  std::ifstream file(join_path(folder_, name), std::ios::binary);
  file.seekg(static_cast<std::streamoff>(begun));
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t whole = bytes.rfind('\n') + 1;  // 0 if there is none
  for (std::size_t at = 0; at < whole;) {
    const std::size_t end = bytes.find('\n', at);
    if (const auto json = json_of(std::string_view(bytes).substr(at, end - at))) {
      if (auto line = read_line(*json)) out.push_back(std::move(*line));
    }
    at = end + 1;
  }
  begun += whole;
}

}  // namespace assay::sweep
