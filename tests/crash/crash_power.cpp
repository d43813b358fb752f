// Cuts the power of a run: records its calls, replays them to any point, lets the simulated disk (disk.h)
// leave what it may, and has the store recover. Everything below the durable watermark, and every checkpoint
// that was settled, must be there.
//
//   crash_power [--states N] [--rounds N] [--damage N] [--mutants N] [--only TEXT] [--seed N]
//
// --states: how many states in all, over several recordings a round: one attempt, attempts that were killed
// and went on, a sync that failed. --mutants N: then each sync, rename and link is taken away in turn, as if
// the store did not make it, and each checksum, with up to N states each: some state must show it. The table
// says after how many.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <cxxabi.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/h5.h"
#include "tests/crash/campaign.h"
#include "tests/crash/go_on.h"
#include "tests/crash/recording.h"

namespace assay::crash {
namespace {

/// "Journal::sync+52": a caller as people know it; the offset tells two calls in one function apart.
std::string readable(const std::string& frame) {
  const std::size_t plus = frame.rfind('+');
  int status = 0;
  char* whole = abi::__cxa_demangle(frame.substr(0, plus).c_str(), nullptr, nullptr, &status);
  std::string name = status == 0 ? whole : frame.substr(0, plus);
  std::free(whole);
  name = name.substr(0, name.find('('));
  for (const std::string prefix : {"assay::", "store::"}) {
    for (std::size_t at = 0; (at = name.find(prefix)) != std::string::npos;) name.erase(at, prefix.size());
  }
  return name + frame.substr(plus);
}

std::string callers(const RecordedOp& op, std::size_t most) {
  std::istringstream frames(op.site);
  std::string out;
  std::size_t n = 0;
  for (std::string frame; n < most && frames >> frame; ++n) out += (n == 0 ? "" : " < ") + readable(frame);
  return out;
}

/// What an operation is for: "fsync run.h#.tmp". Mutations take all of one class. Syncs of folders and of
/// journals serve several purposes, which their callers tell apart.
std::string class_of(const RecordedOp& op) {
  static const std::regex aside("\\.([^/]*)\\.[^./]+\\.[0-9]+\\.[0-9]+\\.tmp$");
  static const std::regex number("[0-9]+");
  static const std::regex run("^crash/c4a54c4a54/?");
  std::string kind = to_string(op.header.op);
  if (op.header.op == Op::sync_begin)
    kind = op.header.is_folder ? "sync of folder" : op.header.is_data ? "fdatasync" : "fsync";
  std::string path = std::regex_replace(op.path, run, "");
  path = std::regex_replace(std::regex_replace(path, aside, "$1.tmp"), number, "#");
  if (path.empty()) path = op.path.empty() ? "(runs)" : "(run)";
  const bool has_purposes = op.header.op == Op::sync_begin && (op.header.is_folder || op.header.is_data);
  return kind + ' ' + path + (has_purposes ? " by " + callers(op, 4) : "");
}

constexpr std::string_view every = "every ";

/// "every sync of folder a.#": whoever makes it.
std::string group_of(const std::string& name) {
  const std::size_t by = name.find(" by ");
  return by == std::string::npos ? "" : std::string(every) + name.substr(0, by);
}

bool is_of(const RecordedOp& op, const std::string& name) {
  const std::string own = class_of(op);
  return own == name || group_of(own) == name;
}

bool is_protocol(const RecordedOp& op) {
  return op.header.op == Op::sync_begin || op.header.op == Op::rename || op.header.op == Op::link;
}

struct Recording {
  std::string name;
  std::vector<RecordedOp> ops;
  std::vector<std::size_t> places;  // where operations were taken out
};

bool is_sync(const RecordedOp& op) {
  return op.header.op == Op::sync_begin || op.header.op == Op::sync_end || op.header.op == Op::sync_failed;
}

/// Nothing happens, but time passes, and what was acknowledged by then stays so.
void make_nothing(RecordedOp& op) {
  op.header.op = Op::sync_failed;
  op.header.sync = 0;
}

bool is_nothing(const RecordedOp& op) { return op.header.op == Op::sync_failed && op.header.sync == 0; }

/// A recording as it had been, had the store not made the operations of one class. Without a rename or link
/// the file is written at its place from the start.
Recording without(const Recording& recording, const std::string& gone) {
  std::map<std::string, std::string> in_place;
  for (const RecordedOp& op : recording.ops) {
    if (is_protocol(op) && !is_sync(op) && is_of(op, gone)) in_place[op.path] = op.second;
  }
  Recording out{recording.name, {}, {}};
  std::set<std::uint64_t> syncs;  // taken out, and not ended: each process counts its syncs from 1
  std::set<std::string> made;
  for (RecordedOp op : recording.ops) {
    const auto moved = in_place.find(op.path);
    const bool is_moved = moved != in_place.end();
    bool is_gone =
        is_moved && (op.header.op == Op::rename || op.header.op == Op::link || op.header.op == Op::unlink);
    if (op.header.op == Op::sync_begin) {
      is_gone = is_of(op, gone);
      is_gone ? (void)syncs.insert(op.header.sync) : (void)syncs.erase(op.header.sync);
    } else if (is_sync(op)) {
      is_gone = syncs.erase(op.header.sync) > 0;
    }
    if (is_gone || is_moved) out.places.push_back(out.ops.size());
    if (is_gone) {
      make_nothing(op);
    } else if (is_moved) {
      op.path = moved->second;
      if (op.header.op == Op::create && !made.insert(op.path).second) op.header.op = Op::resize;
    }
    out.ops.push_back(std::move(op));
  }
  return out;
}

/// Walks through a recording: the disk, and what had been acknowledged by then.
class Replay {
 public:
  explicit Replay(const std::vector<RecordedOp>& ops, const Tree& before = {}, const AckPage& acks = {})
      : ops_(ops), disk_(before), acks_(std::make_unique<AckPage>(acks)) {}

