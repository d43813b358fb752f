// The processes that train one run together, as one of them sees the others. All of them make the same calls
// in the same order; each waits until what it needs of the others is there.
//
//   ProcessGroup group(place);
//   group.sum(gradients);                        // in place, the same bits in all of them
//   if (group.is_first()) ...                    // writes the record
//
// Over c10d: a TCPStore in rank 0, where they meet, and Gloo. What listens does so where rank 0 is said to
// be, so on the loopback for a run on one machine.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/ranks.h"

namespace assay::distributed {

class ProcessGroup {
 public:
  /// Returns when all are there and a small sum came out right in each. Throws Kind::usage for a port that is
  /// taken and for processes that train something else, Kind::run if some do not come in time, naming them,
  /// Kind::device where this LibTorch cannot do it. stop: once it is true, whoever waits for others gives up,
  /// with Kind::stopped; null: nobody asks.
  explicit ProcessGroup(RankPlace place, const std::atomic<bool>* stop = nullptr);
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const;
  int size() const;
  bool is_first() const { return rank() == 0; }

  // All of these throw Kind::run if another one is lost, saying which and why as far as that is known.

  /// Adds up, element by element; values: contiguous, on the CPU, alike in all.
  void sum(const at::Tensor& values);
  /// Overwrites with those of rank 0; as above.
  void broadcast(const at::Tensor& values);
  /// What rank 0 gave.
  std::string broadcast(const std::string& bytes);
  /// In rank 0 what each gave, by rank; nothing elsewhere.
  std::vector<std::string> gather(const std::string& bytes);
  /// Returns once all have called it.
  void meet();

  /// Tells the others why this one goes, before they find that it is gone. The first to say so is heard.
  void leave(const std::string& why) noexcept;

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace assay::distributed
