#include "core/io/digest.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <new>
#include <utility>

#include <openssl/evp.h>

#include "core/error.h"

namespace assay {
namespace {

void check(int result) {
  if (result != 1) throw Error(Kind::internal, "OpenSSL cannot compute SHA-256");
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

struct Sha256::State {
  State() : context(EVP_MD_CTX_new()) {
    if (!context) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
  EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  check(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
  check(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  check(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr));
  check(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr));
  return digest;
}

std::string hex(const Sha256Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : digest) {
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sha;
  sha.add(bytes);
  return hex(sha.finish());
}

std::string sha256_of_file(const std::string& path) {
  const auto fail = [&](std::string message) {
    throw Error(Kind::data, Problem{Where::path(path), {}, std::move(message), {}});
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file && errno == ENOENT) fail("there is no such file");
  if (!file) fail("cannot be read");
  Sha256 sha;
  std::string block(1U << 20U, '\0');
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
    sha.add(std::string_view(block).substr(0, n));
  }
  if (std::ferror(file.get())) fail(errno == EISDIR ? "is a folder, not a file" : "cannot be read");
  return hex(sha.finish());
}

std::string block_digest(std::string_view bytes) {
  BlockDigest digest;
  digest.add(bytes);
  return digest.finish();
}

void check_digest(std::string_view bytes, const std::string& digest, const std::string& path) {
  if (block_digest(bytes) == digest) return;
  throw Error(Kind::store,
              Problem{Where::path(path),
                      {},
                      "is damaged: its digest is not the one that was recorded when it was written",
                      "use another copy of the file, or of a run another checkpoint"});
}

void BlockDigest::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, digest_block_bytes - in_block_);
    block_.add(part);
    in_block_ += part.size();
    bytes.remove_prefix(part.size());
    if (in_block_ == digest_block_bytes) end_block();
  }
}

std::string BlockDigest::finish() {
  if (in_block_ > 0) end_block();
  return hex(all_.finish());
}

void BlockDigest::end_block() {
  const Sha256Digest digest = block_.finish();
  all_.add(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  in_block_ = 0;
}

PartsDigest::PartsDigest(const std::vector<std::string_view>& parts) {
  std::size_t left = 0;  // of the last block
  for (std::string_view part : parts) {
    while (!part.empty()) {
      if (left == 0) {
        blocks_.emplace_back();
        left = digest_block_bytes;
      }
      const std::string_view piece = part.substr(0, left);
      blocks_.back().push_back(piece);
      left -= piece.size();
      part.remove_prefix(piece.size());
    }
  }
  digests_.resize(blocks_.size());
}

void PartsDigest::work() {
  Sha256 sha;
  for (std::size_t i = next_++; i < blocks_.size(); i = next_++) {
    for (const std::string_view piece : blocks_[i]) sha.add(piece);
    digests_[i] = sha.finish();
  }
}

std::string PartsDigest::finish() const {
  Sha256 all;
  for (const Sha256Digest& digest : digests_) {
    all.add(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  }
  return hex(all.finish());
}

}  // namespace assay
