#include "runner/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <type_traits>
#include <variant>

#include "core/text.h"

namespace assay::cli {
namespace {

constexpr double redraw_bar_every_s = 0.1;
constexpr double silence_limit_s = 60;  // without a terminal, a row at least this often, or a log looks dead
constexpr int bar_columns = 20;
constexpr std::size_t narrowest_cell = 7;

std::string padded(const std::string& cell, std::size_t width) {
  const auto columns = static_cast<std::size_t>(columns_of(cell));
  return std::string(width > columns ? width - columns : 0, ' ') + cell;
}

std::string rate_text(double steps_per_s) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, steps_per_s < 10 ? "%.1f steps/s" : "%.0f steps/s", steps_per_s);
  return buffer;
}

}  // namespace

std::string metric_text(double value) {
  if (!std::isfinite(value)) return number_text(value);
  const double size = std::fabs(value);
  char buffer[40];
  if (size != 0 && (size < 1e-3 || size >= 1e6)) {
    std::snprintf(buffer, sizeof buffer, "%.3g", value);
  } else {
    std::snprintf(buffer, sizeof buffer, size >= 100 ? "%.2f" : "%.4f", value);
  }
  return buffer;
}

Progress::Progress(Output& err, const std::atomic<bool>& stop, std::int64_t first_step, double seconds,
                   const Clock& clock)
    : err_(err),
      stop_(stop),
      clock_(clock),
      is_utf8_(locale_is_utf8()),
      step_(first_step),
      seconds_before_(seconds),
      rate_step_(first_step) {
  row_s_ = clock_.monotonic_s();
  start_s_ = row_s_ - seconds_before_;
}

Progress::~Progress() { clear(); }

void Progress::on(const Event& event) {
  std::visit(
      [this](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, RunStarted>) start(e);
        if constexpr (std::is_same_v<E, StepDone>) step(e);
        if constexpr (std::is_same_v<E, Evaluated>) evaluated(e);
        if constexpr (std::is_same_v<E, RunDone> || std::is_same_v<E, RunFailed>) clear();
      },
      event);
  say_that_it_stops();
}

void Progress::start(const RunStarted& event) {
  run_ = event;
  drawn_s_ = rate_s_ = row_s_ = clock_.monotonic_s();
  start_s_ = row_s_ - seconds_before_;
}

void Progress::step(const StepDone& event) {
  step_ = event.step;
  epoch_ = event.epoch;
  if (event.scalars != nullptr) {
    for (const Scalar& scalar : *event.scalars) {
      if (scalar.name == "train/loss") train_loss_ = scalar;
    }
  }
  const double now = clock_.monotonic_s();
  if (!err_.is_terminal()) {
    if (event.scalars != nullptr && now - row_s_ >= silence_limit_s) row(last_valid_, step_, epoch_);
    return;
  }
  if (now - drawn_s_ < redraw_bar_every_s) return;
  drawn_s_ = now;
  measure_rate(now);
  redraw();
}

// Smoothed, so that the time left does not jump. Right after an evaluation there is too little to measure.
void Progress::measure_rate(double now) {
  const double seconds = now - rate_s_;
  if (step_ == rate_step_ || (steps_per_s_ > 0 && seconds < redraw_bar_every_s / 2)) return;
  const double current = static_cast<double>(step_ - rate_step_) / seconds;
  steps_per_s_ = steps_per_s_ == 0 ? current : 0.8 * steps_per_s_ + 0.2 * current;
  rate_s_ = now;
  rate_step_ = step_;
}

void Progress::evaluated(const Evaluated& event) {
  if (event.split == "test") return;  // the result shows it in a moment
  last_valid_ = event.scalars;
  row(event.scalars, event.step, event.epoch);
  rate_s_ = clock_.monotonic_s();  // the rate is that of training alone
  rate_step_ = event.step;
}

