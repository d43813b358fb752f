#include "registry/plugin_loader.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>

#include <dlfcn.h>
#include <unistd.h>

#include "core/error.h"
#include "core/text.h"
#include "registry/plugin.h"
#include "registry/plugin_stamp.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view tensor_suffix = ".impl.so";

std::string absolute(const std::string& file) { return fs::absolute(file).lexically_normal().string(); }

/// What an exception says, of whatever type it is.
std::string reason_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return printable(error.what());
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

// An exception cannot leave a static initialiser: the C library is in between, so it ends the process. This
// is where it ends then, so that the plugin is named. The handler takes no argument: hence the one variable.
class InitialiserGuard {
 public:
  explicit InitialiserGuard(const std::string& file) : before_(std::set_terminate(&end)) {
    opening_ = file.c_str();
  }
  ~InitialiserGuard() { std::set_terminate(before_); }
  InitialiserGuard(const InitialiserGuard&) = delete;
  InitialiserGuard& operator=(const InitialiserGuard&) = delete;

 private:
  [[noreturn]] static void end() {
    const std::exception_ptr thrown = std::current_exception();
    std::fprintf(
        stderr,
        "error: plugin %s threw while it was opened: %s\n  hint: let a static initialiser not throw\n",
        opening_, thrown ? reason_of(thrown).c_str() : "no exception is known");
    _exit(exit_code(Kind::plugin));
  }

  static inline const char* opening_ = "";
  std::terminate_handler before_;
};

/// Opens it for good: an object's code must outlive it.
void* open(const std::string& file) {
  const InitialiserGuard guard(file);
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return library;
  throw Error(Kind::plugin, text("plugin ", file, " cannot be opened: ", dlerror()),
              text("`ldd ", file, "` says whether a library that it needs is missing"));
}

/// Runs a part of a plugin; what it throws names the plugin.
template <class Part>
void run_part(const PluginInfo& plugin, std::string_view doing, const Part& part) {
  try {
    part();
  } catch (const Error& error) {
    const std::vector<Problem>& problems = error.problems();
    throw Error(Kind::plugin,
                text("plugin ", plugin.file, " failed ", doing, ": ",
                     problems.empty() ? std::string("no reason is known") : problems.front().message),
                problems.empty() ? std::string() : problems.front().hint);
  } catch (...) {
    throw Error(Kind::plugin,
                text("plugin ", plugin.file, " failed ", doing, ": ", reason_of(std::current_exception())));
  }
}

PluginStamp get_stamp(const std::string& file) {
  std::optional<PluginStamp> stamp = find_stamp(file);
  if (stamp) return *stamp;
  throw Error(Kind::plugin, text("plugin ", file, " is a library, but no plugin of assay"),
              "build it with assay_plugin(), as `assay new plugin` writes it");
}

template <class Descriptor>
const Descriptor* find_descriptor(void* library, const char* function) {
  void* address = dlsym(library, function);
  return address == nullptr ? nullptr : reinterpret_cast<const Descriptor* (*)()>(address)();
}

void declare(const PluginFile& asked, Registry& registry) {
  const std::string file = absolute(asked.file);
  for (const PluginInfo& loaded : registry.plugins()) {
    std::error_code ignored;
    if (fs::equivalent(loaded.file, file, ignored)) return;
  }
  const PluginStamp stamp = get_stamp(file);
  require_this_build(text("plugin ", file), stamp.abi, stamp.build);
  const auto* descriptor = find_descriptor<PluginDescriptor>(open(file), "assay_plugin");
  if (descriptor == nullptr) {
    throw Error(Kind::plugin, text("plugin ", file, " declares nothing: it has no function assay_plugin"),
                file.ends_with(tensor_suffix) ? "name the .so file beside it, without `.impl`"
                                              : "add an ASSAY_DECLARE to it");
  }
  const PluginInfo info{stamp.name, stamp.version, file};
  registry.add_plugin(info);
  run_part(info, "to declare its components", [&] { descriptor->declare(registry); });
}

/// Not what is a plugin for another kind of machine, or no library at all.
bool is_plugin(const std::string& file) {
  try {
    return file.ends_with(".so") && !file.ends_with(tensor_suffix) && find_stamp(file);
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> plugins_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& each : fs::directory_iterator(folder, error)) {
    if (is_plugin(each.path().string())) files.push_back(each.path().string());
  }
  if (error)
    throw Error(Kind::plugin,
                text("folder ", folder, " of ASSAY_PLUGIN_PATH cannot be read: ", error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

void implement(const PluginInfo& plugin, void* library, Implementations& parts) {
  const auto* descriptor = find_descriptor<ImplementDescriptor>(library, "assay_implement");
  if (descriptor == nullptr) return;
  parts.set_prefix(plugin.name + '/');
  run_part(plugin, "to add its implementations", [&] { descriptor->implement(parts); });
  parts.set_prefix({});
}

}  // namespace

std::string tensor_half(const std::string& file) {
  return fs::path(file).replace_extension().string() + std::string(tensor_suffix);
}

std::vector<PluginFile> plugins_on_path(std::string_view path) {
  std::vector<PluginFile> plugins;
  for (const std::string& entry : split(path, ':')) {
    if (entry.empty()) continue;
    if (!fs::is_directory(entry)) {
      plugins.push_back({entry});
      continue;
    }
    for (const std::string& file : plugins_in(entry)) plugins.push_back({file});
  }
  return plugins;
}

void load_plugin(const PluginFile& plugin, Registry& registry) {
  try {
    declare(plugin, registry);
  } catch (const Error& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) problem.where = plugin.where;
    throw Error(error.kind(), std::move(problems));
  }
}

void load_plugin_parts(const std::vector<PluginInfo>& plugins, Implementations& parts) {
  for (const PluginInfo& plugin : plugins) implement(plugin, open(plugin.file), parts);
}

void load_plugin_tensor_parts(const std::vector<PluginInfo>& plugins, Implementations& parts) {
  for (const PluginInfo& plugin : plugins) {
    const std::string half = tensor_half(plugin.file);
    if (!fs::exists(half)) continue;  // what is missing then is said where it is built
    const PluginStamp stamp = get_stamp(half);
    require_this_build(text("plugin ", half), stamp.abi, stamp.build);
    if (stamp.name != plugin.name) {
      throw Error(Kind::plugin,
                  text("plugin ", half, " is of ", stamp.name, ", but ", plugin.file, " is ", plugin.name),
                  "build both again, in one folder");
    }
    implement(plugin, open(half), parts);
  }
}

}  // namespace assay
