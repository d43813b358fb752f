#include "runner/sweep/spec.h"

#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/config/canonical.h"
#include "runner/store/json_at.h"

namespace assay::sweep {
namespace {

constexpr std::int64_t spec_version = 1;
constexpr std::size_t id_digits = 10;

using store::integer_at;
using store::list_of;
using store::text_at;
using store::texts_at;

Json to_json(const Spec& spec) {
  Json data = Json::list();
  for (const store::DataFile& file : spec.data)
    data.push(Json(Json::Map{{"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}}));
  Json json;
  json.set("format", "assay.study");
  json.set("format_version", spec_version);
  json.set("revision", spec.revision);
  json.set("name", spec.name);
  json.set("id", spec.id);
  json.set("digest", spec.digest);
  json.set("configurations", spec.n_configurations);
  json.set("trials", spec.n_trials);
  json.set("assay", spec.assay_version);
  json.set("time", iso_time(spec.wall_ns));
  json.set("command", list_of(spec.command));
  json.set("data", std::move(data));
  json.set("request", sweep::to_json(spec.request));
  json.set("config", spec.config);
  return json;
}

Spec spec_of(const Json& json, const std::string& path) {
  const bool is_spec = text_at(json, "format") == "assay.study";
  if (!is_spec || integer_at(json, "format_version") > spec_version) {
    throw Error(Kind::store,
                Problem{Where::path(path),
                        {},
                        is_spec ? "is of a study format newer than this assay" : "is of no study",
                        is_spec ? "use a newer assay" : ""});
  }
  Spec spec;
  spec.revision = static_cast<int>(integer_at(json, "revision"));
  spec.name = text_at(json, "name");
  spec.id = text_at(json, "id");
  spec.digest = text_at(json, "digest");
  spec.n_configurations = integer_at(json, "configurations");
  spec.n_trials = integer_at(json, "trials");
  spec.assay_version = text_at(json, "assay");
  spec.command = texts_at(json, "command");
  if (const Json* data = json.find("data"); data && data->is_list()) {
    for (const Json& file : data->items()) {
      spec.data.push_back({base_name(text_at(file, "path")), text_at(file, "path"), text_at(file, "sha256"),
                           static_cast<std::uint64_t>(integer_at(file, "bytes"))});
    }
  }
  if (const Json* request = json.find("request")) spec.request = request_of(*request);
  if (const Json* config = json.find("config")) spec.config = *config;
  return spec;
}

/// What the trial with the last value of a parameter is: there expressions show that follow it.
std::string last_of(const Study& study, const SearchSpace& space, std::size_t parameter) {
  const Parameter& drawn = space.space().parameters[parameter];
  const double value =
      drawn.kind == Parameter::Kind::choice ? static_cast<double>(drawn.n_choices - 1) : drawn.high;
  return canonical_json(study.trials().load(space.overrides(space.point_with(parameter, value))).identity);
}

}  // namespace

Json to_json(const ConfigRequest& request) {
  Json sources = Json::list();
  for (const SourceText& source : request.texts)
    sources.push(Json(Json::Map{{"file", source.name}, {"text", source.text}}));
  Json json;
  json.set("file", request.file);
  json.set("overrides", list_of(request.overrides));
  json.set("unset", list_of(request.unset));
  json.set("config_path", list_of(request.config_path));
  json.set("shipped_presets", request.shipped_presets);
  json.set("sources", std::move(sources));
  return json;
}

ConfigRequest request_of(const Json& json) {
  ConfigRequest request;
  request.file = text_at(json, "file");
  request.overrides = texts_at(json, "overrides");
  request.unset = texts_at(json, "unset");
  request.config_path = texts_at(json, "config_path");
  request.shipped_presets = text_at(json, "shipped_presets");
  if (const Json* sources = json.find("sources"); sources && sources->is_list()) {
    for (const Json& source : sources->items())
      request.texts.push_back({text_at(source, "file"), text_at(source, "text")});
  }
  return request;
}

std::string study_digest(const Study& study) {
  Json identity = study.config().identity;
  Json sweep = *study.config().resolved.find("sweep");
  for (const char* key : {"trials", "zip_file"}) sweep.set(key, Json());
  identity.set("sweep", std::move(sweep));
  std::string all = canonical_json(identity);
  for (const SearchSpace* space : {&study.space(), &study.groups()}) {
    for (std::size_t i = 0; i < space->space().parameters.size(); ++i)
      all += '\n' + last_of(study, *space, i);
  }
  for (const std::string& text : study.points_texts()) all += '\n' + text;
  return sha256_hex(all);
}

std::string study_id(const std::string& digest) { return digest.substr(0, id_digits); }

bool publish_spec(const StudyFolder& folder, const Spec& spec) {
  make_folders(folder.path());
  return publish_once(folder.spec(spec.revision), to_text(to_json(spec), 1) + '\n');
}

std::optional<Spec> find_spec(const StudyFolder& folder) {
  int revision = 0;
  while (exists(folder.spec(revision + 1))) ++revision;
  if (revision == 0) return std::nullopt;
  return get_spec(folder, revision);
}

Spec get_spec(const StudyFolder& folder, int revision) {
  const std::string path = folder.spec(revision);
  return spec_of(parse_json(read_file(path), path), path);
}

Spec get_spec(const StudyFolder& folder) {
  if (auto spec = find_spec(folder)) return std::move(*spec);
  throw Error(Kind::usage,
              Problem{Where::path(folder.path()),
                      {},
                      exists(folder.path()) ? "holds no study: there is no spec.json" : "is no folder",
                      "`assay sweep CONFIG` begins a study and prints its folder"});
}

void require_same_study(const Spec& spec, const Study& study, const StudyFolder& folder) {
  const Where where = Where::path(folder.path());
  const std::string digest = study_digest(study);
  for (int revision = 1; revision < spec.revision && spec.digest != digest; ++revision) {
    if (get_spec(folder, revision).digest != digest) continue;
    throw Error(
        Kind::store,
        Problem{where,
                {},
                text("was extended since; this config is its revision ", revision, " of ", spec.revision),
                "go on with `assay sweep resume`, which takes the config from the folder"});
  }
  if (spec.digest != digest) {
    throw Error(Kind::store, Problem{where,
                                     {},
                                     "is the study of another config",
                                     "begin another one with a `name` of its own, or go on with `assay sweep "
                                     "resume`, which takes the config from the folder"});
  }
  const std::int64_t now = study.layout().n_configurations;
  if (now >= spec.n_configurations) return;
  throw Error(Kind::store,
              Problem{where,
                      {},
                      text("has ", spec.n_configurations, " configurations, but this config asks for ", now),
                      "a study can be extended, never made smaller"});
}

}  // namespace assay::sweep
