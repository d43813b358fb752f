#include "registry/plugin.h"

#include <filesystem>

#include <dlfcn.h>

#include "core/text.h"
#include "registry/interface_id.h"

namespace assay {

const char* build_id() { return ASSAY_INTERFACE_ID ", " ASSAY_COMPILER; }

void require_this_build(std::string_view what, int abi, std::string_view build) {
  if (abi == plugin_abi && build == build_id()) return;
  throw Error(Kind::plugin,
              text(what, " was built for ", build, " (ABI ", abi, "), but this is ", build_id(), " (ABI ",
                   plugin_abi, ")"),
              "build it again against this assay");
}

void load_declarations(const PluginDescriptor& plugin, Registry& registry) {
  require_this_build(text("plugin ", plugin.name), plugin.abi, plugin.build);
  registry.set_plugin(plugin.name, plugin.version);
  plugin.declare(registry);
}

void load_implementations(const ImplementDescriptor& plugin, Implementations& parts) {
  require_this_build(text("plugin ", plugin.name), plugin.abi, plugin.build);
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
