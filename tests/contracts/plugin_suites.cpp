// The suites of all families, run on what one plugin declares:  plugin_suites PLUGIN.so SAMPLES.yaml [gtest
// options]
//
// Installed with assay, so that the components of a plugin must pass what those of the tree pass. SAMPLES
// says how each is called where its defaults are not enough:
//
//   layer:
//     my_layers/gated: {config: {units: 4}, input: [3, 5]}
#include <cstdio>
#include <exception>
#include <memory>

#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/plugin_loader.h"
#include "runner/config/read_yaml.h"
#include "tests/contracts/under_test.h"

namespace assay::testing {
namespace {

Json read_samples(const std::string& file) {
  const std::optional<std::string> text = find_file(file);
  if (!text) throw Error(Kind::usage, Problem{Where::path(file), {}, "there is no such file", {}});
  std::vector<Problem> problems;
  const std::optional<Value> value = read_yaml(*text, std::make_shared<const std::string>(file), problems);
  throw_if_any(Kind::config, problems);
  return value ? to_json(*value) : Json::map();
}

class Plugin {
 public:
  Plugin(const std::string& file, const std::string& samples) : samples_(read_samples(samples)) {
    load_plugin({file, {}}, registry_);
    name_ = registry_.plugins().front().name;
    load_plugin_parts(registry_.plugins(), parts_);
    load_tensor_families(parts_);
    load_plugin_tensor_parts(registry_.plugins(), parts_);
    refuse_samples_of_nothing();
  }

  /// Those that the plugin declares.
  std::vector<Component> components(std::string_view family) const {
    std::vector<Component> own;
    for (Component& component : components_of(registry_, parts_, family)) {
      if (component.info->plugin != name_) continue;
      const Json* of_family = samples_.find(family);
      const Json* sample = of_family == nullptr ? nullptr : of_family->find(component.info->name);
      component.sample = sample == nullptr ? Json::map() : *sample;
      own.push_back(std::move(component));
    }
    return own;
  }
  std::vector<Component> components() const {
    std::vector<Component> own;
    for (const FamilyInfo* family : registry_.families()) {
      for (Component& component : components(family->name)) own.push_back(std::move(component));
    }
    return own;
  }

 private:
  // A name that was changed in one place would leave its component with the defaults.
  void refuse_samples_of_nothing() const {
    for (const auto& [family, components] : samples_.entries()) {
      for (const auto& [name, sample] : components.entries()) {
        if (registry_.find(family, name) == nullptr)
          throw Error(Kind::config,
                      text("the samples name ", family, ' ', name, ", which the plugin does not declare"));
      }
    }
  }

  Json samples_;
  Registry registry_ = builtin_registry();
  Implementations parts_ = builtin_implementations();
  std::string name_;
};

// GoogleTest asks for parameters before main could hand them on.
std::unique_ptr<Plugin>& plugin() {
  static std::unique_ptr<Plugin> loaded;
  return loaded;
}

int run(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: plugin_suites PLUGIN.so SAMPLES.yaml [gtest options]\n", stderr);
    return 2;
  }
  plugin() = std::make_unique<Plugin>(argv[1], argv[2]);
  if (plugin()->components().empty()) {
    std::fprintf(stderr, "%s declares no component\n", argv[1]);
    return 1;
  }
  at::set_num_threads(1);  // small tensors: more threads only wait for each other
  // Most plugins have components of one family: a suite without any is no failure.
  GTEST_FLAG_SET(filter, "-GoogleTestVerification.*");
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace

std::vector<Component> components_under_test(std::string_view family) { return plugin()->components(family); }
std::vector<Component> tensor_components_under_test(std::string_view family) {
  return plugin()->components(family);
}
std::vector<Component> declarations_under_test() { return plugin()->components(); }

}  // namespace assay::testing

int main(int argc, char** argv) {
  try {
    return assay::testing::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
