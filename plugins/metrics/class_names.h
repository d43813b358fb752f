// How a number that belongs to one class is named.
#pragma once

#include <cstddef>
#include <string>

#include "core/text.h"
#include "registry/contracts/task.h"

namespace assay::metrics {

/// Its name, or else its number. What has a meaning in names of metrics or in overrides becomes an
/// underscore.
inline std::string class_name(const Task& task, std::size_t number) {
  if (number >= task.classes.size()) return text(number);
  std::string name = task.classes[number];
  for (char& c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          static_cast<unsigned char>(c) >= 0x80;
    if (!is_plain && c != '-') c = '_';
  }
  return name;
}

}  // namespace assay::metrics
