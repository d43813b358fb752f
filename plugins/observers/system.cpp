#include "plugins/observers/system.h"

#include <fstream>
#include <optional>
#include <vector>

#include <ATen/DeviceAccelerator.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/clock.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/implementations.h"

namespace assay::observers {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

rusage usage_of_process() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double cpu_seconds(const rusage& usage) { return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime); }

/// Bytes of memory that the process holds now; nothing where /proc is not.
std::optional<double> resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double all_pages = 0, resident_pages = 0;
  if (!(statm >> all_pages >> resident_pages)) return std::nullopt;
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void add_memory_of_device(const at::Device& device, std::vector<Scalar>& row) {
  using at::CachingAllocator::StatType;
  const auto stats = at::accelerator::getDeviceStats(device.index());
  const auto all = static_cast<std::size_t>(StatType::AGGREGATE);
  row.push_back({"system/gpu_allocated_bytes", static_cast<double>(stats.allocated_bytes[all].current)});
  row.push_back({"system/gpu_reserved_bytes", static_cast<double>(stats.reserved_bytes[all].current)});
}

class System final : public Observer {
 public:
  using Params = SystemParams;
  System(const Params& params, const Needs& needs)
      : every_s_(params.every.amount), recorder_(needs.recorder) {
    start_interval(system_clock().monotonic_s(), cpu_seconds(usage_of_process()));
  }

  Phase phase() const override { return Phase::record; }

  Request on(const Event& event) override {
    if (const auto* started = std::get_if<RunStarted>(&event)) {
      if (!started->device.empty()) device_ = at::Device(started->device);
    } else if (const auto* done = std::get_if<StepDone>(&event)) {
      if (system_clock().monotonic_s() - since_s_ >= every_s_) measure(done->step);
    } else if (const auto* over = std::get_if<RunDone>(&event)) {
      measure(over->step);
    }
    return {};
  }

  void save(StateWriter&) const override {}
  void load(const StateReader&) override {}

 private:
  void start_interval(double now_s, double cpu_s) {
    since_s_ = now_s;
    cpu_s_ = cpu_s;
  }

  void measure(std::int64_t step) {
    const double now_s = system_clock().monotonic_s();
    const rusage usage = usage_of_process();
    const double cpu_s = cpu_seconds(usage);
    std::vector<Scalar> row;
    if (now_s > since_s_) row.push_back({"system/cpu_percent", 100 * (cpu_s - cpu_s_) / (now_s - since_s_)});
    if (const auto bytes = resident_bytes()) row.push_back({"system/rss_bytes", *bytes});
    row.push_back({"system/peak_rss_bytes", static_cast<double>(usage.ru_maxrss) * 1024});
    if (!device_.is_cpu()) add_memory_of_device(device_, row);
    recorder_.event(Measured{step, std::move(row)});
    start_interval(now_s, cpu_s);
  }

  double every_s_;
  Recorder& recorder_;
  at::Device device_{at::kCPU};
  double since_s_ = 0;  // of this interval, monotonic
  double cpu_s_ = 0;    // of the process, then
};

}  // namespace

void implement_system(Implementations& parts) { parts.add<System>("system"); }

}  // namespace assay::observers
