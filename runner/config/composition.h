// A config that is read and composed once and bound many times, each time with other values: what a sweep
// does with its proposals. load_config is one such binding.
//
//   const Composition composition({.file = "configs/digits.yaml"}, registry);
//   Override lr = *parse_key("optimizer.lr", Where::argument(1, "trial 7"), problems);
//   lr.value = Value::scalar("3e-4", false, lr.where);
//   const BoundConfig trial = composition.bind({&lr, 1});
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "registry/plugin_loader.h"
#include "runner/config/load.h"
#include "runner/config/overrides.h"

namespace assay {

/// Constant once it is made: several threads may bind at the same time. A preset that only an override names
/// is read when it is first asked for; no file is read twice.
class Composition {
 public:
  /// Reads the file and what it stands on, and puts the overrides of the request over it. Throws
  /// Error(Kind::config) if the file cannot be composed, whatever would be put over it; all other problems
  /// wait for a binding, which may put them right. The registry must outlive this.
  Composition(const ConfigRequest& request, const Registry& registry);
  ~Composition();
  Composition(Composition&&) noexcept;
  Composition& operator=(Composition&&) noexcept;

  /// What `plugins:` names, each file absolute and with its place. They must be loaded before anything is
  /// bound: with a registry that knows them, compose anew.
  std::vector<PluginFile> plugins() const;

  /// The same config without its `sweep:` section: what the trials of a sweep are bindings of.
  Composition trials() const;

  /// The experiment with these overrides after those of the request. Throws Error(Kind::config) with every
  /// problem found, sorted by place. The values need not come from YAML; their places are what problems point
  /// to.
  BoundConfig bind(std::span<const Override> overrides = {}) const;

  /// The same with all that is shown and recorded, which takes nearly twice as long.
  LoadedConfig load(std::span<const Override> overrides = {}) const;

  /// The same with overrides as they stand on a command line, numbered after those of the request.
  LoadedConfig load(const std::vector<std::string>& overrides) const;

 private:
  class Draft;
  explicit Composition(std::unique_ptr<const Draft> composed);
  std::unique_ptr<const Draft> composed_;
};

}  // namespace assay
