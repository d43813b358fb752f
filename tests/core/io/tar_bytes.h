// tar files for tests.
#pragma once

#include <cstdio>
#include <string>

namespace assay::testing {

/// One entry, without the end of the file.
inline std::string tar_entry(const std::string& name, const std::string& content, char kind = '0') {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  const auto put_octal = [&](std::size_t at, int digits, std::size_t value) {
    char text[16];
    std::snprintf(text, sizeof text, "%0*zo", digits, value);
    header.replace(at, static_cast<std::size_t>(digits), text);
  };
  put_octal(124, 11, content.size());
  header[156] = kind;
  header.replace(148, 8, 8, ' ');
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put_octal(148, 6, sum);
  header[154] = '\0';
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace assay::testing
