// The identity of a run: what it computes, not what it is called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::store {

/// The first 10 hex digits of SHA-256 over: `canonical_identity_json`, a line feed, then for each digest, in
/// byte order, the digest and a line feed. canonical_identity_json: the resolved config without its
/// `not_identity` keys, as RFC 8785 writes it (integers exact). file_digests: SHA-256 in hex of every data
/// and input file; their order does not matter.
std::string run_id(std::string_view canonical_identity_json, std::vector<std::string> file_digests);

}  // namespace assay::store
