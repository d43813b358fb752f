// Digests, by which files and configs are known: SHA-256 (FIPS 180-4), as 64 hexadecimal digits in lower
// case.
//
//   sha256_hex("abc") == "ba7816bf...f20015ad"
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

using Sha256Digest = std::array<unsigned char, 32>;

/// SHA-256 of bytes that arrive in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view bytes);
  /// The digest of all that was added; the object then starts anew.
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string hex(const Sha256Digest& digest);

std::string sha256_hex(std::string_view bytes);

/// Reads the file in parts: memory does not grow with its size. Throws Kind::data if it cannot be read.
std::string sha256_of_file(const std::string& path);

/// The digest by which the record knows its files: SHA-256 over the joined SHA-256 digests (32 bytes each) of
/// successive blocks of 4 MiB, the last one shorter. It can be computed on many cores, and a part of a file
/// can be checked alone. Of no bytes: SHA-256 of nothing.
std::string block_digest(std::string_view bytes);
constexpr std::size_t digest_block_bytes = 4U << 20U;

/// Throws Kind::store, naming the file at `path`, if the block digest of its bytes is another one.
void check_digest(std::string_view bytes, const std::string& digest, const std::string& path);

/// The block digest of bytes that arrive in parts, one after the other.
class BlockDigest {
 public:
  void add(std::string_view bytes);
  /// The digest of all that was added; the object then starts anew.
  std::string finish();

 private:
  void end_block();

  Sha256 block_;
  Sha256 all_;
  std::size_t in_block_ = 0;
};

/// The same of parts that are all in memory, by as many threads as call work().
class PartsDigest {
 public:
  /// The parts must stay where they are.
  explicit PartsDigest(const std::vector<std::string_view>& parts);

  /// Takes blocks that no thread has taken yet, until there are none.
  void work();
  /// When every work() has returned.
  std::string finish() const;

 private:
  std::vector<std::vector<std::string_view>> blocks_;  // the parts of each block
  std::vector<Sha256Digest> digests_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace assay
