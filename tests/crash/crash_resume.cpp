// The real program, killed: a run that was killed at random instants and gone on with until it was done has
// to be the run that nobody interrupted, bit for bit.
//
//   crash_resume --config FILE [--points N] [--signal kill|term|both] [--seed N] [--folder DIR] [--assay
//   FILE]
//
// Everything under /metrics, /arrays and /config is compared, and all arrays of the final and best
// checkpoints.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <signal.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/text.h"
#include "tests/crash/campaign.h"

namespace assay::crash {
namespace {

constexpr int exit_stopped = 10;

/// runs/<name>/<id> of the only run.
std::string only_run(const std::string& runs_dir) {
  const std::vector<std::string> names = list_folder(runs_dir);
  if (names.size() != 1) throw std::runtime_error(runs_dir + " does not hold one name");
  const std::string named = join_path(runs_dir, names.front());
  const std::vector<std::string> ids = list_folder(named);
  if (ids.size() != 1) throw std::runtime_error(named + " does not hold one run");
  return join_path(named, ids.front());
}

/// An array's bytes, or the texts.
std::string bytes_of(const h5::Reader& file, const std::string& path) {
  try {
    const Array array = file.array(path);
    return {reinterpret_cast<const char*>(array.data()), array.bytes()};
  } catch (const Error&) {
  }
  try {
    return file.text(path);
  } catch (const Error&) {
    return join(file.texts(path), "\n");
  }
}

/// Data sets of two files below a group that are not equal, bit for bit.
std::vector<std::string> differences(const h5::Reader& a, const h5::Reader& b, const std::string& group) {
  std::vector<std::string> out;
  const std::vector<std::string> paths = a.datasets(group);
  if (paths != b.datasets(group)) out.push_back(group + " has other data sets");
  for (const std::string& path : paths) {
    const std::string whole = path.front() == '/' ? path.substr(1) : path;
    if (b.has(whole) && bytes_of(a, whole) != bytes_of(b, whole)) out.push_back(whole);
  }
  return out;
}

class ResumeCampaign {
 public:
  ResumeCampaign(const Options& options, const Scratch& scratch)
      : random_(static_cast<std::uint64_t>(options.number("seed"))),
        scratch_(scratch),
        assay_(options.text("assay").empty() ? beside_this_program("assay") : options.text("assay")),
        config_(options.text("config")),
        signals_(options.text("signal")) {}

  void run_uninterrupted() {
    const auto child = start("straight");
    wait_for_claim(*child, "straight", 0);
    const double begun_s = seconds_now();
    const Ended ended = child->wait(300);
    run_s_ = seconds_now() - begun_s;
    if (ended.code != 0) throw std::runtime_error("the uninterrupted run fails: " + ended.output);
    straight_ = only_run(scratch_ / "straight");
  }

  void interrupt(std::int64_t point) {
    const std::string name = "point";
    bool is_done = true;
    // A run that ended before it could be interrupted proves nothing.
    for (int tries = 0; is_done && tries < 20; ++tries) {
      std::filesystem::remove_all(scratch_ / name);
      is_done = interrupt_once(name, point);
    }
    const int n_more = static_cast<int>(random_() % 3);
    for (int i = 0; i < n_more && !is_done; ++i) is_done = interrupt_once(name, point);
    if (!is_done) {
      const Ended ended = start(name)->wait(300);
      if (ended.code != 0)
        return tally_.violation(
            text("point ", point, ": exit code ", ended.code, ", signal ", ended.signal, ": ", ended.output));
    }
    compare(point, only_run(scratch_ / name));
    ++tally_["points"];
  }

  int conclude() {
    std::printf("uninterrupted: %.2f s\n", run_s_);
    return tally_.conclude("crash_resume " + base_name(config_));
  }

 private:
  std::unique_ptr<Child> start(const std::string& runs) const {
    return std::make_unique<Child>(
        std::vector<std::string>{assay_, "run", config_, "--runs", scratch_ / runs, "--quiet"},
        std::map<std::string, std::string>{}, scratch_ / "output");
  }

