// How a set of components presents itself: one C object with who it is, what it was built with and its
// declarations. In-tree families and shared libraries from elsewhere use the same macros.
//
//   ASSAY_DECLARE(models, "1.0.0", r) {                 // declare.cpp: no LibTorch
//     r.declare<MlpParams>(family::model, "mlp");
//   }
//   ASSAY_IMPLEMENT(models, b) {                        // implement.cpp
//     b.add<Mlp>("mlp");
//   }
//
// A plugin from elsewhere is two libraries: my.so, which declares, and my.impl.so, which computes with
// LibTorch. What needs no LibTorch (data sets, splits, transforms, schedules) is implemented in my.so as
// well. How they are found and opened: registry/plugin_loader.h.
#pragma once

#include <string>
#include <string_view>

#include "registry/implementations.h"
#include "registry/registry.h"

#define ASSAY_EXPORT __attribute__((visibility("default")))
#define ASSAY_TEXT_OF(x) #x
#define ASSAY_TEXT(x) ASSAY_TEXT_OF(x)

#ifdef __clang__
#define ASSAY_COMPILER "clang " ASSAY_TEXT(__clang_major__) "." ASSAY_TEXT(__clang_minor__)
#else
#define ASSAY_COMPILER "gcc " ASSAY_TEXT(__GNUC__) "." ASSAY_TEXT(__GNUC_MINOR__)
#endif

/// Changes whenever the layout of the descriptors below or of the stamp changes.
#define ASSAY_PLUGIN_ABI 2

namespace assay {

inline constexpr int plugin_abi = ASSAY_PLUGIN_ABI;

/// "assay 0.1.0 (3f2a91c0de), LibTorch 2.13.0, gcc 12.2": what both sides must agree on. In parentheses, the
/// digest of the headers that plugins include.
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

// Outside of the tree, assay_plugin() of cmake/AssayPlugin.cmake defines ASSAY_PLUGIN_BUILD. Then each
// library has functions of fixed names, and a stamp in a section of its own, which is read before any of its
// code runs.
#ifdef ASSAY_PLUGIN_BUILD
#define ASSAY_BUILD_ID ASSAY_PLUGIN_BUILD ", " ASSAY_COMPILER
#define ASSAY_DECLARE_FUNCTION(plugin) assay_plugin
#define ASSAY_IMPLEMENT_FUNCTION(plugin) assay_implement
#define ASSAY_STAMP(symbol, plugin, version)                                   \
  __attribute__((section(".assay_plugin"), used)) static const char symbol[] = \
      "abi=" ASSAY_TEXT(ASSAY_PLUGIN_ABI) "\0name=" #plugin "\0" version "build=" ASSAY_BUILD_ID;
#else
#define ASSAY_BUILD_ID ::assay::build_id()
#define ASSAY_DECLARE_FUNCTION(plugin) assay_plugin_##plugin
#define ASSAY_IMPLEMENT_FUNCTION(plugin) assay_implement_##plugin
#define ASSAY_STAMP(symbol, plugin, version)
#endif

#define ASSAY_DECLARE(plugin, version, registry)                                                             \
  ASSAY_STAMP(assay_declare_stamp, plugin, "version=" version "\0")                                          \
  static void assay_declare_body(::assay::Registry& registry);                                               \
  extern "C" ASSAY_EXPORT const ::assay::PluginDescriptor* ASSAY_DECLARE_FUNCTION(plugin)() {                \
    static const ::assay::PluginDescriptor descriptor{::assay::plugin_abi, #plugin, version, ASSAY_BUILD_ID, \
                                                      &assay_declare_body};                                  \
    return &descriptor;                                                                                      \
  }                                                                                                          \
  static void assay_declare_body(::assay::Registry& registry)

#define ASSAY_IMPLEMENT(plugin, parts)                                                                 \
  ASSAY_STAMP(assay_implement_stamp, plugin, )                                                         \
  static void assay_implement_body(::assay::Implementations& parts);                                   \
  extern "C" ASSAY_EXPORT const ::assay::ImplementDescriptor* ASSAY_IMPLEMENT_FUNCTION(plugin)() {     \
    static const ::assay::ImplementDescriptor descriptor{::assay::plugin_abi, #plugin, ASSAY_BUILD_ID, \
                                                         &assay_implement_body};                       \
    return &descriptor;                                                                                \
  }                                                                                                    \
  static void assay_implement_body(::assay::Implementations& parts)

/// Runs the declarations of a plugin of the tree after comparing ABI and build; throws Kind::plugin with both
/// ids if they differ.
void load_declarations(const PluginDescriptor& plugin, Registry& registry);
void load_implementations(const ImplementDescriptor& plugin, Implementations& parts);

/// Throws Kind::plugin, with both ids, if something was built for another assay. what: "plugin my_layers".
void require_this_build(std::string_view what, int abi, std::string_view build);

/// Opens a shared library and returns the address of a symbol. Never closed: an object's code must outlive
/// it. Throws Kind::plugin with the loader's reason.
void* open_symbol(const std::string& library, const std::string& symbol);

/// The folder in which libassay.so lies, where its companions are.
std::string library_folder();

}  // namespace assay
