// A digest of what a file of weights holds, whatever its format: SHA-256 over, for each tensor in the byte
// order of names, its name, a zero byte, its type and shape as `f32 [64, 3, 7, 7]`, a line feed and the
// SHA-256 digest (32 bytes) of its bytes. Made while the bytes go by on their way to another file.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/io/digest.h"
#include "registry/contracts/weights.h"

namespace assay::convert {

class ContentDigest {
 public:
  ContentDigest();
  ~ContentDigest();
  ContentDigest(const ContentDigest&) = delete;
  ContentDigest& operator=(const ContentDigest&) = delete;

  /// The tensor, which adds itself once its bytes have gone by. They are copied and added in another thread,
  /// as that takes about as long as writing them. The tensor may be read while this lives.
  NamedTensor watched(const NamedTensor& tensor);
  /// As 64 hexadecimal digits. All tensors that were watched must have gone by.
  std::string finish() const;

 private:
  class Hashing;
  struct Entry {
    std::string described;
    std::string same_as;  // of tensors that are one, a writer may ask for one alone
    Sha256Digest digest{};
    bool is_done = false;
  };
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::unique_ptr<Hashing> hashing_;
};

}  // namespace assay::convert
