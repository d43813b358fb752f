// The processes of one run on this machine: starts this program so many times, each told its rank, and looks
// after them until all have ended.
//
//   LocalRanks ranks(words, 4);
//   const RanksEnd end = ranks.wait(stop);     // rank 0 has said everything else
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace assay::launch {

struct RanksEnd {
  int exit_code = 0;  // of rank 0
  /// Which of them ended the run and how, with its last words, where rank 0 could not say it: "rank 0 was
  /// killed by signal 9 (Killed)". Else empty.
  std::string cause;
};

class LocalRanks {
 public:
  /// words: of the command line, after the program's name. Rank 0 has this process's terminal; of the others
  /// nothing is seen but their last words. They meet at a port of the loopback that was free, and end with
  /// this process. Throws Kind::run if no process can be made.
  LocalRanks(const std::vector<std::string>& words, int size);
  ~LocalRanks();
  LocalRanks(const LocalRanks&) = delete;
  LocalRanks& operator=(const LocalRanks&) = delete;

  /// Returns when all have ended. If one of them ends badly, rank 0 is told, and what is left some seconds
  /// later is killed. stop: once it is true, all are sent SIGTERM, which stops a run at a checkpoint.
  RanksEnd wait(const std::atomic<bool>& stop);

 private:
  class Group;
  std::unique_ptr<Group> group_;
};

}  // namespace assay::launch
