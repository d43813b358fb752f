// How long training waits for its data: the share of a run's time in which a step had no batch yet.
//
//   bench/make_images.py images --count 2000
//   bench_data CONFIG dataset.folder=images dataset.in_memory=never dataset.workers=2 train.until='60 steps'
#include <chrono>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/no_record.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/load.h"
#include "runner/prepare/prepare.h"

namespace {

using namespace assay;

/// Keeps nothing but what is asked for here.
class Notes final : public NoRecord {
 public:
  void note(std::string_view key, Json value) override {
    if (key == "waited_for_data_s") waited_s = value.real();
  }

  double waited_s = 0;
};

/// The time from the first step's end: what comes before is done once.
class Stopwatch final : public Listener {
 public:
  void on(const Event& event) override {
    const auto* done = std::get_if<StepDone>(&event);
    if (done == nullptr) return;
    last_ = std::chrono::steady_clock::now();
    if (done->step == 1) first_ = last_;
    steps = done->step - 1;
  }
  double seconds() const { return std::chrono::duration<double>(last_ - first_).count(); }

  std::int64_t steps = 0;

 private:
  std::chrono::steady_clock::time_point first_, last_;
};

int measure(const std::vector<std::string>& words) {
  const Registry registry = builtin_registry();
  Implementations parts = builtin_implementations();
  ConfigRequest request;
  request.file = words.front();
  request.overrides.assign(words.begin() + 1, words.end());
  request.overrides.insert(request.overrides.end(), {"evaluate.every=end", "evaluate.test=never"});
  request.shipped_presets = cli::shipped_configs();
  const LoadedConfig config = load_config(request, registry);
  std::vector<Problem> warnings;
  const Prepared prepared =
      prepare(config.experiment, parts, data_roots(config.experiment, cli::shipped_data()), warnings);
  const std::unique_ptr<Engine> engine = cli::open_engine(parts, {});
  Notes notes;
  Stopwatch stopwatch;
  const Outcome outcome = engine->train({config.experiment, prepared, parts, notes, stopwatch});
  if (outcome.status != Outcome::Status::finished) {
    std::fprintf(stderr, "bench_data: %s\n", outcome.message.c_str());
    return 1;
  }
  const double step_ms = 1e3 * stopwatch.seconds() / static_cast<double>(stopwatch.steps);
  std::printf("%s, %lld steps: %.2f ms a step, %.1f %% of it waiting for data\n",
              prepared.is_streamed ? "read ahead" : "in memory", static_cast<long long>(stopwatch.steps),
              step_ms, 100 * notes.waited_s / stopwatch.seconds());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "use: bench_data CONFIG [key=value ...]\n");
    return 2;
  }
  try {
    return measure({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_data: %s\n", error.what());
    return 1;
  }
}
