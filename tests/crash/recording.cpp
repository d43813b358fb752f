#include "tests/crash/recording.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace assay::crash {

std::vector<RecordedOp> read_recording(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::vector<RecordedOp> ops;
  std::size_t at = 0;
  while (bytes.size() - at >= sizeof(OpHeader)) {
    RecordedOp op;
    std::memcpy(&op.header, bytes.data() + at, sizeof(OpHeader));
    const std::size_t n_bytes = op.header.op == Op::write ? op.header.length : 0;
    const std::size_t whole =
        sizeof(OpHeader) + op.header.path_bytes + op.header.second_bytes + op.header.site_bytes + n_bytes;
    if (bytes.size() - at < whole) break;
    std::size_t from = at + sizeof(OpHeader);
    const auto take = [&](std::size_t n) {
      std::string part = bytes.substr(from, n);
      from += n;
      return part;
    };
    op.path = take(op.header.path_bytes);
    op.second = take(op.header.second_bytes);
    op.site = take(op.header.site_bytes);
    op.bytes = take(n_bytes);
    ops.push_back(std::move(op));
    at += whole;
  }
  return ops;
}

const char* to_string(Op op) {
  switch (op) {
    case Op::create:
      return "create";
    case Op::write:
      return "write";
    case Op::resize:
      return "resize";
    case Op::sync_begin:
      return "sync";
    case Op::sync_end:
      return "synced";
    case Op::sync_failed:
      return "sync failed";
    case Op::rename:
      return "rename";
    case Op::link:
      return "link";
    case Op::unlink:
      return "unlink";
    case Op::make_folder:
      return "mkdir";
    case Op::remove_folder:
      return "rmdir";
  }
  return "?";
}

}  // namespace assay::crash
