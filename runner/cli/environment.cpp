#include "runner/cli/environment.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include <sys/utsname.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/plugin.h"
#include "registry/plugin_loader.h"
#include "runner/cli/build_info.h"

extern char** environ;

namespace assay::cli {
namespace {

/// The text after the separator of the first line that begins with `key`; empty if there is none.
std::string find_line(const char* path, std::string_view key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const std::size_t at = line.find(separator);
    if (at != std::string::npos) return std::string(trim(std::string_view(line).substr(at + 1)));
  }
  return {};
}

std::string unquoted(std::string text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

/// Numbers and jobs depend on these.
constexpr std::array known_variables{
    "SLURM_JOB_ID",         "SLURM_ARRAY_JOB_ID",   "SLURM_ARRAY_TASK_ID",
    "OMP_NUM_THREADS",      "MKL_NUM_THREADS",      "MKL_CBWR",
    "ATEN_CPU_CAPABILITY",  "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG",
    "NVIDIA_TF32_OVERRIDE", "LD_LIBRARY_PATH",      "LD_PRELOAD"};

/// `ASSAY_REGISTRY_TOKEN` may be a secret that a config refers to.
bool sounds_secret(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const char* word : {"KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL", "AUTH"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

// What it names are folders, numbers and switches of assay; everything else in an environment is nobody's
// business.
Json variables() {
  Json kept = Json::map();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const std::string_view name = line.substr(0, line.find('='));
    const bool is_ours = name.rfind("ASSAY_", 0) == 0 && !sounds_secret(std::string(name));
    const bool is_known =
        std::find(known_variables.begin(), known_variables.end(), name) != known_variables.end();
    if ((is_ours || is_known) && name.size() < line.size()) kept.set(name, line.substr(name.size() + 1));
  }
  return kept;
}

Json operating_system() {
  utsname system{};
  uname(&system);
  Json json = Json::map();
  json.set("name", unquoted(find_line("/etc/os-release", "PRETTY_NAME", '=')));
  json.set("kernel", text(system.sysname, ' ', system.release));
  json.set("architecture", system.machine);
  return json;
}

Json libraries() {
  Json json = Json::map();
  json.set("libtorch", build_info::torch);
  json.set("hdf5", build_info::hdf5);
  json.set("yaml_cpp", build_info::yaml_cpp);
  return json;
}

/// SHA-256 of what runs, by file name: the program, the libraries that came with it, and plugins.
Json programs(const std::vector<PluginInfo>& plugins) {
  std::vector<std::string> paths{"/proc/self/exe"};
  for (const std::string& name : list_folder(library_folder())) {
    if (name.starts_with("libassay") && name.ends_with(".so"))
      paths.push_back(join_path(library_folder(), name));
  }
  for (const PluginInfo& plugin : plugins) {
    paths.push_back(plugin.file);
    if (exists(tensor_half(plugin.file))) paths.push_back(tensor_half(plugin.file));
  }
  Json json = Json::map();
  for (const std::string& path : paths) {
    const std::string name = path == paths.front() ? "assay" : base_name(path);
    try {
      json.set(name, sha256_of_file(path));
    } catch (const Error&) {  // a file that cannot be read explains nothing
    }
  }
  return json;
}

Json plugins_json(const std::vector<PluginInfo>& plugins) {
  Json json = Json::map();
  for (const PluginInfo& plugin : plugins)
    json.set(plugin.name, Json(Json::Map{{"version", plugin.version}, {"file", plugin.file}}));
  return json;
}

/// Beyond the commit that the build names; nothing for a build without changes or without git.
std::optional<Json> source_changes() {
  constexpr std::size_t longest = 40'000;  // more would not fit where HDF5 keeps it
  const std::optional<std::string> changes = find_file(build_info::source_changes);
  if (!changes || changes->empty()) return std::nullopt;
  Json json = Json::map();
  json.set("sha256", sha256_hex(*changes));
  json.set("bytes", static_cast<std::int64_t>(changes->size()));
  json.set("text", changes->substr(0, longest));
  if (changes->size() > longest) json.set("is_cut", true);
  return json;
}

/// The models of NVIDIA's accelerators, as the driver tells them; empty where there is none.
Json accelerators() {
  Json list = Json::list();
  const std::string folder = "/proc/driver/nvidia/gpus";
  if (!is_folder(folder)) return list;
  for (const std::string& name : list_folder(folder)) {
    list.push(find_line(join_path(join_path(folder, name), "information").c_str(), "Model", ':'));
  }
  return list;
}

void add_accelerators(Json& json) {
  Json models = accelerators();
  if (models.items().empty()) return;
  json.set("gpu", std::move(models));
  json.set("driver", find_line("/proc/driver/nvidia/version", "NVRM version", ':'));
}

}  // namespace

Json environment(const std::vector<PluginInfo>& plugins) {
  utsname system{};
  uname(&system);
  Json json = Json::map();
  json.set("assay", build_info::version);
  json.set("commit", build_info::commit);
  if (std::optional<Json> changes = source_changes()) json.set("source_changes", std::move(*changes));
  json.set("programs", programs(plugins));
  if (!plugins.empty()) json.set("plugins", plugins_json(plugins));
  json.set("compiler", build_info::compiler);
  json.set("build_type", build_info::build_type);
  json.set("libraries", libraries());
  json.set("host", system.nodename);
  json.set("cpu", find_line("/proc/cpuinfo", "model name", ':'));
  json.set("cores", static_cast<std::int64_t>(std::thread::hardware_concurrency()));
  json.set("memory_bytes", static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE));
  add_accelerators(json);
  json.set("os", operating_system());
  json.set("variables", variables());
  return json;
}

std::string version_text() {
  const std::string_view commit = build_info::commit;
  return text("assay ", build_info::version, commit.empty() ? "" : " (", commit, commit.empty() ? "" : ")",
              "\n", "  LibTorch  ", build_info::torch, "\n", "  HDF5      ", build_info::hdf5, "\n",
              "  yaml-cpp  ", build_info::yaml_cpp, "\n", "  compiler  ", build_info::compiler, "\n",
              "  build     ", build_info::build_type, "\n");
}

}  // namespace assay::cli
