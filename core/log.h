// Messages for people, on stderr (stdout carries results only). An object handed down by reference; no
// global.
#pragma once

#include <memory>
#include <string_view>

namespace assay {

class Log {
 public:
  enum class Level { debug, info, warning, error, off };

  /// Writes to stderr what is at least `level`, with colour where `has_colour`.
  explicit Log(Level level = Level::info, bool has_colour = false);
  ~Log();
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  void debug(std::string_view message);
  void info(std::string_view message);
  void warning(std::string_view message);
  void error(std::string_view message);

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace assay
