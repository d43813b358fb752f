// One attempt at a run whose numbers are known: the process that the crash tests kill.
//
//   crash_writer RUNS ACKS [--seed N] [--steps N] [--evaluate-every N] [--checkpoint-every N] [--bytes N]
//                          [--stop-after N] [--pace-us N] [--sync-ms N] [--beat-ms N]
//                          [--publish-always] [--power-cut] [--recover-only]
//
// Goes on with the run in RUNS and keeps in ACKS (ack_page.h) what the store acknowledged. Exit codes: those
// of assay, and 99 if something that the store handed out is not what was stored; stderr then says what.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/text.h"
#include "tests/crash/go_on.h"

namespace {

using assay::crash::AckFile;
using assay::crash::After;
using assay::crash::GoOn;
using assay::crash::Report;

constexpr int exit_wrong = 99;

struct Options {
  GoOn go_on;
  bool only_recovers = false;
};

[[noreturn]] void refuse(std::string_view word) {
  std::fprintf(stderr, "crash_writer: what is %.*s?\n", static_cast<int>(word.size()), word.data());
  std::exit(2);
}

/// The proportions of the real one.
assay::store::LeaseTimes lease_of(std::int64_t beat_ms) {
  return {std::chrono::milliseconds(beat_ms), std::chrono::milliseconds(beat_ms * 9 / 2),
          std::chrono::milliseconds(beat_ms * 9)};
}

Options options_of(int argc, char** argv) {
  Options options;
  options.go_on.runs_dir = argv[1];
  assay::crash::Workload& workload = options.go_on.workload;
  for (int i = 3; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::atoll(argv[++i]) : (refuse(word), 0LL); };
    if (word == "--seed")
      workload.seed = static_cast<std::uint64_t>(number());
    else if (word == "--steps")
      workload.steps = number();
    else if (word == "--evaluate-every")
      workload.evaluate_every = number();
    else if (word == "--checkpoint-every")
      workload.checkpoint_every = number();
    else if (word == "--bytes")
      workload.state_bytes = number();
    else if (word == "--stop-after")
      options.go_on.stop_after = number();
    else if (word == "--pace-us")
      options.go_on.pace_us = static_cast<int>(number());
    else if (word == "--sync-ms")
      options.go_on.times.sync = std::chrono::milliseconds(number());
    else if (word == "--beat-ms")
      options.go_on.times.lease = lease_of(number());
    else if (word == "--publish-always")
      options.go_on.publishes_always = true;
    else if (word == "--power-cut")
      options.go_on.after = After::power_cut;
    else if (word == "--recover-only")
      options.only_recovers = true;
    else
      refuse(word);
  }
  return options;
}

int run(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  const AckFile acks(argv[2]);
  Report report;
  int code = 0;
  try {
    options.only_recovers ? recover(options.go_on, acks.page(), report)
                          : go_on(options.go_on, acks.page(), report);
  } catch (const assay::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    code = assay::exit_code(error.kind());
  }
  for (const std::string& violation : report.violations)
    std::fprintf(stderr, "violation: %s\n", violation.c_str());
  std::printf("%lld rows, %lld checkpoints, %lld files\n", static_cast<long long>(report.rows),
              static_cast<long long>(report.checkpoints), static_cast<long long>(report.files));
  return report.violations.empty() ? code : exit_wrong;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) refuse("to be written, and where");
  return run(argc, argv);
}
