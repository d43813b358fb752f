// Kills a run with SIGKILL, goes on with it, kills it again, lets it end, and looks whether anything that was
// acknowledged is missing or wrong.
//
//   crash_kill [--random N] [--stride N] [--seed N] [--folder DIR]
//
// --random: kills at random instants, in chains of up to four. --stride 1: kills before and after each call
// that changes a file, of the first attempt and of the one that goes on; 3: at every third; 0: not at all.
#include <cstdio>
#include <map>
#include <random>
#include <string>

#include "tests/crash/campaign.h"

namespace assay::crash {
namespace {

using Shim = std::map<std::string, std::string>;

class KillCampaign {
 public:
  KillCampaign(const Options& options, const Scratch& scratch)
      : random_(static_cast<std::uint64_t>(options.number("seed"))), writer_(scratch, {}) {}

  void kill_at_random_instants(std::int64_t n_kills) {
    const double whole_s = measure();
    for (std::int64_t seed = 0; tally_["kills at random instants"] < n_kills; ++seed) {
      writer_.start_over();
      writer_.more =
          random_() % 3 == 0 ? std::vector<std::string>{"--pace-us", "300"} : std::vector<std::string>{};
      const std::size_t chain = 1 + random_() % 4;
      for (std::size_t i = 0; i < chain; ++i)
        kill_at(std::uniform_real_distribution<>(0, 1.2 * whole_s)(random_));
      finish("after kills at random instants");
    }
  }

  void kill_at_calls(std::int64_t stride) {
    writer_.more.clear();
    const std::int64_t first = calls_of_an_attempt();
    for (std::int64_t call = 1; call <= first; call += stride) {
      for (const char* when : {"before", "after"}) kill_at_call(when, call, first);
    }
    for (std::int64_t call = 1; call <= first; call += stride) {
      for (const char* when : {"before", "after"}) kill_second_at_call(when, call, first);
    }
  }

  int conclude() const { return tally_.conclude("crash_kill"); }

 private:
  double measure() {
    const double begun_s = seconds_now();
    expect_done(writer_.run(), "uninterrupted");
    return seconds_now() - begun_s;
  }

  std::int64_t calls_of_an_attempt() {
    writer_.start_over();
    expect_done(writer_.run({{"CRASH_SYNC_US", "0"}}), "uninterrupted");
    const std::int64_t calls = writer_.page().calls;
    tally_["calls of the protocol in one run"] = calls;
    return calls;
  }

  void kill_at(double instant_s) {
    const auto child = writer_.start();
    sleep_s(instant_s);
    child->send(9);
    after_kill(child->wait(), "kills at random instants", "killed at a random instant");
  }

  void kill_at_call(const std::string& when, std::int64_t call, std::int64_t n_calls) {
    writer_.start_over();
    const std::string what = "killed " + when + " call " + std::to_string(call);
    after_kill(writer_.run(kill_spec(when, call)), "kills at calls", what);
    if (random_() % 2 == 0) {
      const auto again = 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n_calls));
      after_kill(writer_.run(kill_spec("before", again)), "kills at calls", what + " and again");
    }
    finish(what);
  }

  /// The first attempt dies anywhere, the second at this call: recovery is killed as well.
  void kill_second_at_call(const std::string& when, std::int64_t call, std::int64_t n_calls) {
    writer_.start_over();
    const auto first = 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n_calls));
    const std::string what =
        "killed at call " + std::to_string(first) + ", then " + when + " call " + std::to_string(call);
    after_kill(writer_.run(kill_spec("before", first)), "kills at calls", what);
    writer_.page().calls = 0;
    after_kill(writer_.run(kill_spec(when, call)), "kills at calls", what);
    finish(what);
  }

  Shim kill_spec(const std::string& when, std::int64_t call) {
    writer_.page().calls = 0;
    return {{"CRASH_KILL", when + ':' + std::to_string(call)}};
  }

  void after_kill(const Ended& ended, const std::string& count, const std::string& what) {
    if (ended.was_killed())
      ++tally_[count];
    else
      expect_done(ended, what);
    Report report;
    audit_as_found(writer_.workload(), run_folder(writer_.workload(), writer_.runs_dir()), report);
    tally_.add(report, what);
  }

  void finish(const std::string& what) {
    expect_done(writer_.run(), what);
    ++tally_["runs that went on to their end"];
  }

  void expect_done(const Ended& ended, const std::string& what) {
    tally_.add(ended, what);
    if (ended.code == 0) return;
    tally_.violation(what + ": exit code " + std::to_string(ended.code) + ", signal " +
                     std::to_string(ended.signal) + ": " + ended.output);
  }

  Random random_;
  Writer writer_;
  Tally tally_;
};

int run(int argc, char** argv) {
  const Options options(argc, argv, {{"random", "40"}, {"stride", "45"}, {"seed", "1"}, {"folder", ""}});
  const Scratch scratch(options.text("folder"));
  KillCampaign campaign(options, scratch);
  campaign.kill_at_random_instants(options.number("random"));
  if (options.number("stride") > 0) campaign.kill_at_calls(options.number("stride"));
  return campaign.conclude();
}

}  // namespace
}  // namespace assay::crash

int main(int argc, char** argv) { return assay::crash::run(argc, argv); }
