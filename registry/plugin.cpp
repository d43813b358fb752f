#include "registry/plugin.h"

#include <filesystem>

#include <dlfcn.h>

#include "core/text.h"

#ifndef ASSAY_BUILD_TEXT
#error "the build defines ASSAY_BUILD_TEXT (registry/CMakeLists.txt)"
#endif

namespace assay {

const char* build_id() { return ASSAY_BUILD_TEXT; }

namespace {

void compare(int abi, const char* name, const char* build) {
  if (abi == plugin_abi && std::string_view(build) == build_id()) return;
  throw Error(Kind::plugin,
              text("plugin ", name, " was built for ", build, " (ABI ", abi, "), this is ", build_id(),
                   " (ABI ", plugin_abi, ")"),
              "rebuild the plugin against this assay");
}

}  // namespace

void load_declarations(const PluginDescriptor& plugin, Registry& registry) {
  compare(plugin.abi, plugin.name, plugin.build);
  registry.set_plugin(plugin.name, plugin.version);
  plugin.declare(registry);
}

void load_implementations(const ImplementDescriptor& plugin, Implementations& parts) {
  compare(plugin.abi, plugin.name, plugin.build);
  plugin.implement(parts);
}

void* open_symbol(const std::string& library, const std::string& symbol) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw Error(Kind::plugin, text("cannot open ", library, ": ", dlerror()));
  void* address = dlsym(handle, symbol.c_str());
  if (!address)
    throw Error(Kind::plugin, text(library, " has no ", symbol, ", so it is no assay library of this kind"));
  return address;
}

std::string library_folder() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&build_id), &info) == 0 || !info.dli_fname) return ".";
  return std::filesystem::absolute(info.dli_fname).parent_path().lexically_normal().string();
}

}  // namespace assay
