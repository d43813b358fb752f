// What a plugin's file says of itself, read without loading it: a library that was built for another assay
// must not run a single instruction here, and would not say why it does not fit (its first missing symbol
// would).
#pragma once

#include <optional>
#include <string>

namespace assay {

struct PluginStamp {
  int abi = 0;
  std::string name;
  std::string version;  // empty in the half that computes
  std::string build;
};

/// The stamp that ASSAY_DECLARE and ASSAY_IMPLEMENT leave in the section .assay_plugin (registry/plugin.h);
/// nothing for a shared library of this machine that has none. Throws Kind::plugin if the file is missing,
/// cannot be read, or is no shared library of this machine.
std::optional<PluginStamp> find_stamp(const std::string& file);

}  // namespace assay
