// Which of several processes of one run this one is: by the variables of whoever started it, which may be
// `assay run --nproc`, torchrun, or srun within a step.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/ranks.h"

namespace assay::launch {

/// What a process is told; tests have another.
struct StartedWith {
  std::function<std::optional<std::string>(const char* name)> variable;  // empty text: not set
  /// The machines of a Slurm list as `node[1-3]`, the first first.
  std::function<std::vector<std::string>(const std::string& list)> hosts;
};

/// Nothing for a process that is on its own. Throws Kind::usage for variables that are half set or no
/// numbers.
std::optional<RankPlace> rank_place(const StartedWith& started);
/// Of this process. Sockets and pipes that it was given are its own from here on.
std::optional<RankPlace> rank_place_of_this_process();

/// Variables that LocalRanks sets besides those of torchrun: descriptors of a socket that listens, and of a
/// pipe on which the end of another rank is told.
inline constexpr const char* socket_variable = "ASSAY_RANK_SOCKET";
inline constexpr const char* news_variable = "ASSAY_RANK_NEWS";

}  // namespace assay::launch
