// Attempts at a run. A process that wants to work on a run folder publishes `claim.K`, K = 1, 2, ..., with
// link(2): of several processes one succeeds, and it alone writes in the folder `a.K`. How an attempt ended
// stands in `released.K` (run_folder.h), before the next is claimed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/json.h"

namespace assay::store {

/// Who makes an attempt. A process is named by more than its number, which is used again: by the boot of the
/// machine, the namespace that counts processes, and its start in ticks since that boot.
struct Claim {
  int attempt = 0;
  std::string host;
  std::string boot_id;
  std::string pid_namespace;
  std::int64_t pid = 0;
  std::int64_t start_ticks = 0;
  std::int64_t wall_ns = 0;  // when the claim was made, since 1970-01-01 UTC
};

/// This process, now, at attempt K.
Claim claim_of_this_process(int attempt, std::int64_t wall_ns);

/// As it stands in the file; whoever publishes one by other means may add keys.
Json to_json(const Claim& claim);
/// What is missing keeps its default.
Claim claim_of(const Json& json);

/// Publishes `folder`/claim.K; false if that attempt is taken. Throws Kind::store.
bool publish_claim(const std::string& folder, const Claim& claim);

/// The claim of attempt K, or nothing if there is none. Throws Kind::store if it is damaged.
std::optional<Claim> find_claim(const std::string& folder, int attempt);

/// The highest K for which there is a claim; 0 if there is none.
int latest_attempt(const std::string& folder);

enum class Liveness {
  alive,   // the process runs on this machine
  dead,    // it does not, or the machine was restarted
  unseen,  // on another machine or in another container: it cannot be told from here
};
Liveness liveness_of(const Claim& claim);

}  // namespace assay::store
