// How good samplers are on standard functions, and how fast.
//
//   bench_samplers run SAMPLER [--only FUNCTION] [--seeds N] [--first N] [--trials N] [--startup N]
//                                        [--candidates N]   a line for each function and seed: name seed
//                                        regret
//   bench_samplers list                  the functions and their parameters
//   bench_samplers evaluate              reads lines `name value value ...`, answers each
//   bench_samplers speed [--results N]   a proposal of tpe after so many results
//
// bench/samplers/all.sh compares all samplers with their namesakes. `list` and `evaluate` are for
// bench/samplers/optuna_peer.py, so that the functions are written down once.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bench/samplers/functions.h"
#include "core/random.h"
#include "core/text.h"
#include "plugins/samplers/random.h"
#include "plugins/samplers/sobol.h"
#include "plugins/samplers/tpe.h"

namespace {

using namespace assay;

std::unique_ptr<Sampler> make(const std::string& name, const samplers::TpeParams& tpe,
                              const Sampler::Needs& needs) {
  if (name == "random") return std::make_unique<samplers::Random>(samplers::RandomParams{}, needs);
  if (name == "sobol") return std::make_unique<samplers::Sobol>(samplers::SobolParams{}, needs);
  if (name == "tpe") return std::make_unique<samplers::Tpe>(tpe, needs);
  throw Error(Kind::usage, text("no sampler '", name, "' is measured"), "known: random, sobol, tpe");
}

double regret(const bench::Function& function, const std::string& sampler, const samplers::TpeParams& tpe,
              std::uint64_t seed, int n_trials) {
  const auto proposes = make(sampler, tpe, {function.space, seed});
  std::vector<Seen> seen;
  double best = std::numeric_limits<double>::infinity();
  for (int k = 0; k < n_trials; ++k) {
    Seen result{k, proposes->propose({k, 0, seen})};
    result.value = function.value(result.point);
    best = std::min(best, result.value);
    seen.push_back(std::move(result));
  }
  return best - function.least;
}

struct Seeds {
  int first = 0;
  int n = 100;
};

void run(const std::string& sampler, const samplers::TpeParams& tpe, const Seeds& seeds, int n_trials,
         const std::string& only) {
  for (const bench::Function& function : bench::functions()) {
    if (!only.empty() && function.name != only) continue;
    for (int seed = seeds.first; seed < seeds.first + seeds.n; ++seed) {
      const double value = regret(function, sampler, tpe, static_cast<std::uint64_t>(seed), n_trials);
      std::printf("%s %d %.17g\n", function.name.c_str(), seed, value);
    }
  }
}

void list() {
  for (const bench::Function& function : bench::functions()) {
    std::printf("%s %.17g\n", function.name.c_str(), function.least);
    for (const Parameter& parameter : function.space.parameters) {
      const char* kinds[] = {"choice", "integer", "real"};
      std::printf("  %s %s %lld %.17g %.17g %.17g %d\n", parameter.name.c_str(),
                  kinds[static_cast<int>(parameter.kind)], static_cast<long long>(parameter.n_choices),
                  parameter.low, parameter.high, parameter.step, parameter.is_log ? 1 : 0);
    }
  }
}

void evaluate() {
  const std::vector<bench::Function> functions = bench::functions();
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    Point point;
    for (double value; words >> value;) point.push_back(value);
    for (const bench::Function& function : functions) {
      if (function.name == name) std::printf("%.17g\n", function.value(point));
    }
    std::fflush(stdout);
  }
}

// A space as sweeps have them: five numbers, of which some are logarithmic or whole, and a choice.
Space usual_space() {
  Space space;
  for (int i = 0; i < 5; ++i) {
    Parameter number;
    number.name = text("number", i);
    number.kind = i == 4 ? Parameter::Kind::integer : Parameter::Kind::real;
    number.low = i < 2 ? 1e-5 : 1;
    number.high = i < 2 ? 1 : 64;
    number.step = i == 4 ? 1 : 0;
    number.is_log = i < 2;
    space.parameters.push_back(number);
  }
  Parameter choice;
  choice.name = "choice";
  choice.n_choices = 4;
  space.parameters.push_back(choice);
  return space;
}

void speed(int n_results) {
  const Space space = usual_space();
  const samplers::Random points({}, {space, 1});
  const samplers::Tpe tpe({}, {space, 1});
  std::vector<Seen> seen;
  for (int k = 0; k < n_results; ++k) {
    Seen result{k, points.propose({k, 0, {}})};
    for (const double value : result.point) result.value += std::sin(value);
    seen.push_back(std::move(result));
  }
  constexpr int n_proposals = 50;
  const std::clock_t start = std::clock();
  double sum = 0;
  for (int k = 0; k < n_proposals; ++k) sum += tpe.propose({n_results + k, 0, seen})[0];
  const double ms = 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / n_proposals;
  std::printf("tpe after %d results: %.2f ms of processor time a proposal (%.3g)\n", n_results, ms, sum);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto word = [&](const std::string& name) {
    const auto found = std::find(words.begin(), words.end(), name);
    return words.end() - found > 1 ? found[1] : std::string();
  };
  const auto number = [&](const std::string& name, int otherwise) {
    return static_cast<int>(parse_integer(word(name)).value_or(otherwise));
  };
  const std::string what = words.empty() ? "" : words[0];
  if (what == "run" && words.size() > 1) {
    samplers::TpeParams tpe;
    tpe.startup = number("--startup", static_cast<int>(tpe.startup));
    tpe.candidates = number("--candidates", static_cast<int>(tpe.candidates));
    run(words[1], tpe, {number("--first", 0), number("--seeds", 100)}, number("--trials", 100),
        word("--only"));
  } else if (what == "list") {
    list();
  } else if (what == "evaluate") {
    evaluate();
  } else if (what == "speed") {
    speed(number("--results", 10'000));
  } else {
    return std::fputs("usage: bench_samplers run SAMPLER | list | evaluate | speed\n", stderr), 2;
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
