// Two processes at one run.
//
//   crash_fence [--rounds N] [--contests N] [--seed N]
//
// --rounds: a process, on another machine by all that can be seen, is stopped (SIGSTOP) in the middle of a
// run for longer than its claim lasts; a second one takes the run over; then the first is continued, while
// the second works or after it has finished. It must exit with 75 and leave every file of the other as it is.
// --contests: eight processes want the same run at once; one gets it, the others say so.
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <signal.h>

#include "tests/crash/campaign.h"

namespace assay::crash {
namespace {

constexpr int exit_fenced = 75;
constexpr int exit_store = 5;

class FenceCampaign {
 public:
  FenceCampaign(const Options& options, const Scratch& scratch)
      : random_(static_cast<std::uint64_t>(options.number("seed"))), scratch_(scratch), writer_(scratch, {}) {
    std::ofstream(scratch / "boot_id") << "00000000-1111-2222-3333-444444444444\n";
  }

  void take_over(bool continues_late) {
    writer_.start_over();
    writer_.more = {"--pace-us", "3000", "--beat-ms", "40"};
    const auto first = writer_.start({{"CRASH_HOST", "elsewhere"}, {"CRASH_BOOT_ID", scratch_ / "boot_id"}});
    while (first->runs() && acked(writer_.page().attempts[1].rows) == 0) sleep_s(0.001);
    sleep_s(std::uniform_real_distribution<>(0, 0.3)(random_));
    first->send(SIGSTOP);
    writer_.part_from_running();  // what it logs until it notices that it was overtaken is void
    if (!first->runs()) return tally_.violation("the first attempt ended too early: " + first->wait().output);
    const auto second = start_second();
    if (continues_late)
      expect_done(second->wait());
    else
      wait_for_takeover(*second);
    const Tree before = owned(read_tree(writer_.runs_dir()));
    first->send(SIGCONT);
    const Ended fenced = first->wait();
    if (fenced.code != exit_fenced)
      tally_.violation("the first attempt was not fenced: exit code " + std::to_string(fenced.code) +
                       ", signal " + std::to_string(fenced.signal) + ": " + fenced.output);
    if (!continues_late) expect_done(second->wait());
    if (continues_late) compare(before);
    writer_.more.clear();
    tally_.add(writer_.run(), "after the takeover");
    ++tally_[continues_late ? "takeovers, continued after the end"
                            : "takeovers, continued while the other works"];
  }

  void contest() {
    writer_.start_over();
    writer_.more = {"--pace-us", "200"};
    std::vector<std::unique_ptr<Child>> children;
    for (int i = 0; i < 8; ++i) children.push_back(writer_.start({}, "output." + std::to_string(i)));
    int n_done = 0;
    for (const auto& child : children) {
      const Ended ended = child->wait();
      n_done += ended.code == 0;
      if (ended.code != 0 && ended.code != exit_store)
        tally_.violation("contest: exit code " + std::to_string(ended.code) + ": " + ended.output);
    }
    ++tally_["contests of eight"];
    if (n_done == 0) tally_.violation("contest: nobody got the run");
    if (writer_.page().attempts[2].begun)
      tally_.violation("contest: two attempts at a run that nobody interrupted");
    writer_.more.clear();
    tally_.add(writer_.run(), "after the contest");
  }

  int conclude() const { return tally_.conclude("crash_fence"); }

 private:
  std::unique_ptr<Child> start_second() {
    writer_.more = {"--pace-us", "1000", "--beat-ms", "40"};
    return writer_.start({}, "output.second");
  }

  void wait_for_takeover(Child& second) {
    while (second.runs() && !acked(writer_.page().attempts[2].begun)) sleep_s(0.001);
    sleep_s(0.01);
  }

  void expect_done(const Ended& ended) {
    tally_.add(ended, "the second attempt");
    if (ended.code != 0)
      tally_.violation("the second attempt: exit code " + std::to_string(ended.code) + ": " + ended.output);
  }

  /// All but what the first attempt wrote for itself.
  static Tree owned(Tree tree) {
    std::erase_if(tree, [](const auto& entry) { return entry.first.find("/a.1/") != std::string::npos; });
    return tree;
  }

  void compare(const Tree& before) {
    for (const std::string& path : differences(before, owned(read_tree(writer_.runs_dir()))))
      tally_.violation("the fenced process changed " + path);
  }

  Random random_;
  const Scratch& scratch_;
  Writer writer_;
  Tally tally_;
};

int run(int argc, char** argv) {
  const Options options(argc, argv, {{"rounds", "2"}, {"contests", "5"}, {"seed", "1"}});
  const Scratch scratch;
  FenceCampaign campaign(options, scratch);
  for (std::int64_t i = 0; i < options.number("rounds"); ++i) campaign.take_over(i % 2 == 0);
  for (std::int64_t i = 0; i < options.number("contests"); ++i) campaign.contest();
  return campaign.conclude();
}

}  // namespace
}  // namespace assay::crash

int main(int argc, char** argv) { return assay::crash::run(argc, argv); }