// A line of the table. Its titles are printed anew whenever they change.
void Progress::row(const std::vector<Scalar>& scalars, std::int64_t step, std::int64_t epoch) {
  const double now = clock_.monotonic_s();
  std::vector<std::string> titles{"epoch", "step"};
  std::vector<std::string> cells{epoch_text(epoch), text(step)};
  const auto add = [&](const std::string& title, std::string cell) {
    titles.push_back(printable(title));
    cells.push_back(std::move(cell));
  };
  add("train/loss", train_loss_ ? metric_text(train_loss_->value) : "-");
  for (const Scalar& scalar : scalars) add(scalar.name, metric_text(scalar.value));
  add("time", duration_text(now - start_s_));

  std::string title_line, line;
  for (std::size_t c = 0; c < titles.size(); ++c) {
    const std::size_t width = std::max(narrowest_cell, titles[c].size()) + 2;
    title_line += padded(titles[c], width);
    line += padded(cells[c], width);
  }
  const int width = err_.width() > 0 ? err_.width() : columns_of(title_line);
  if (titles_.empty()) print_line("");  // apart from what stands above the table
  if (titles != titles_) print_line(err_.paint(Style::dim, cut(title_line, width)));
  print_line(cut(line, width));
  titles_ = std::move(titles);
  row_s_ = now;
}

void Progress::say_that_it_stops() {
  if (has_said_stop_ || !stop_.load()) return;
  has_said_stop_ = true;
  print_line("stopping after this step; Ctrl-C again leaves at once");
}

void Progress::print_line(const std::string& line) {
  clear();
  err_.write(line + '\n');
}

void Progress::redraw() {
  const int width = err_.width() > 0 ? err_.width() : 80;
  // Drawn in one write, so that it never shows half; the last column stays free, or some terminals wrap.
  err_.write(text('\r', live_line(width - 1), "\033[K"));
  is_drawn_ = true;
}

void Progress::clear() {
  if (is_drawn_) err_.write("\r\033[K");
  is_drawn_ = false;
}

// What does not fit whole is left out.
std::string Progress::live_line(int width) const {
  char percent[8];
  std::snprintf(percent, sizeof percent, "%3.0f%%", 100 * share_done());
  std::string line = text("epoch ", epoch_text(epoch_ + 1), "  ", bar(share_done()), ' ', percent);
  const auto add = [&line, width](const std::string& part) {
    if (columns_of(line) + 2 + columns_of(part) <= width) line += "  " + part;
  };
  if (steps_per_s_ > 0) {
    add(rate_text(steps_per_s_));
    add(text(duration_text(seconds_left()), " left"));
  }
  if (train_loss_) add(text("train/loss ", metric_text(train_loss_->value)));
  for (const Scalar& scalar : last_valid_) add(text(printable(scalar.name), ' ', metric_text(scalar.value)));
  return cut(line, width);
}

std::string Progress::bar(double done) const {
  const auto full = static_cast<int>(std::lround(done * bar_columns));
  std::string cells;
  for (int i = 0; i < bar_columns; ++i) {
    if (is_utf8_) {
      cells += i < full ? "\u2501" : "\u2500";  // a heavy line over a light one
    } else {
      cells += i < full ? '#' : '-';
    }
  }
  return cells;
}

// Whichever bound is nearer, of steps or of time.
double Progress::share_done() const {
  double share = 0;
  if (run_.total_steps > 0) share = static_cast<double>(step_) / static_cast<double>(run_.total_steps);
  if (run_.time_limit_s > 0) share = std::max(share, (clock_.monotonic_s() - start_s_) / run_.time_limit_s);
  return std::clamp(share, 0.0, 1.0);
}

double Progress::seconds_left() const {
  double left = INFINITY;
  if (run_.total_steps > 0) left = static_cast<double>(run_.total_steps - step_) / steps_per_s_;
  if (run_.time_limit_s > 0) left = std::min(left, run_.time_limit_s - (clock_.monotonic_s() - start_s_));
  return std::max(left, 0.0);
}

std::string Progress::epoch_text(std::int64_t epoch) const {
  if (run_.total_steps <= 0 || run_.steps_per_epoch <= 0) return text(epoch);
  const std::int64_t all = (run_.total_steps + run_.steps_per_epoch - 1) / run_.steps_per_epoch;
  return text(std::min(epoch, all), '/', all);
}

}  // namespace assay::cli
