#include "core/log.h"

#include <utility>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace assay {

struct Log::Sink {
  spdlog::logger logger;
};

namespace {

spdlog::level::level_enum level_of(Log::Level level) {
  switch (level) {
    case Log::Level::debug:
      return spdlog::level::debug;
    case Log::Level::info:
      return spdlog::level::info;
    case Log::Level::warning:
      return spdlog::level::warn;
    case Log::Level::error:
      return spdlog::level::err;
    case Log::Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

spdlog::string_view_t view(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Log::Log(Level level, bool has_colour) {
  const auto mode = has_colour ? spdlog::color_mode::always : spdlog::color_mode::never;
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode);
  sink_.reset(new Sink{spdlog::logger("assay", std::move(sink))});
  sink_->logger.set_level(level_of(level));
  sink_->logger.flush_on(spdlog::level::debug);
  sink_->logger.set_pattern("%v");
}

Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

void Log::debug(std::string_view message) { sink_->logger.log(spdlog::level::debug, view(message)); }
void Log::info(std::string_view message) { sink_->logger.log(spdlog::level::info, view(message)); }
void Log::warning(std::string_view message) {
  sink_->logger.log(spdlog::level::warn, "warning: {}", view(message));
}
void Log::error(std::string_view message) {
  sink_->logger.log(spdlog::level::err, "error: {}", view(message));
}

}  // namespace assay
