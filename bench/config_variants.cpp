// How fast a sweep gets its trials: variants of a config with 100 keys, each composed and bound, on one core.
//
//   bench_config bench/hundred_keys.yaml [--variants 10000] [--at-most SECONDS]
//
// With --at-most the exit status is 8 if binding them took more processor time than that.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/bind.h"
#include "runner/config/canonical.h"
#include "runner/config/composition.h"

namespace {

using namespace assay;

struct Options {
  std::string file;
  int n_variants = 10000;
  double at_most_s = 0;  // 0: any time will do
};

std::optional<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool takes_value = arguments[i].starts_with("--");
    if (takes_value && i + 1 == arguments.size()) return std::nullopt;
    if (arguments[i] == "--variants") {
      options.n_variants = static_cast<int>(parse_integer(arguments[++i]).value_or(0));
    } else if (arguments[i] == "--at-most") {
      options.at_most_s = parse_real(arguments[++i]).value_or(0);
      if (options.at_most_s <= 0) return std::nullopt;
    } else if (takes_value || !options.file.empty()) {
      return std::nullopt;
    } else {
      options.file = arguments[i];
    }
  }
  if (options.file.empty() || options.n_variants < 1) return std::nullopt;
  return options;
}

// ---- Five dimensions of a sweep

struct Point {
  std::string path;
  std::string value;
};

std::vector<Point> point(int variant) {
  return {{"seed", text(variant)},
          {"vars.rate", text(1e-4 * (1 + variant))},
          {"vars.width", text(32 + variant % 64)},
          {"model.layers.2", variant % 2 == 0 ? "relu" : "gelu"},
          {"train.batch_size", text(16 << variant % 4)}};
}

std::vector<Override> as_overrides(int variant) {
  std::vector<Override> overrides;
  for (const Point& chosen : point(variant)) {
    const int number = static_cast<int>(overrides.size()) + 1;
    const Where where = Where::argument(number, text(chosen.path, '=', chosen.value));
    overrides.push_back(
        {Override::Action::set, split(chosen.path, '.'), Value::scalar(chosen.value, false, where), where});
  }
  return overrides;
}

std::vector<std::string> as_arguments(int variant) {
  std::vector<std::string> arguments;
  for (const Point& chosen : point(variant)) arguments.push_back(text(chosen.path, '=', chosen.value));
  return arguments;
}

// ---- Measuring

/// Gives variant i; returns its seed, so that a wrong one is seen.
using MakeVariant = std::function<std::int64_t(int variant)>;

/// Prints the times of `n` variants and returns the processor's, in seconds.
double measure(const char* what, int n, const MakeVariant& make) {
  const auto wall_start = std::chrono::steady_clock::now();
  const std::clock_t start = std::clock();  // of this process, whatever else the machine does
  for (int i = 0; i < n; ++i) {
    if (make(i) != i) throw Error(Kind::internal, text(what, ": variant ", i, " has another's seed"));
  }
  const double cpu_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_start;
  std::printf("%-34s %6d variants  %7.3f s of one core  %7.3f s wall  %8.0f a second\n", what, n, cpu_s,
              wall.count(), n / cpu_s);
  return cpu_s;
}

int run(const Options& options) {
  const Registry registry = builtin_registry();
  const ConfigRequest request{.file = options.file};
  const Composition composition(request, registry);
  const Json provenance = composition.load().provenance;
  std::printf("%s: %zu values\n", options.file.c_str(), provenance.entries().size());

  const double cpu_s = measure("composed and bound", options.n_variants,
                               [&](int i) { return composition.bind(as_overrides(i)).experiment.seed; });
  measure("and in canonical form", options.n_variants / 5, [&](int i) {
    const BoundConfig trial = composition.bind(as_overrides(i));
    const std::string canonical = canonical_json(identity_of(resolved_of(trial.experiment), registry));
    return canonical.empty() ? -1 : trial.experiment.seed;
  });
  measure("from the file and a command line", options.n_variants / 20, [&](int i) {
    return load_config({.file = options.file, .overrides = as_arguments(i)}, registry).experiment.seed;
  });

  constexpr int verdict_is_no = 8;
  const bool is_slow = options.at_most_s > 0 && cpu_s > options.at_most_s;
  if (is_slow) std::printf("binding took more than %.3f s\n", options.at_most_s);
  return is_slow ? verdict_is_no : 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::optional<Options> options = parse_options({argv + 1, argv + argc});
  if (!options)
    return std::fputs("usage: bench_config CONFIG [--variants N] [--at-most SECONDS]\n", stderr), 2;
  return run(*options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
