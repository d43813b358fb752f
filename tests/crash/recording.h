// The calls that changed a folder, in the order in which the kernel saw them: written by the shim, read by
// the power-cut simulator. A record is a header, the path, the second path, the call site and, for writes,
// the bytes. Paths are relative to the folder that is watched.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/crash/ack_page.h"

namespace assay::crash {

enum class Op : std::uint8_t {
  create,       // a new, empty file
  write,        // bytes at an offset
  resize,       // to `length` bytes, by truncation or allocation
  sync_begin,   // fsync or fdatasync of a file or a folder was called
  sync_end,     // ... and returned: what was there when it was called is on the disk
  sync_failed,  // ... and failed: the kernel may have dropped what it could not write
  rename,       // onto the second path
  link,         // the second path is another name
  unlink,
  make_folder,
  remove_folder,
};

struct OpHeader {
  Op op = Op::write;
  std::uint8_t is_folder = 0;  // of syncs
  std::uint8_t is_data = 0;    // of syncs: fdatasync
  std::uint8_t unused = 0;
  std::uint32_t path_bytes = 0;
  std::uint32_t second_bytes = 0;
  std::uint32_t site_bytes = 0;
  std::uint64_t sync = 0;  // pairs begin and end
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::int64_t attempt = 0;  // the one at work just before this call
  AttemptAcks acks;          // and what it had acknowledged
};

struct RecordedOp {
  OpHeader header;
  std::string path;
  std::string second;
  std::string site;   // callers, innermost first, of syncs and renames
  std::string bytes;  // of writes
};

/// Throws std::runtime_error if it cannot be read. An unfinished last record is left out.
std::vector<RecordedOp> read_recording(const std::string& file);

const char* to_string(Op op);

}  // namespace assay::crash
