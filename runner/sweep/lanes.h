// Places of a machine in which workers run: so many cores each, or a GPU. A lane is reserved by a lock on a
// small file that the kernel gives back when the last process that holds it is gone: of two sweeps on a
// machine the second gets what the first left, and a killed one leaves nothing behind.
//
//   Lanes lanes(lanes_folder(), lanes_of(this_machine(), {.threads = 1}));
//   const std::size_t n = lanes.take(most);      // 0: others have them all
//
// Workers are not bound to the cores of their lanes: the scheduler of the system places threads better than a
// number could, beside work that is no sweep's. A GPU is what its worker alone sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace assay::sweep {

/// What a process may use.
struct Machine {
  std::vector<int> cores{0};
  std::vector<std::string> gpus;  // as CUDA_VISIBLE_DEVICES names them
};
/// By the affinity of this process, CUDA_VISIBLE_DEVICES and the driver's list; asks no library.
Machine this_machine();

/// What a worker needs.
struct LaneNeeds {
  std::int64_t threads = 1;
  std::string device = "cpu";  // as in a config: auto, cpu, cuda, cuda:1
};

struct Lane {
  std::vector<std::string> places;  // what is locked: core-0, gpu-1
  std::string gpu;                  // that its worker alone shall see; empty: whatever there is
};
/// At least one. Of GPUs one for each, or the one that `device` names; else one for every `threads` cores.
std::vector<Lane> lanes_of(const Machine& machine, const LaneNeeds& needs);

/// Where the locks lie: ASSAY_LANES, else a folder that all users of the machine share.
std::string lanes_folder();

/// Holds lanes for as long as it lives, in this process and in those that it forks.
class Lanes {
 public:
  Lanes(std::string folder, std::vector<Lane> all) : folder_(std::move(folder)), all_(std::move(all)) {}
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  std::size_t n_in_all() const { return all_.size(); }
  /// Reserves lanes that nobody has, at most so many, and says how many it now holds. Where locks cannot be
  /// kept (a folder that is not writable) every lane counts as free. Throws nothing.
  std::size_t take(std::size_t most);
  const std::vector<Lane>& taken() const { return taken_; }
  /// Of the worker at this place: where there are more workers than lanes they share them.
  const Lane& lane_of(std::size_t place) const;

 private:
  bool lock(const Lane& lane);

  const std::string folder_;
  const std::vector<Lane> all_;
  std::vector<Lane> taken_;
  std::vector<int> locks_;
};

}  // namespace assay::sweep
