// Lets every call of the protocol fail: disk full, input/output error, no descriptor left, read-only file
// system, half a write; once, and from then on. The process must not crash, must say what happened, must have
// lost nothing that it acknowledged, and the next attempt must go on.
//
//   crash_faults [--stride N] [--seed N] [--verbose 1]
//
// --stride 1: at every call; 5: at every fifth. --verbose 1 prints each error text once.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <string>

#include "tests/crash/campaign.h"

namespace assay::crash {
namespace {

constexpr std::array<const char*, n_faults> fault_names{"full",      "broken",      "no_descriptors",
                                                        "read_only", "short_write", "broken_sync"};
constexpr int exit_store = 5;
constexpr int exit_data = 4;

class FaultCampaign {
 public:
  FaultCampaign(const Options& options, const Scratch& scratch)
      : random_(static_cast<std::uint64_t>(options.number("seed"))),
        is_verbose_(options.number("verbose") != 0),
        writer_(scratch, workload()) {}

  /// In a first attempt, or in one that goes on.
  void fail_every_call(std::int64_t stride, bool goes_on) {
    begin(goes_on);
    expect_done(writer_.run({{"CRASH_SYNC_US", "0"}}), "without a fault");
    std::array<std::int64_t, n_faults> n_calls{};
    for (int f = 0; f < n_faults; ++f) n_calls[static_cast<std::size_t>(f)] = writer_.page().can_fail[f];
    for (std::size_t f = 0; f < n_faults; ++f) {
      const std::int64_t first =
          1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(stride));
      for (std::int64_t call = first; call <= n_calls[f]; call += stride) {
        for (const char* lasts : {"once", "on"}) fail(fault_names[f], call, lasts, goes_on);
      }
    }
  }

  /// A sync of the journal fails, then a sync of what is made because of it; and the process is killed
  /// behind.
  void fail_syncs_and_kill(std::int64_t stride) {
    begin(false);
    expect_done(writer_.run({{"CRASH_SYNC_US", "0"}}), "without a fault");
    const std::int64_t n_syncs = writer_.page().can_fail[static_cast<int>(Fault::broken_sync)];
    const std::int64_t n_calls = writer_.page().calls;
    for (std::int64_t sync = 1; sync <= n_syncs; sync += stride) {
      for (const std::int64_t next : {1, 2}) fail_and_kill(sync, sync + next, n_calls);
    }
  }

  int conclude() const { return tally_.conclude("crash_faults"); }

 private:
  static Workload workload() {
    Workload workload;
    workload.steps = 60;
    return workload;
  }

  void begin(bool goes_on) {
    writer_.start_over();
    if (!goes_on) return;
    writer_.more = {"--stop-after", "33"};
    const Ended stopped = writer_.run();
    writer_.more.clear();
    expect_done(stopped, "the attempt before");
  }

  void fail(const std::string& fault, std::int64_t call, const std::string& lasts, bool goes_on) {
    begin(goes_on);
    const std::string spec = fault + ':' + std::to_string(call) + ':' + lasts;
    const std::string what = spec + (goes_on ? " while going on" : "");
    const std::int64_t before = writer_.page().attempt;
    const Ended ended = writer_.run({{"CRASH_FAIL", spec}});
    ++tally_["faults"];
    judge(ended, what, writer_.page().attempt != before);
    Report report;
    audit_as_found(writer_.workload(), run_folder(writer_.workload(), writer_.runs_dir()), report);
    tally_.add(report, what);
    expect_done(writer_.run(), what + ", then the next attempt");
  }

  void fail_and_kill(std::int64_t first, std::int64_t second, std::int64_t n_calls) {
    begin(false);
    const auto at = [](std::int64_t sync) { return "broken_sync:" + std::to_string(sync) + ":once"; };
    const std::string spec = at(first) + ',' + at(second);
    const auto kill = 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n_calls));
    const std::string what = spec + ", killed before call " + std::to_string(kill);
    writer_.more = {"--sync-ms", "2", "--pace-us", "200"};
    const Ended ended = writer_.run({{"CRASH_FAIL", spec}, {"CRASH_KILL", "before:" + std::to_string(kill)}});
    writer_.more.clear();
    ++tally_["faults of two syncs"];
    tally_[ended.was_killed() ? "kills behind them" : "ends behind them"] += 1;
    tally_.add(ended, what);
    expect_done(writer_.run(), what + ", then the next attempt");
  }

  void judge(const Ended& ended, const std::string& what, bool has_begun) {
    tally_.add(ended, what);
    if (ended.code == 0) {
      ++tally_["survived without a word to the caller"];
      return;
    }
    if (ended.code != exit_store && ended.code != exit_data) {
      tally_.violation(what + ": exit code " + std::to_string(ended.code) + ", signal " +
                       std::to_string(ended.signal) + ": " + ended.output);
      return;
    }
    ++tally_["errors"];
    const std::string text = ended.output.substr(0, ended.output.rfind('\n', ended.output.size() - 2) + 1);
    if (text.find("error: ") == std::string::npos) tally_.violation(what + ": an error without a text");
    if (has_begun && !says_what_is_safe(text))
      tally_.violation(what + ": an error that does not say what is safe: " + text);
    if (is_verbose_ && texts_.insert(without_numbers(text)).second)
      std::printf("%s:\n%s", what.c_str(), text.c_str());
  }

  static bool says_what_is_safe(const std::string& text) {
    return text.find("is in the journal") != std::string::npos ||
           text.find("is on the disk") != std::string::npos ||
           text.find("is as it was") != std::string::npos ||
           text.find("no row was logged") != std::string::npos;
  }

  static std::string without_numbers(std::string text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    text.erase(std::remove_if(text.begin(), text.end(), is_digit), text.end());
    const std::size_t folder = text.find("/crash-");
    return folder == std::string::npos ? text : text.erase(folder, 13);
  }

  void expect_done(const Ended& ended, const std::string& what) {
    tally_.add(ended, what);
    if (ended.code == 0) return;
    tally_.violation(what + ": exit code " + std::to_string(ended.code) + ", signal " +
                     std::to_string(ended.signal) + ": " + ended.output);
  }

  Random random_;
  bool is_verbose_;
  std::set<std::string> texts_;
  Writer writer_;
  Tally tally_;
};

int run(int argc, char** argv) {
  const Options options(argc, argv, {{"stride", "97"}, {"seed", "1"}, {"verbose", "0"}});
  const Scratch scratch;
  FaultCampaign campaign(options, scratch);
  for (const bool goes_on : {false, true}) campaign.fail_every_call(options.number("stride"), goes_on);
  campaign.fail_syncs_and_kill(options.number("stride") / 4 + 1);
  return campaign.conclude();
}

}  // namespace
}  // namespace assay::crash

int main(int argc, char** argv) { return assay::crash::run(argc, argv); }
