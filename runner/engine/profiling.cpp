#include "runner/engine/profiling.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <torch/csrc/autograd/profiler_kineto.h>

#include "core/clock.h"
#include "core/error.h"

namespace assay::engine {
namespace {

using torch::autograd::profiler::KinetoEvent;
using torch::autograd::profiler::ProfilerResult;
using torch::profiler::impl::ActivityType;

constexpr double seconds_per_ns = 1e-9;

bool is_range(const KinetoEvent& event) {
  return event.scope() == static_cast<std::uint8_t>(at::RecordScope::USER_SCOPE);
}

/// Adds up what happened under one name.
class Costs {
 public:
  explicit Costs(bool is_on_device) : is_on_device_(is_on_device) {}

  void add(const std::string& name, double self_s) {
    Profile::Row& row = rows_.try_emplace(name, Profile::Row{name, 0, 0, is_on_device_}).first->second;
    ++row.calls;
    row.seconds += self_s;
  }
  void append_to(std::vector<Profile::Row>& rows) const {
    for (const auto& [name, row] : rows_) rows.push_back(row);
  }

 private:
  bool is_on_device_;
  std::map<std::string, Profile::Row> rows_;
};

/// What each event took without those inside it. Events of one thread, which nest.
void add_own_times(std::vector<const KinetoEvent*>& events, Costs& operations) {
  struct Open {
    const KinetoEvent* event;
    std::uint64_t inside_ns;
  };
  std::sort(events.begin(), events.end(), [](const KinetoEvent* a, const KinetoEvent* b) {
    return a->startNs() != b->startNs() ? a->startNs() < b->startNs() : a->durationNs() > b->durationNs();
  });
  std::vector<Open> open;
  const auto close = [&] {
    const Open done = open.back();
    open.pop_back();
    const std::uint64_t whole_ns = done.event->durationNs();
    if (!open.empty()) open.back().inside_ns += whole_ns;
    if (is_range(*done.event)) return;
    const std::uint64_t own_ns = whole_ns - std::min(whole_ns, done.inside_ns);
    operations.add(done.event->name(), static_cast<double>(own_ns) * seconds_per_ns);
  };
  for (const KinetoEvent* event : events) {
    while (!open.empty() && open.back().event->endNs() <= event->startNs()) close();
    open.push_back({event, 0});
  }
  while (!open.empty()) close();
}

/// `evaluation on valid, forward of model/mlp`
std::string name_of(const Activity& activity) {
  Activity anywhere = activity;
  anywhere.step = 0;
  anywhere.batch = nullptr;
  return to_string(anywhere);
}

void sort_by_time(std::vector<Profile::Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Profile::Row& a, const Profile::Row& b) { return a.seconds > b.seconds; });
}

void add_up(const std::vector<KinetoEvent>& events, Profile& profile) {
  Costs phases(false), operations(false), kernels(true);
  std::map<std::uint64_t, std::vector<const KinetoEvent*>> threads;
  for (const KinetoEvent& event : events) {
    const double seconds = static_cast<double>(event.durationNs()) * seconds_per_ns;
    if (event.deviceType() != c10::DeviceType::CPU) {
      if (!is_range(event)) kernels.add(event.name(), seconds);
      continue;
    }
    if (is_range(event)) phases.add(event.name(), seconds);
    threads[event.startThreadId()].push_back(&event);
  }
  for (auto& [thread, of_thread] : threads) add_own_times(of_thread, operations);
  phases.append_to(profile.phases);
  operations.append_to(profile.operations);
  kernels.append_to(profile.operations);
  sort_by_time(profile.phases);
  sort_by_time(profile.operations);
}

void write_trace(ProfilerResult& result, const std::string& file) {
  if (file.empty()) return;
  result.save(file);
  std::error_code ignored;
  if (std::filesystem::file_size(file, ignored) > 0 && !ignored) return;
  throw Error(Kind::store, Problem{Where::path(file),
                                   {},
                                   "the trace could not be written",
                                   "is the disk full? Run without --profile"});
}

}  // namespace

Profiling::Profiling(Profile& profile, Activity& activity, at::Device device)
    : profile_(profile), activity_(activity), device_(device) {}

Profiling::~Profiling() {
  activity_.watcher = nullptr;
  if (!is_recording_) return;
  range_.reset();
  torch::autograd::profiler::disableProfiler();
}

void Profiling::before_step() {
  if (seen_ == profile_.skip) start();
  if (seen_ == profile_.skip + profile_.steps) finish();
  ++seen_;
}

void Profiling::finish() {
  if (is_recording_) stop();
}

void Profiling::start() {
  std::set<ActivityType> activities{ActivityType::CPU};
  if (device_.is_cuda()) activities.insert(ActivityType::CUDA);
  const torch::profiler::impl::ProfilerConfig config(torch::profiler::impl::ProfilerState::KINETO);
  torch::autograd::profiler::prepareProfiler(config, activities);
  torch::autograd::profiler::enableProfiler(config, activities);
  is_recording_ = true;
  activity_.watcher = this;
  started_s_ = system_clock().monotonic_s();
}

void Profiling::stop() {
  profile_.measured_steps = seen_ - profile_.skip;
  profile_.seconds = system_clock().monotonic_s() - started_s_;
  activity_.watcher = nullptr;
  range_.reset();
  is_recording_ = false;
  const std::unique_ptr<ProfilerResult> result = torch::autograd::profiler::disableProfiler();
  add_up(result->events(), profile_);
  write_trace(*result, profile_.trace_file);
}

void Profiling::changed(const Activity& activity) {
  range_.reset();
  range_.emplace(at::RecordScope::USER_SCOPE);
  range_->before(name_of(activity));
}

}  // namespace assay::engine
