#include "runner/convert/content_digest.h"

#include <future>
#include <system_error>

#include "core/error.h"
#include "core/text.h"

namespace assay::convert {
namespace {

constexpr std::size_t worth_a_thread = 1U << 20U;

/// Adds the bytes: in another thread, where that pays, while the caller's does something else with them.
std::future<void> begin_adding(Sha256& sha, std::string_view bytes) {
  const auto add = [&sha, bytes] { sha.add(bytes); };
  try {
    if (bytes.size() >= worth_a_thread) return std::async(std::launch::async, add);
  } catch (const std::system_error&) {  // no thread to be had
  }
  return std::async(std::launch::deferred, add);
}

}  // namespace

NamedTensor ContentDigest::watched(const NamedTensor& tensor) {
  const auto entry = std::make_shared<Entry>();
  entry->described = text(to_string(tensor.dtype), ' ', shape_text(tensor.shape));
  entry->same_as = tensor.same_as;
  entries_[tensor.name] = entry;
  NamedTensor out = tensor;
  out.stream = [entry, stream = tensor.stream](const ByteSink& sink) {
    Sha256 sha;
    stream([&](std::string_view bytes) {
      std::future<void> adding = begin_adding(sha, bytes);
      sink(bytes);
      adding.get();
    });
    entry->digest = sha.finish();
    entry->is_done = true;
  };
  return out;
}

std::string ContentDigest::finish() const {
  Sha256 all;
  for (const auto& [name, entry] : entries_) {
    const Entry& gone_by = entry->is_done ? *entry : *entries_.at(entry->same_as);
    ASSAY_ASSERT(gone_by.is_done);
    all.add(name);
    all.add(std::string_view("\0", 1));
    all.add(entry->described);
    all.add("\n");
    all.add({reinterpret_cast<const char*>(gone_by.digest.data()), gone_by.digest.size()});
  }
  return hex(all.finish());
}

}  // namespace assay::convert
