// Opens plugins from outside of the tree: shared libraries that a config names (`plugins:
// [build/my_layers.so]`) or that lie on ASSAY_PLUGIN_PATH. Each is two files, so that whatever only names or
// checks components stays free of LibTorch:
//
//   my_layers.so        declarations, and what computes without LibTorch; opened by every command that may
//   name them my_layers.impl.so   what computes with it, opened to train; may be absent
//
//   for (const PluginFile& plugin : plugins_on_path(path)) load_plugin(plugin, registry);
//   load_plugin_parts(registry.plugins(), parts);
//
// A file's stamp is compared before any of its code runs (registry/plugin_stamp.h). All that goes wrong is an
// Error of Kind::plugin, one sentence that names the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/where.h"
#include "registry/implementations.h"
#include "registry/registry.h"

namespace assay {

/// A plugin to load, and what asked for it.
struct PluginFile {
  std::string file;
  Where where = {};  // where a config names it, or unknown
};

/// The plugins of a list of files and folders, separated by colons. Of a folder, all that are plugins,
/// sorted: other libraries may lie there. An empty entry is skipped; a file or folder that does not exist is
/// an error.
std::vector<PluginFile> plugins_on_path(std::string_view path);

/// Adds what a plugin declares, under names that begin with the plugin's: `my_layers/gated`. Nothing happens
/// if the file was loaded before.
void load_plugin(const PluginFile& plugin, Registry& registry);

/// Adds what plugins implement without LibTorch.
void load_plugin_parts(const std::vector<PluginInfo>& plugins, Implementations& parts);

/// Adds what their other halves implement. Loads LibTorch.
void load_plugin_tensor_parts(const std::vector<PluginInfo>& plugins, Implementations& parts);

/// The half that computes: `my_layers.impl.so` of `my_layers.so`.
std::string tensor_half(const std::string& file);

}  // namespace assay
