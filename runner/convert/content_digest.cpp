#include "runner/convert/content_digest.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace assay::convert {
namespace {

constexpr std::uint64_t worth_a_thread = 1U << 20U;  // bytes of a tensor
constexpr std::size_t largest_part = 1U << 20U;
constexpr std::size_t most_waiting = 16;  // parts: the writer goes on while the machine is busy with others

}  // namespace

/// Adds up tensors in a thread of its own, in the order in which their bytes come.
class ContentDigest::Hashing {
 public:
  Hashing() {
    try {
      thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {  // no thread to be had: add() does it
    }
  }
  ~Hashing() {
    {
      const std::lock_guard held(mutex_);
      ends_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  /// Some bytes of a tensor, which are copied.
  void add(const std::shared_ptr<Entry>& entry, std::string_view bytes, bool is_first, bool is_last) {
    if (!thread_.joinable()) return take({entry, std::string(bytes), is_first, is_last});
    Part part{entry, free_buffer(), is_first, is_last};
    part.bytes.assign(bytes);
    {
      const std::lock_guard held(mutex_);
      waiting_.push_back(std::move(part));
    }
    changed_.notify_all();
  }

  /// Returns when all that was given is added.
  void settle() {
    std::unique_lock held(mutex_);
    changed_.wait(held, [this] { return waiting_.empty() && !is_busy_; });
  }

 private:
  struct Part {
    std::shared_ptr<Entry> entry;
    std::string bytes;
    bool is_first = false;
    bool is_last = false;
  };

  /// One that was used before, as new memory costs as much as filling it. Waits while there is enough to do.
  std::string free_buffer() {
    std::unique_lock held(mutex_);
    changed_.wait(held, [this] { return waiting_.size() < most_waiting; });
    if (free_.empty()) return {};
    std::string buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }

  void work() {
    std::unique_lock held(mutex_);
    while (true) {
      changed_.wait(held, [this] { return ends_ || !waiting_.empty(); });
      if (ends_) return;
      Part part = std::move(waiting_.front());
      waiting_.pop_front();
      is_busy_ = true;
      held.unlock();
      take(part);
      held.lock();
      is_busy_ = false;
      free_.push_back(std::move(part.bytes));
      changed_.notify_all();
    }
  }

  void take(const Part& part) {
    if (part.is_first) sha_ = Sha256();
    sha_.add(part.bytes);
    if (!part.is_last) return;
    part.entry->digest = sha_.finish();
    part.entry->is_done = true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Part> waiting_;
  std::vector<std::string> free_;
  bool is_busy_ = false;
  bool ends_ = false;
  Sha256 sha_;  // of the tensor that comes by
  std::thread thread_;
};

ContentDigest::ContentDigest() = default;
ContentDigest::~ContentDigest() = default;

NamedTensor ContentDigest::watched(const NamedTensor& tensor) {
  const auto entry = std::make_shared<Entry>();
  entry->described = text(to_string(tensor.dtype), ' ', shape_text(tensor.shape));
  entry->same_as = tensor.same_as;
  entries_[tensor.name] = entry;
  NamedTensor out = tensor;
  if (tensor.bytes() < worth_a_thread) {
    out.stream = [entry, stream = tensor.stream](const ByteSink& sink) {
      Sha256 sha;
      stream([&](std::string_view bytes) {
        sha.add(bytes);
        sink(bytes);
      });
      entry->digest = sha.finish();
      entry->is_done = true;
    };
    return out;
  }
  if (!hashing_) hashing_ = std::make_unique<Hashing>();
  out.stream = [entry, size = tensor.bytes(), stream = tensor.stream,
                hashing = hashing_.get()](const ByteSink& sink) {
    std::uint64_t at = 0;
    stream([&](std::string_view bytes) {
      for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), largest_part))) {
        const std::string_view part = bytes.substr(0, largest_part);
        hashing->add(entry, part, at == 0, at + part.size() == size);
        at += part.size();
        sink(part);
      }
    });
  };
  return out;
}

std::string ContentDigest::finish() const {
  if (hashing_) hashing_->settle();
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