  std::size_t size() const { return ops_.size(); }
  /// Up to just before the operation `at`, which may not go back.
  void go_to(std::size_t at) {
    for (; at_ < at; ++at_) {
      note_acks(ops_[at_]);
      if (is_nothing(ops_[at_])) continue;
      disk_.apply(ops_[at_]);
    }
    if (at_ < ops_.size()) note_acks(ops_[at_]);
  }
  const Disk& disk() const { return disk_; }
  const AckPage& acks() const { return *acks_; }

 private:
  void note_acks(const RecordedOp& op) {
    if (op.header.attempt <= 0) return;
    acks_->attempt = op.header.attempt;
    acks_->attempts[op.header.attempt] = op.header.acks;
  }

  const std::vector<RecordedOp>& ops_;
  Disk disk_;
  std::unique_ptr<AckPage> acks_;
  std::size_t at_ = 0;
};

void write_whole(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0) return;
    at += static_cast<std::size_t>(n);
  }
}

std::string read_whole(int fd) {
  std::string out;
  std::array<char, 65536> part{};
  for (ssize_t n = 0; (n = ::read(fd, part.data(), part.size())) > 0;)
    out.append(part.data(), static_cast<std::size_t>(n));
  return out;
}

std::string to_message(const Report& report) {
  std::string out = std::to_string(report.rows) + ' ' + std::to_string(report.checkpoints) + ' ' +
                    std::to_string(report.files) + '\n';
  for (const std::string& violation : report.violations) out += violation + '\0';
  return out;
}

Report from_message(const std::string& message) {
  Report report;
  std::sscanf(message.c_str(), "%ld %ld %ld", &report.rows, &report.checkpoints, &report.files);
  for (std::size_t at = message.find('\n') + 1; at < message.size(); at = message.find('\0', at) + 1)
    report.add(message.substr(at, message.find('\0', at) - at));
  return report;
}

