#include "core/io/crc32c.h"

#include <string>

#include <gtest/gtest.h>

namespace assay {
namespace {

/// The vectors of RFC 3720, appendix B.4.
struct Vector {
  std::string bytes;
  std::uint32_t crc;
};

std::vector<Vector> published() {
  std::string up;
  std::string down;
  for (int i = 0; i < 32; ++i) {
    up += static_cast<char>(i);
    down += static_cast<char>(31 - i);
  }
  std::string read_command(48, '\0');
  read_command[0] = 0x01;
  read_command[1] = static_cast<char>(0xC0);
  read_command[16] = 0x14;
  read_command[22] = 0x04;
  read_command[27] = 0x14;
  read_command[31] = 0x18;
  read_command[32] = 0x28;
  read_command[40] = 0x02;
  return {{std::string(32, '\0'), 0x8A9136AA},
          {std::string(32, '\xFF'), 0x62A8AB43},
          {up, 0x46DD794E},
          {down, 0x113FDB5C},
          {read_command, 0xD9963A56},
          {"123456789", 0xE3069283},
          {"", 0}};
}

TEST(Crc32c, IsThatOfRfc3720) {
  for (const Vector& vector : published()) {
    EXPECT_EQ(crc32c(vector.bytes), vector.crc);
    EXPECT_EQ(crc32c_portable(vector.bytes), vector.crc);
  }
}

TEST(Crc32c, OfPartsIsThatOfTheWhole) {
  const std::string text = "the quick brown fox jumps over the lazy dog";

  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text));
    EXPECT_EQ(crc32c_portable(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text));
  }
}

TEST(Crc32c, OfZerosIsNotZero) { EXPECT_NE(crc32c(std::string(28, '\0')), 0U); }

}  // namespace
}  // namespace assay
