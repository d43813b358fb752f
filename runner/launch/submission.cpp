#include "runner/launch/submission.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/claim.h"
#include "runner/store/json_at.h"

namespace assay::launch {
namespace {

constexpr std::size_t name_digits = 6;
/// A queue that was busy may show later what it accepts.
constexpr int looks_for_a_lost_answer = 4;
constexpr std::chrono::milliseconds between_looks(1000);

/// Text that no other submission has: who asks, and when.
std::string unique_digits(const std::string& path) {
  const std::int64_t now = system_clock().wall_ns();
  const Json self = store::to_json(store::claim_of_this_process(0, now));
  return sha256_hex(text(path, to_text(self))).substr(0, name_digits);
}

Json to_json(const Submission& submission) {
  return Json(Json::Map{{"format", "assay.submission"},
                        {"format_version", 1},
                        {"name", submission.name},
                        {"launcher", submission.launcher},
                        {"jobs", submission.n_jobs},
                        {"time", iso_time(submission.wall_ns)}});
}

}  // namespace

Submissions::Submissions(std::string folder) : folder_(join_path(folder, "jobs")) {}

std::string Submissions::path(int number) const { return join_path(folder_, text(number, ".json")); }
std::string Submissions::ids_path(int number) const { return join_path(folder_, text(number, ".ids.json")); }

std::vector<Submission> Submissions::list() const {
  std::vector<Submission> all;
  for (int number = 1; exists(path(number)); ++number) {
    const Json json = parse_json(read_file(path(number)), path(number));
    Submission one;
    one.number = number;
    one.name = store::text_at(json, "name");
    if (const Json* launcher = json.find("launcher")) one.launcher = *launcher;
    one.n_jobs = store::integer_at(json, "jobs");
    if (const auto bytes = find_file(ids_path(number))) {
      const Json ids = parse_json(*bytes, ids_path(number));
      one.jobs = LaunchedJobs{store::text_at(ids, "work"), store::text_at(ids, "report")};
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<std::string> Submissions::names() const {
  std::vector<std::string> names;
  for (const Submission& one : list()) names.push_back(one.name);
  return names;
}

void Submissions::settle(const Cluster& cluster) const {
  for (Submission& one : list()) {
    if (one.jobs) continue;
    one.jobs = cluster.find(one.name).value_or(LaunchedJobs{});
    publish_ids(one);
  }
}

Submission Submissions::publish(Submission submission, const std::string& base) const {
  make_folders(folder_);
  submission.wall_ns = system_clock().wall_ns();
  for (submission.number = 1;; ++submission.number) {
    if (exists(path(submission.number))) continue;
    submission.name = text(base, '-', unique_digits(path(submission.number)));
    if (publish_once(path(submission.number), to_text(to_json(submission), 1) + '\n')) return submission;
  }
}

void Submissions::publish_ids(const Submission& submission) const {
  const Json ids(Json::Map{{"work", submission.jobs->work}, {"report", submission.jobs->report}});
  publish_once(ids_path(submission.number), to_text(ids) + '\n');
}

Submission Submissions::submit(const Cluster& cluster, Json launcher, LaunchOrder order,
                               const std::string& base) const {
  Submission made;
  made.launcher = std::move(launcher);
  made.n_jobs = order.n_jobs;
  made = publish(std::move(made), base);
  order.name = made.name;
  order.folder = folder_;
  try {
    made.jobs = cluster.submit(order);
  } catch (const Error& error) {
    made.jobs = find_nevertheless(cluster, made, error);
    if (!made.jobs) {
      made.jobs = LaunchedJobs{};
      publish_ids(made);
      throw;
    }
  }
  publish_ids(made);
  return made;
}

std::optional<LaunchedJobs> Submissions::find_nevertheless(const Cluster& cluster, const Submission& made,
                                                           const Error& error) const {
  const int n_looks = error.kind() == Kind::fenced ? looks_for_a_lost_answer : 1;
  try {
    for (int look = 0; look < n_looks; ++look) {
      if (look > 0) std::this_thread::sleep_for(between_looks);
      if (auto found = cluster.find(made.name)) return found;
    }
    return std::nullopt;
  } catch (const Error&) {
    Problem problem{Where::path(path(made.number)),
                    {},
                    "the queue does not answer, and may have accepted the jobs",
                    "the same command again finds that out, and submits only what is missing"};
    problem.notes.push_back(error.problems().front().message);
    throw Error(Kind::fenced, std::move(problem));
  }
}

std::int64_t jobs_wanted(std::int64_t n_trials_left, std::int64_t room, std::int64_t most_jobs,
                         const std::vector<QueuedJobs>& there) {
  std::int64_t wanted = std::min((n_trials_left + room - 1) / room, most_jobs);
  for (const QueuedJobs& some : there) {
    if (some.stand != QueuedJobs::Stand::ends) wanted -= some.n;
  }
  return std::max<std::int64_t>(wanted, 0);
}

}  // namespace assay::launch
