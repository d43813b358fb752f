#include "runner/cli/environment.h"

#include <cstdlib>
#include <fstream>
#include <thread>

#include <sys/utsname.h>
#include <unistd.h>

#include "core/text.h"
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

// What it names are folders, numbers and switches of assay; everything else in an environment is nobody's
// business.
Json variables() {
  Json kept = Json::map();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const std::string_view name = line.substr(0, line.find('='));
    const bool is_ours = name.rfind("ASSAY_", 0) == 0;
    const bool is_known =
        name == "SLURM_JOB_ID" || name == "OMP_NUM_THREADS" || name == "CUDA_VISIBLE_DEVICES";
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
  json.set("hdf5", build_info::hdf5);
  json.set("yaml_cpp", build_info::yaml_cpp);
  return json;
}

}  // namespace

Json environment() {
  utsname system{};
  uname(&system);
  Json json = Json::map();
  json.set("assay", build_info::version);
  json.set("commit", build_info::commit);
  json.set("compiler", build_info::compiler);
  json.set("build_type", build_info::build_type);
  json.set("libraries", libraries());
  json.set("host", system.nodename);
  json.set("cpu", find_line("/proc/cpuinfo", "model name", ':'));
  json.set("cores", static_cast<std::int64_t>(std::thread::hardware_concurrency()));
  json.set("memory_bytes", static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE));
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
