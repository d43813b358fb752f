// How a set of components presents itself: one C object with who it is, what it was built with and its
// declarations. In-tree families and shared libraries from elsewhere use the same macros.
//
//   ASSAY_DECLARE(models, "1.0.0", r) {                 // declare.cpp: no LibTorch
//     r.declare<MlpParams>(family::model, "mlp");
//   }
//   ASSAY_IMPLEMENT(models, b) {                        // implement.cpp
//     b.add<Mlp>("mlp");
//   }
#pragma once

#include <string>
#include <string_view>

#include "registry/implementations.h"
#include "registry/registry.h"

namespace assay {

/// Changes whenever the layout of anything that crosses the border changes.
inline constexpr int plugin_abi = 1;

/// "assay 0.1.0, LibTorch 2.13.0, gcc 12.2, C++ ABI 1": what both sides must agree on.
const char* build_id();

struct PluginDescriptor {
  int abi;
  const char* name;
  const char* version;
  const char* build;
  void (*declare)(Registry&);
};

struct ImplementDescriptor {
  int abi;
  const char* name;
  const char* build;
  void (*implement)(Implementations&);
};

#define ASSAY_EXPORT __attribute__((visibility("default")))

#ifndef ASSAY_BUILD_ID
#define ASSAY_BUILD_ID ::assay::build_id()
#endif

#define ASSAY_DECLARE(plugin, version, registry)                                                             \
  static void assay_declare_body(::assay::Registry& registry);                                               \
  extern "C" ASSAY_EXPORT const ::assay::PluginDescriptor* assay_plugin_##plugin() {                         \
    static const ::assay::PluginDescriptor descriptor{::assay::plugin_abi, #plugin, version, ASSAY_BUILD_ID, \
                                                      &assay_declare_body};                                  \
    return &descriptor;                                                                                      \
  }                                                                                                          \
  static void assay_declare_body(::assay::Registry& registry)

#define ASSAY_IMPLEMENT(plugin, parts)                                                                 \
  static void assay_implement_body(::assay::Implementations& parts);                                   \
  extern "C" ASSAY_EXPORT const ::assay::ImplementDescriptor* assay_implement_##plugin() {             \
    static const ::assay::ImplementDescriptor descriptor{::assay::plugin_abi, #plugin, ASSAY_BUILD_ID, \
                                                         &assay_implement_body};                       \
    return &descriptor;                                                                                \
  }                                                                                                    \
  static void assay_implement_body(::assay::Implementations& parts)

/// Runs a plugin's declarations after comparing ABI and build; throws Kind::plugin with both ids if they
/// differ.
void load_declarations(const PluginDescriptor& plugin, Registry& registry);
void load_implementations(const ImplementDescriptor& plugin, Implementations& parts);

/// Opens a shared library and returns the address of a symbol. Never closed: an object's code must outlive
/// it. Throws Kind::plugin with the loader's reason.
void* open_symbol(const std::string& library, const std::string& symbol);

/// The folder in which libassay.so lies, where its companions are.
std::string library_folder();

}  // namespace assay
