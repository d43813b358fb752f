#include "runner/cli/open_engine.h"

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/plugin.h"
#include "registry/plugin_loader.h"

namespace assay::cli {
namespace {

/// The loader names the library that it misses, which is not always the one that was asked for.
[[noreturn]] void fail_to_open(const Error& error) {
  const std::string reason = error.problems().empty() ? std::string() : error.problems().front().message;
  if (reason.find("No such file") == std::string::npos) {
    throw Error(Kind::plugin, reason,
                "the libraries do not fit together: build everything again with `cmake --build`");
  }
  if (reason.find("libtorch") != std::string::npos || reason.find("libc10") != std::string::npos) {
    throw Error(Kind::plugin,
                "LibTorch was not found: " + reason.substr(reason.rfind("lib", reason.find(".so"))),
                "it is not where it was at build time: put its lib folder in LD_LIBRARY_PATH, or run "
                "scripts/setup and build again");
  }
  throw Error(Kind::plugin,
              text("what trains was not built: ", library_folder(), " lacks a library that belongs to assay"),
              "build everything with `cmake --build`, or install it again");
}

std::unique_ptr<Engine> open_own(Implementations& parts) {
  try {
    load_tensor_families(parts);
    using GetEngine = Engine* (*)();
    void* symbol = open_symbol(library_folder() + "/libassay_engine.so", "assay_engine");
    return std::unique_ptr<Engine>(reinterpret_cast<GetEngine>(symbol)());
  } catch (const Error& error) {
    fail_to_open(error);
  }
}

}  // namespace

std::unique_ptr<Engine> open_engine(Implementations& parts, const std::vector<PluginInfo>& plugins) {
  std::unique_ptr<Engine> engine = open_own(parts);
  load_plugin_tensor_parts(plugins, parts);
  return engine;
}

}  // namespace assay::cli