/// A recovery in a process of its own, as it may crash or hang. to_the_end: and all that comes behind it.
Report recover_in_child(const GoOn& options, const AckPage& acks, bool to_the_end) {
  constexpr unsigned longest_s = 240;
  int pipes[2];
  if (::pipe(pipes) != 0) throw std::runtime_error("cannot make a pipe");
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::alarm(longest_s);
    Report report;
    auto page = std::make_unique<AckPage>(acks);
    const auto leave = [&] {
      write_whole(pipes[1], to_message(report));
      ::_exit(0);
    };
    try {
      to_the_end ? go_on(options, *page, report) : recover(options, *page, report, leave);
    } catch (const std::exception& error) {
      report.add(std::string("recovery fails: ") + error.what());
    }
    leave();
  }
  ::close(pipes[1]);
  Report report = from_message(read_whole(pipes[0]));
  ::close(pipes[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) report.add("recovery ends with signal " + std::to_string(WTERMSIG(status)));
  return report;
}

constexpr std::int64_t n_recordings = 6;  // a round

class PowerCampaign {
 public:
  PowerCampaign(std::uint64_t seed, const Scratch& scratch)
      : random_(seed),
        scratch_(scratch),
        writer_(scratch, workload(seed)),
        state_folder_(scratch / "state") {}

  void record() {
    recordings_.clear();
    record("one attempt", {}, 0);
    record("killed once", {}, 1);
    record("killed twice", {}, 2);
    record_stop();
    record("published always", {}, 1, {"--publish-always", "--sync-ms", "250"});
    record("a sync fails", {{"CRASH_FAIL", "broken_sync:" + std::to_string(14 + random_() % 40) + ":once"}},
           1);
  }

  /// Cuts the power in n states of each recording.
  void cut(std::int64_t n_states) {
    for (const Recording& recording : recordings_) {
      cut(Replay(recording.ops), n_states, [&](std::size_t at, const Report& report) {
        tally_.add(report, recording.name + ", cut before operation " + std::to_string(at));
        ++tally_["states"];
        return true;
      });
    }
  }

  /// Cuts the power, lets a recovery and what comes behind it begin, and cuts the power again: n_first times
  /// n_second states of each recording.
  void cut_twice(std::int64_t n_first, std::int64_t n_second);

  /// One bit turned in a journal or a checkpoint, n times in each recording: what was stored may be gone
  /// then, but nothing else may be shown in its place.
  void damage(std::int64_t n_states);

  /// Each sync, rename and link taken away in turn, of the classes whose name holds `only`: some of n states
  /// must show it, unless it is in `redundant`.
  void mutate(std::int64_t n_states, const std::string& only,
              const std::map<std::string, std::string>& redundant);

  struct Verdict {
    std::string by;  // what showed it; empty if nothing did
    std::int64_t states = 0;
  };
  /// The classes of operations that are there, and how many there are of each.
  std::map<std::string, std::int64_t> classes(const std::string& only) const;
  Verdict verdict_without(const std::string& gone, std::int64_t n_states);

  /// A check taken away by a library that is preloaded: the same campaign must then fail.
  void blind(const std::string& check, std::int64_t n_states);

  int conclude() const { return tally_.conclude("crash_power"); }

 private:
  static Workload workload(std::uint64_t seed) {
    Workload workload;
    workload.seed = seed;
    workload.steps = 120;
    return workload;
  }

  void record(const std::string& name, std::map<std::string, std::string> shim, int n_kills,
              const std::vector<std::string>& words = {"--sync-ms", "4", "--pace-us", "300"}) {
    writer_.start_over();
    writer_.more = words;
    const std::string file = scratch_ / "recording";
    std::remove(file.c_str());
    shim["CRASH_RECORD"] = file;
    shim["CRASH_SYNC_US"] = "1500";
    for (int i = 0; i < n_kills; ++i) {
      auto killed = shim;
      killed["CRASH_KILL"] =
          "before:" + std::to_string(writer_.page().calls + 60 + static_cast<std::int64_t>(random_() % 150));
      writer_.run(killed);
      shim.erase("CRASH_FAIL");
    }
    const Ended ended = writer_.run(shim);
    if (ended.code != 0) tally_.violation(name + ": " + ended.output);
    recordings_.push_back({name, read_recording(file), {}});
    check_whole(recordings_.back());
  }

