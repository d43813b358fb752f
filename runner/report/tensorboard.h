// Event files that TensorBoard reads, written by hand: docs/design/report.md says why.
//
//   TensorboardFile file(start_s);
//   file.scalar("valid/accuracy", step, wall_s, 0.98);
//   file.text("config", wall_s, yaml);
//   write(file.take());
//
// TensorBoard keeps scalars as 32-bit floats: 0.1 comes back as 0.10000000149.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace assay::report {

class TensorboardFile {
 public:
  /// wall_s: when the run began, in seconds since 1970-01-01 UTC, as all times here.
  explicit TensorboardFile(double wall_s);

  void scalar(std::string_view tag, std::int64_t step, double wall_s, double value);
  /// Shown as Markdown in the tab of texts.
  void text(std::string_view tag, double wall_s, std::string_view words);
  /// The bytes since the last call.
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  void event(double wall_s, std::int64_t step, std::string_view rest);

  std::string bytes_;
};

/// One record of a TFRecord file: length, its checksum, the payload, its checksum.
/// Source: tensorflow/core/lib/io/record_writer.h. Checksums are CRC-32C, rotated and shifted.
std::string tf_record(std::string_view payload);

}  // namespace assay::report
