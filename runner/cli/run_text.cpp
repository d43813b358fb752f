#include "runner/cli/run_text.h"

#include <cstdio>
#include <ctime>

#include "core/text.h"

namespace assay::cli {

std::string run_name(const store::RunSummary& run) {
  constexpr int longest = 200;  // of what a folder can be called; a stranger's record may say more
  return printable(text(cut(run.name, longest), '/', run.id));
}

std::string local_time(std::int64_t wall_ns) {
  const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts);
  return buffer;
}

std::string age_text(std::int64_t then_ns, std::int64_t now_ns) {
  const std::int64_t minutes = (now_ns - then_ns) / 60'000'000'000;
  if (minutes < 0) return local_time(then_ns);  // the clock of another machine
  if (minutes < 1) return "just now";
  if (minutes < 60) return text(minutes, " min ago");
  if (minutes < 24 * 60) return text(minutes / 60, " h ago");
  if (minutes < 48 * 60) return "yesterday";
  return local_time(then_ns).substr(0, 10);
}

std::optional<std::pair<std::string, double>> headline(const store::RunSummary& run) {
  const auto of_split = [&run](std::string_view split) -> std::optional<std::pair<std::string, double>> {
    std::optional<std::pair<std::string, double>> found;
    for (const auto& [name, value] : run.last) {
      if (name.rfind(split, 0) != 0) continue;
      const bool is_loss = name.substr(split.size()) == "loss";
      if (!found || !is_loss) found = {name, value};
      if (!is_loss) break;
    }
    return found;
  };
  if (const auto test = of_split("test/")) return test;
  if (!run.best_metric.empty() && run.best_value) return {{run.best_metric, *run.best_value}};
  if (const auto valid = of_split("valid/")) return valid;
  if (const auto loss = run.find("train/loss")) return {{"train/loss", *loss}};
  return std::nullopt;
}

std::pair<std::string, std::string> cause_and_hint(const std::string& message) {
  constexpr std::string_view mark = "\n  hint: ";
  const std::size_t at = message.find(mark);
  if (at == std::string::npos) return {message, {}};
  return {message.substr(0, at), message.substr(at + mark.size())};
}

Style style_of(store::RunState state) {
  switch (state) {
    case store::RunState::finished:
      return Style::green;
    case store::RunState::failed:
    case store::RunState::lost:
      return Style::red;
    case store::RunState::running:
      return Style::cyan;
    case store::RunState::stopped:
      return Style::yellow;
    case store::RunState::absent:
      return Style::plain;
  }
  return Style::plain;
}

}  // namespace assay::cli