  /// Stopped, as by a signal, and gone on with.
  void record_stop() {
    writer_.start_over();
    const std::string file = scratch_ / "recording";
    std::remove(file.c_str());
    const std::map<std::string, std::string> shim{{"CRASH_RECORD", file}, {"CRASH_SYNC_US", "1500"}};
    for (const char* steps : {"37", "30", "-1"}) {
      writer_.more = {"--sync-ms", "4", "--pace-us", "300", "--stop-after", steps};
      const Ended ended = writer_.run(shim);
      if (ended.code != 0) tally_.violation("stopped: " + ended.output);
    }
    recordings_.push_back({"stopped twice", read_recording(file), {}});
    check_whole(recordings_.back());
  }

  /// Nothing escaped the shim: the replay of all of it is the folder that is there.
  void check_whole(const Recording& recording) {
    Replay replay(recording.ops);
    replay.go_to(recording.ops.size());
    for (const std::string& path : differences(replay.disk().now(), read_tree(writer_.runs_dir())))
      tally_.violation(recording.name + ": the recording lacks a change of " + path);
    tally_["operations recorded"] += static_cast<std::int64_t>(recording.ops.size());
  }

  using Judge = std::function<bool(std::size_t, const Report&)>;

  /// places: most states are taken near them, if there are any.
  void cut(Replay replay, std::int64_t n_states, const Judge& judge,
           const std::vector<std::size_t>& places = {}) {
    std::vector<std::size_t> points;
    for (std::int64_t i = 0; i < n_states; ++i) points.push_back(cut_point(replay.size(), places));
    std::sort(points.begin(), points.end());
    for (const std::size_t at : points) {
      replay.go_to(at);
      const bool is_mutant = !places.empty();
      const After after = is_mutant && random_() % 3 == 0 ? After::kill : After::power_cut;
      if (!judge(at, recover_from(replay, after))) return;
    }
  }

  /// Half of them close behind a place, a quarter anywhere behind one, a quarter anywhere.
  std::size_t cut_point(std::size_t size, const std::vector<std::size_t>& places) {
    const auto between = [&](std::size_t first, std::size_t last) {
      return std::uniform_int_distribution<std::size_t>(first, last)(random_);
    };
    if (places.empty() || random_() % 4 == 0) return between(1, size);
    const std::size_t place = places[random_() % places.size()] + 1;
    return random_() % 3 == 0 ? between(std::min(place, size), size) : std::min(size, place + random_() % 24);
  }

  /// After a kill the disk is as processes saw it.
  Report recover_from(const Replay& replay, After after) {
    const Disk& disk = replay.disk();
    return recover_from(after == After::kill ? disk.now() : disk.after_power_cut(random_), replay.acks(),
                        after);
  }

  Report recover_from(const Tree& tree, const AckPage& acks, After after) {
    put_state(tree, state_folder_);
    GoOn options;
    options.workload = writer_.workload();
    options.runs_dir = state_folder_;
    options.after = after;
    return recover_in_child(options, acks, random_() % 8 == 0);
  }

  /// Recordings that have operations of a class.
  std::int64_t n_with(const std::string& gone) const {
    return std::count_if(recordings_.begin(), recordings_.end(), [&](const Recording& recording) {
      return std::any_of(recording.ops.begin(), recording.ops.end(),
                         [&](const RecordedOp& op) { return is_protocol(op) && is_of(op, gone); });
    });
  }

  static void put_state(const Tree& tree, const std::string& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    write_tree(tree, folder);
  }

  Random random_;
  const Scratch& scratch_;
  Writer writer_;
  std::string state_folder_;
  std::vector<Recording> recordings_;
  Tally tally_;
};

