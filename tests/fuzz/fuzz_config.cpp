// What a stranger's config can do: bytes go in, an experiment or problems with places come out, and nothing
// else. Lines at the start that begin with `#!` are overrides, as `#! optimizer.lr=1e-3`; the whole is a
// config all the same.
//
// The entry point is libFuzzer's; driver.cpp stands in for it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/canonical.h"
#include "runner/config/load.h"
#include "runner/config/to_yaml.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

/// A project to stand in: what an input extends, or names as a preset, is there.
struct Project {
  TemporaryFolder folder;

  Project() {
    folder.write("base.yaml",
                 "assay: 1\ndataset: digits\nmodel: {type: mlp, hidden: [8]}\noptimizer: adam\n"
                 "train: {until: 5 epochs}\nvars: {width: 8}\n");
    folder.write("circle.yaml", "extends: circle.yaml\n");
    folder.write("configs/model/small.yaml", "type: mlp\nhidden: [4]\ndropout: $(vars.width / 100)\n");
    folder.write("configs/optimizer/careful.yaml", "type: adamw\nlr: 1e-5\n");
  }
};

[[noreturn]] void fail(const char* what, const std::string& words) {
  std::fprintf(stderr, "%s\n%s\n", what, words.c_str());
  std::abort();
}

std::vector<std::string> overrides_of(std::string_view input) {
  std::vector<std::string> overrides;
  while (input.starts_with("#!")) {
    const std::size_t end = input.find('\n');
    overrides.emplace_back(trim(input.substr(2, end == std::string_view::npos ? end : end - 2)));
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  }
  return overrides;
}

void check_problems(const Error& error) {
  if (error.kind() != Kind::config) fail("not an error of the config:", error.what());
  for (const Problem& problem : error.problems()) {
    if (!problem.where.is_known()) fail("a problem without a place:", error.what());
    if (problem.message.empty()) fail("a problem without a message:", error.what());
  }
}

/// What was made of a config, written out and read again, is the same.
void check_round_trip(const LoadedConfig& config, const Project& project, const Registry& registry) {
  const std::string yaml = to_yaml(config.resolved);
  const std::string file = project.folder.write("again.yaml", yaml);
  try {
    const LoadedConfig again = load_config({.file = file}, registry);
    if (again.resolved == config.resolved &&
        canonical_json(again.identity) == canonical_json(config.identity))
      return;
    fail("reads back as something else:", yaml + "---\n" + to_yaml(again.resolved));
  } catch (const Error& error) {
    fail("does not read back:", yaml + "---\n" + error.what());
  }
}

}  // namespace
}  // namespace assay::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  using namespace assay::testing;
  static const Registry registry = builtin_registry();
  static const Project project;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string file = project.folder.write("input.yaml", input);
  try {
    const LoadedConfig config = load_config({.file = file, .overrides = overrides_of(input)}, registry);
    check_round_trip(config, project, registry);
  } catch (const Error& error) {
    check_problems(error);
  }
  return 0;
}
