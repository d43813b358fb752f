// What a workload has acknowledged, in a page that several processes map: it survives the workload's death,
// so that whoever looks afterwards knows what must be there. The shim keeps its counters in it as well.
//
//   AckFile file(path);                    // made, or opened if it is there
//   ack(file.page().attempts[1].rows, 17); // 17 calls of log() have returned
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace assay::crash {

/// What one attempt was told by the store. Steps are 0 where there is none yet.
struct AttemptAcks {
  std::int64_t begun = 0;         // begin() returned
  std::int64_t resumed_step = 0;  // its first row is that of the step behind
  std::int64_t rows = 0;          // calls of log() that returned
  std::int64_t durable_rows = 0;  // of these, below the durable watermark
  std::int64_t settled_step = 0;  // of the last checkpoint before a settle() that returned
  std::int64_t stopped = 0;       // finish() returned, and the run is stopped
  std::int64_t finished = 0;      // finish() returned, and the run is finished
};

/// What a call can be made to fail with.
enum class Fault { full, broken, no_descriptors, read_only, short_write, broken_sync };
constexpr int n_faults = 6;

struct AckPage {
  static constexpr std::size_t max_attempts = 256;
  std::int64_t attempt = 0;     // the one at work
  std::int64_t is_audited = 0;  // the process itself is looking: what it opens for reading does not fail
  AttemptAcks attempts[max_attempts];
  std::int64_t calls = 0;                // that the shim saw
  std::int64_t can_fail[n_faults] = {};  // of these, the calls that may fail so
};

inline void ack(std::int64_t& place, std::int64_t value) {
  std::atomic_ref(place).store(value, std::memory_order_release);
}
inline std::int64_t acked(const std::int64_t& place) {
  return std::atomic_ref(const_cast<std::int64_t&>(place)).load(std::memory_order_acquire);
}

/// The page, mapped.
class AckFile {
 public:
  explicit AckFile(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ::ftruncate(fd, sizeof(AckPage)) != 0) throw std::runtime_error("cannot make " + path);
    void* memory = ::mmap(nullptr, sizeof(AckPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + path);
    page_ = static_cast<AckPage*>(memory);
  }
  AckFile(const AckFile&) = delete;
  AckFile& operator=(const AckFile&) = delete;
  ~AckFile() { ::munmap(page_, sizeof(AckPage)); }

  AckPage& page() const { return *page_; }

 private:
  AckPage* page_;
};

}  // namespace assay::crash