void PowerCampaign::cut_twice(std::int64_t n_first, std::int64_t n_second) {
  const std::string file = scratch_ / "recording";
  for (const Recording& recording : recordings_) {
    Replay first(recording.ops);
    for (std::int64_t i = 1; i <= n_first; ++i) {
      first.go_to(recording.ops.size() * static_cast<std::size_t>(i) / static_cast<std::size_t>(n_first + 1));
      const Tree left = first.disk().after_power_cut(random_);
      writer_.start_over();
      put_state(left, writer_.runs_dir());
      writer_.page() = first.acks();
      std::remove(file.c_str());
      writer_.more = {"--power-cut", "--stop-after", "25", "--sync-ms", "4", "--pace-us", "300"};
      const Ended ended = writer_.run({{"CRASH_RECORD", file}, {"CRASH_SYNC_US", "1000"}});
      writer_.more.clear();
      if (ended.code != 0) tally_.violation(recording.name + ", after a power cut: " + ended.output);
      const std::vector<RecordedOp> ops = read_recording(file);
      if (ops.empty()) continue;  // it had finished
      cut(Replay(ops, left, first.acks()), n_second, [&](std::size_t at, const Report& report) {
        tally_.add(report, recording.name + ", cut again before operation " + std::to_string(at));
        ++tally_["states after two cuts"];
        return true;
      });
    }
  }
}

bool is_of_value(const std::string& path) {
  return path.find("/journal.") != std::string::npos || path.ends_with(".h5");
}

void turn_a_bit(Tree& tree, Random& random) {
  std::vector<std::string*> contents;
  for (auto& [path, bytes] : tree) {
    if (path.find("/a.") != std::string::npos && is_of_value(path) && !bytes.empty())
      contents.push_back(&bytes);
  }
  if (contents.empty()) return;
  std::string& bytes = *contents[random() % contents.size()];
  char& byte = bytes[random() % bytes.size()];
  byte = static_cast<char>(byte ^ (1U << random() % 8));
}

void PowerCampaign::damage(std::int64_t n_states) {
  const auto is_wrong = [](const std::string& violation) {
    return violation.find(" is wrong") != std::string::npos ||
           violation.find("differs in") != std::string::npos ||
           violation.find("signal") != std::string::npos || violation.find("twice") != std::string::npos;
  };
  for (const Recording& recording : recordings_) {
    Replay replay(recording.ops);
    for (std::int64_t i = 1; i <= n_states; ++i) {
      replay.go_to(recording.ops.size() * static_cast<std::size_t>(i) / static_cast<std::size_t>(n_states));
      Tree tree = replay.disk().now();
      turn_a_bit(tree, random_);
      Report report = recover_from(tree, replay.acks(), After::kill);
      std::erase_if(report.violations, [&](const std::string& violation) { return !is_wrong(violation); });
      tally_.add(report, recording.name + ", one bit turned before operation " + std::to_string(i));
      ++tally_["states with a bit turned"];
    }
  }
}

std::map<std::string, std::int64_t> PowerCampaign::classes(const std::string& only) const {
  std::map<std::string, std::int64_t> out;
  for (const Recording& recording : recordings_) {
    for (const RecordedOp& op : recording.ops) {
      if (!is_protocol(op)) continue;
      const std::string own = class_of(op);
      for (const std::string& name : {own, group_of(own)}) {
        if (!name.empty() && name.find(only) != std::string::npos) ++out[name];
      }
    }
  }
  return out;
}

PowerCampaign::Verdict PowerCampaign::verdict_without(const std::string& gone, std::int64_t n_states) {
  Verdict verdict;
  for (const Recording& recording : recordings_) {
    const Recording mutant = without(recording, gone);
    if (mutant.places.empty() || !verdict.by.empty()) continue;
    const auto judge = [&](std::size_t, const Report& report) {
      ++verdict.states;
      if (!report.violations.empty()) verdict.by = report.violations.front();
      return verdict.by.empty();
    };
    cut(Replay(mutant.ops), n_states / n_with(gone), judge, mutant.places);
  }
  return verdict;
}

