// Asks the sampler again what it was asked, with the results that it saw then: the same points must come.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/sweep/board.h"

namespace assay::sweep {

struct Replayed {
  std::int64_t n_proposals = 0;
  std::vector<std::string> differences;  // in words, by trial
};

/// Of all proposals that the board knows. With `sync: window` also what each may have seen follows from its
/// number, and is compared. A proposal that saw results which are not recorded is a difference.
Replayed replay(const Study& study, const Board& board);

/// The results that a proposal saw, as the sampler was shown them; nothing if one of them is not recorded.
std::optional<std::vector<Seen>> seen_again(const Study& study, const Board& board, std::int64_t group,
                                            const Sighting& saw);

}  // namespace assay::sweep
