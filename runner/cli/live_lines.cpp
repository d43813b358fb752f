#include "runner/cli/live_lines.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"

namespace assay::cli {
namespace {

std::size_t rows_of_terminal() {
  winsize size{};
  constexpr std::size_t common = 24;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? size.ws_row : common;
}

}  // namespace

LiveLines::~LiveLines() {
  try {
    clear();
  } catch (const Error&) {  // the terminal is gone
  }
}

void LiveLines::draw(const std::vector<StyledLine>& lines) {
  const int width = out_.width();
  const std::size_t n = std::min(lines.size(), rows_of_terminal() - 1);
  std::string text = taken_off();
  drawn_.clear();
  for (std::size_t i = 0; i < n; ++i) {
    const std::string line = width > 0 ? cut(lines[i].second, width) : lines[i].second;
    text += out_.paint(lines[i].first, line) + '\n';
    drawn_.push_back(columns_of(line));
  }
  out_.write(text);
}

void LiveLines::clear() {
  if (drawn_.empty()) return;
  const std::string text = taken_off();
  drawn_.clear();
  out_.write(text);
}

/// A terminal that was made narrower since has broken the lines.
std::string LiveLines::taken_off() const {
  if (drawn_.empty()) return {};
  const int width = out_.width();
  int rows = 0;
  for (const int columns : drawn_) rows += width > 0 ? std::max(1, (columns + width - 1) / width) : 1;
  return text("\033[", rows, "A\r\033[J");
}

CountLine::CountLine(Output& err, std::string what, std::size_t n)
    : err_(err),
      what_(std::move(what)),
      n_(n),
      start_s_(system_clock().monotonic_s()),
      drawn_s_(start_s_),
      live_(err) {}

// Nothing is shown of what is over before one could read it.
void CountLine::show(std::size_t done) {
  constexpr double redraw_every_s = 0.1;
  if (!err_.is_terminal() || n_ == 0) return;
  const double now_s = system_clock().monotonic_s();
  if (now_s - drawn_s_ < redraw_every_s) return;
  drawn_s_ = now_s;
  std::string line = text(what_, ' ', done, '/', n_, "  ", 100 * done / n_, '%');
  if (done > 0) {
    const double each_s = (now_s - start_s_) / static_cast<double>(done);
    line += text("  ", duration_text(each_s * static_cast<double>(n_ - std::min(done, n_))), " left");
  }
  live_.draw({{Style::dim, std::move(line)}});
}

void CountLine::clear() { live_.clear(); }

bool pause(double seconds, const std::atomic<bool>& stop) {
  constexpr double look_every_s = 0.05;
  const double end_s = system_clock().monotonic_s() + seconds;
  while (!stop) {
    const double left_s = end_s - system_clock().monotonic_s();
    if (left_s <= 0) return true;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left_s, look_every_s)));
  }
  return false;
}

}  // namespace assay::cli