void PowerCampaign::mutate(std::int64_t n_states, const std::string& only,
                           const std::map<std::string, std::string>& redundant) {
  std::set<std::string> caught;
  std::printf("%-100s %7s %9s  %s\n", "without", "calls", "caught at", "by");
  for (const auto& [gone, calls] : classes(only)) {  // "every ..." come first
    const Verdict verdict = verdict_without(gone, n_states);
    const auto why = redundant.find(gone);
    const bool is_caught = !verdict.by.empty();
    const bool is_covered = caught.contains(group_of(gone));
    std::string note = verdict.by.substr(0, 100);
    if (!is_caught) note = "NOT CAUGHT";
    if (!is_caught && is_covered) note = "(covered by another of the same)";
    if (!is_caught && why != redundant.end()) note = "(" + why->second + ')';
    std::printf("%-100s %7ld %9ld  %s\n", gone.c_str(), calls, verdict.states, note.c_str());
    std::fflush(stdout);
    if (is_caught) caught.insert(gone);
    ++tally_[is_caught ? "mutants caught" : is_covered ? "mutants covered by others" : "mutants not caught"];
    if (!is_caught && !is_covered && why == redundant.end())
      tally_.violation("nothing fails without " + gone);
  }
}

void PowerCampaign::blind(const std::string& check, std::int64_t n_states) {
  Child child({beside_this_program("crash_power"), "--states", "0", "--damage", std::to_string(n_states),
               "--seed", std::to_string(random_() % 1000)},
              {{"LD_PRELOAD", beside_this_program("lib/libcrash_blind_" + check + ".so")}},
              scratch_ / "blind");
  const Ended ended = child.wait(600);
  const bool is_caught = ended.code == 1;
  const std::size_t first = ended.output.find("VIOLATION");
  std::printf("%-100s %7s %9lld  %s\n", ("the check of every " + check).c_str(), "",
              static_cast<long long>(n_states),
              is_caught ? ended.output.substr(first + 10, 100).c_str() : "NOT CAUGHT");
  ++tally_["mutants caught"];
  if (!is_caught) tally_.violation("nothing fails without the check of every " + check + ": " + ended.output);
}

/// Calls that no single fault makes necessary, and why they are there (docs/design/crash-tests.md).
std::map<std::string, std::string> not_needed() {
  return {
      {"rename a.#/ckpt/step-#.h#.tmp", "a checkpoint counts by its commit record and digest"},
      {"link released.#", "result.json is a further name, which readers add"},
      {"rename a.#/journal.#.tmp", "a part counts from its first record on, and is one write"},
  };
}

int run(int argc, char** argv) {
  const Options options(
      argc, argv,
      {{"states", "120"}, {"damage", "30"}, {"mutants", "0"}, {"only", ""}, {"rounds", "1"}, {"seed", "1"}});
  const Scratch scratch;
  h5::Reader::of_bytes(h5::Writer().finish(),
                       "");  // what HDF5 does at its first call is inherited by all children
  PowerCampaign campaign(static_cast<std::uint64_t>(options.number("seed")), scratch);
  const std::int64_t rounds = options.number("rounds");
  for (std::int64_t round = 0; round < rounds; ++round) {
    campaign.record();
    campaign.cut(options.number("states") / rounds / n_recordings);
    if (options.number("states") > 0)
      campaign.cut_twice(options.number("states") / rounds / n_recordings / 50 + 1, 10);
    campaign.damage(options.number("damage") / rounds / n_recordings);
  }
  const std::int64_t n_mutants = options.number("mutants");
  if (n_mutants > 0) {
    campaign.mutate(n_mutants, options.text("only"), not_needed());
    for (const std::string check : {"crc", "digest"}) {
      if (check.find(options.text("only")) != std::string::npos) campaign.blind(check, n_mutants);
    }
  }
  return campaign.conclude();
}

}  // namespace
}  // namespace assay::crash

int main(int argc, char** argv) { return assay::crash::run(argc, argv); }