  std::int64_t n_claims(const std::string& runs) const {
    std::int64_t n = 0;
    for (const std::string& name : list_folder(scratch_ / runs)) {
      for (const std::string& id : list_folder(join_path(scratch_ / runs, name))) {
        const std::vector<std::string> files = list_folder(join_path(join_path(scratch_ / runs, name), id));
        n += std::count_if(files.begin(), files.end(),
                           [](const std::string& file) { return file.starts_with("claim."); });
      }
    }
    return n;
  }

  /// Returns when there are more claims than `before`, or the run has ended.
  void wait_for_claim(Child& child, const std::string& runs, std::int64_t before) const {
    while (child.runs() && n_claims(runs) <= before) sleep_s(0.001);
  }

  /// True if the run ended by itself. One in five is interrupted while the program starts.
  bool interrupt_once(const std::string& runs, std::int64_t point) {
    const bool kills = signals_ == "kill" || (signals_ == "both" && random_() % 2 == 0);
    const std::int64_t before = n_claims(runs);
    const auto child = start(runs);
    if (random_() % 5 != 0) wait_for_claim(*child, runs, before);
    sleep_s(std::uniform_real_distribution<>(0, run_s_)(random_));
    child->send(kills ? SIGKILL : SIGTERM);
    const Ended ended = child->wait(300);
    if (ended.code == 0) return true;
    const bool was_stopped = !kills && (ended.code == exit_stopped || ended.signal == SIGTERM);
    if (!was_stopped && !(kills && ended.was_killed()))
      tally_.violation(
          text("point ", point, ": exit code ", ended.code, ", signal ", ended.signal, ": ", ended.output));
    ++tally_[kills                        ? "SIGKILLs"
             : ended.code == exit_stopped ? "SIGTERMs, stopped"
                                          : "SIGTERMs before the run began"];
    return false;
  }

  void compare(std::int64_t point, const std::string& folder) {
    const h5::Reader a = h5::Reader::open(join_path(straight_, "run.h5"));
    const h5::Reader b = h5::Reader::open(join_path(folder, "run.h5"));
    std::vector<std::string> found = differences(a, b, "metrics");
    for (const char* group : {"arrays", "config"}) {
      const std::vector<std::string> more = differences(a, b, group);
      found.insert(found.end(), more.begin(), more.end());
    }
    for (const char* kind : {"final", "best"}) {
      const std::string link = text("checkpoints/", kind);
      if (!a.has(link) && !b.has(link)) continue;
      if (!a.has(link) || !b.has(link)) {
        found.push_back(link);
        continue;
      }
      const h5::Reader state_a = h5::Reader::open(join_path(straight_, a.external_link(link).first));
      const h5::Reader state_b = h5::Reader::open(join_path(folder, b.external_link(link).first));
      for (const std::string& path : differences(state_a, state_b, "/")) found.push_back(link + ':' + path);
      ++tally_["checkpoints compared"];
    }
    tally_["series and texts compared"] +=
        static_cast<std::int64_t>(a.datasets("metrics").size() + a.datasets("config").size());
    if (!found.empty()) tally_.violation(text("point ", point, ": ", join(found, ", "), " differ"));
    compare_with_program(point, folder);
  }

  void compare_with_program(std::int64_t point, const std::string& folder) {
    Child diff({assay_, "diff", "--exact", straight_, folder}, {}, scratch_ / "output");
    const Ended ended = diff.wait();
    if (ended.code == 0)
      ++tally_["found identical by assay diff --exact"];
    else
      tally_.violation(
          text("point ", point, ": assay diff --exact: exit code ", ended.code, ": ", ended.output));
  }

  Random random_;
  const Scratch& scratch_;
  std::string assay_;
  std::string config_;
  std::string signals_;
  std::string straight_;
  double run_s_ = 0;  // of the uninterrupted run, from its claim on
  Tally tally_;
};

int run(int argc, char** argv) {
  const Options options(
      argc, argv,
      {{"config", ""}, {"points", "3"}, {"signal", "both"}, {"seed", "1"}, {"folder", ""}, {"assay", ""}});
  const Scratch scratch(options.text("folder"));
  ResumeCampaign campaign(options, scratch);
  campaign.run_uninterrupted();
  for (std::int64_t point = 1; point <= options.number("points"); ++point) campaign.interrupt(point);
  return campaign.conclude();
}

}  // namespace
}  // namespace assay::crash

int main(int argc, char** argv) { return assay::crash::run(argc, argv); }
