// How fast a sweep gets its trials: variants of a config with 100 keys, each composed and bound, on one core.
//
//   bench_config bench/hundred_keys.yaml [VARIANTS]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/load.h"

namespace {

using namespace assay;

/// As a sweep over five dimensions makes them.
std::vector<std::string> overrides_of(int variant) {
  return {text("seed=", variant), text("vars.rate=", 1e-4 * (1 + variant)),
          text("vars.width=", 32 + variant % 64), text("model.layers.2=", variant % 2 == 0 ? "relu" : "gelu"),
          text("train.batch_size=", 16 << variant % 4)};
}

std::int64_t count_leaves(const Json& provenance) { return std::ssize(provenance.entries()); }

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) return std::fputs("usage: bench_config CONFIG [VARIANTS]\n", stderr), 2;
  const int n_variants = argc > 2 ? std::atoi(argv[2]) : 10000;
  const Registry registry = builtin_registry();
  std::int64_t n_leaves = 0;
  std::int64_t seeds = 0;

  const std::clock_t start = std::clock();  // of this process, whatever else the machine does
  for (int i = 0; i < n_variants; ++i) {
    const LoadedConfig config = load_config({.file = argv[1], .overrides = overrides_of(i)}, registry);
    n_leaves = count_leaves(config.provenance);
    seeds += config.experiment.seed;
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;

  if (seeds != std::int64_t{n_variants} * (n_variants - 1) / 2)
    return std::fputs("wrong variants\n", stderr), 1;
  std::printf("%d variants of %lld values in %.3f s of one core: %.1f us each\n", n_variants,
              static_cast<long long>(n_leaves), seconds, 1e6 * seconds / n_variants);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
