#include "runner/cli/sweep_view.h"

#include <algorithm>
#include <cmath>

#include "core/clock.h"
#include "core/text.h"
#include "runner/cli/progress.h"
#include "runner/cli/table.h"
#include "runner/sweep/summary_rows.h"

namespace assay::cli {
namespace {

constexpr double redraw_every_s = 0.25;
constexpr double line_every_s = 10;
constexpr std::ptrdiff_t most_best_lines = 4;

double now_s() { return system_clock().monotonic_s(); }

std::string percent(double share) { return text(static_cast<std::int64_t>(std::lround(100 * share)), '%'); }

bool is_anyone_at_work(std::span<const sweep::WorkerSeat> seats) {
  return std::any_of(seats.begin(), seats.end(),
                     [](const sweep::WorkerSeat& seat) { return seat.trial != sweep::WorkerSeat::none; });
}

/// The values of a configuration of its first repeat.
std::string label_of(const sweep::Study& study, const sweep::Board& board, std::int64_t group,
                     std::int64_t number) {
  const auto point = board.point(group, number);
  if (!point) return {};
  const std::string values = study.space().label(*point);
  const std::string group_values = study.groups().label(study.group_point(group));
  return group_values.empty() ? values : group_values + ' ' + values;
}

}  // namespace

SweepCounts counts_of(const sweep::Board& board) {
  SweepCounts counts;
  counts.n = board.n_in_all();
  counts.n_open = std::ssize(board.open());
  for (const auto& [trial, end] : board.ends()) {
    if (end.how == sweep::TrialEnd::How::finished) {
      ++counts.n_finished;
      continue;
    }
    ++(end.how == sweep::TrialEnd::How::stopped ? counts.n_stopped : counts.n_failed);
    ++counts.reasons[end.reason];
  }
  return counts;
}

std::string counts_text(const SweepCounts& counts) {
  std::vector<std::string> parts{text(counts.n_finished, " finished")};
  if (counts.n_stopped > 0) parts.push_back(text(counts.n_stopped, " stopped"));
  if (counts.n_failed > 0) parts.push_back(text(counts.n_failed, " failed"));
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : counts.reasons) reasons.push_back(text(reason, ' ', count));
  if (!reasons.empty()) parts.back() += text(" (", join(reasons, ", "), ')');
  return join(parts, ", ");
}

std::vector<std::string> best_lines(const sweep::Study& study, const sweep::Board& board) {
  std::vector<std::string> lines;
  if (!study.objective()) return lines;
  for (std::int64_t group = 0; group < study.layout().n_groups; ++group) {
    const auto best = board.best(group);
    if (!best) continue;
    const auto* configuration = board.configuration(group, *best);
    const Seen seen = sweep::seen_of(*configuration, study.layout().n_repeats, *study.objective());
    const sweep::Trial trial = study.layout().number({*best, group, 0});
    const std::string mean = study.layout().n_repeats > 1 ? "mean " : "";
    lines.push_back(text("trial ", trial, ": ", mean, printable(study.objective()->metric), ' ',
                         metric_text(study.objective()->turned(seen.value)), "  ",
                         printable(label_of(study, board, group, *best))));
  }
  return lines;
}

namespace {

std::string spread_text(const sweep::Summary& summary, const std::string& spread) {
  if (summary.count == 0) return "-";
  if (summary.count == 1) return metric_text(summary.mean);
  if (spread == "interval")
    return text(metric_text(summary.mean), " (", metric_text(summary.low), " to ", metric_text(summary.high),
                ')');
  return text(metric_text(summary.mean), " +- ",
              metric_text(spread == "sd" ? summary.sd : summary.standard_error));
}

}  // namespace

std::string summary_table(const sweep::Study& study, const sweep::Board& board, const Output& out) {
  const std::vector<sweep::SummaryRow> rows = sweep::summary_rows(study, board);
  if (rows.empty()) return {};
  const SummarySection& section = *study.section().summary;
  std::vector<Table::Column> columns{{"groups"}, {"n", Table::Align::right}};
  for (const std::string& metric : section.metrics) columns.push_back({metric, Table::Align::right});
  Table table(std::move(columns));
  for (const sweep::SummaryRow& row : rows) {
    std::size_t n = 0;
    std::vector<std::string> cells{printable(row.label), ""};
    for (const sweep::Summary& summary : row.metrics) {
      n = std::max(n, summary.count);
      cells.push_back(spread_text(summary, section.spread));
    }
    cells[1] = text(n);
    table.row(std::move(cells));
  }
  const std::string what = section.spread == "sd"               ? "standard deviation"
                           : section.spread == "standard_error" ? "standard error"
                                                                : "confidence interval";
  return text(table.text(out, 2), "  mean and ", what, " over ",
              section.over ? printable(*section.over) : "the groups",
              study.layout().has_refits ? ", of the refits" : ", of the best of each group", '\n');
}

SweepView::SweepView(Output& err, const sweep::Study& study, const sweep::StudyFolder& folder, bool is_quiet)
    : err_(err), study_(study), board_(study, folder), is_quiet_(is_quiet), start_s_(now_s()) {}

SweepView::~SweepView() { clear(); }

const sweep::Board& SweepView::board() {
  board_.refresh();
  return board_;
}

void SweepView::update(std::span<const sweep::WorkerSeat> seats) {
  if (is_quiet_) return;
  const double now = now_s();
  if (now - looked_s_ < redraw_every_s) return;
  looked_s_ = now;
  const SweepCounts counts = counts_of(board());
  if (n_before_ < 0) n_before_ = counts.n_ended();
  if (!err_.is_terminal()) {
    if (now - said_s_ < line_every_s || !is_anyone_at_work(seats)) return;
    said_s_ = now;
    const std::vector<std::string> best = best_lines(study_, board_);
    err_.write(text(line(counts, seats), best.size() == 1 ? "  best " + best.front() : "", '\n'));
    return;
  }
  const int width = err_.width() > 0 ? err_.width() - 1 : 79;
  std::vector<std::string> lines{line(counts, seats)};
  for (const std::string& best : best_lines(study_, board_)) {
    if (std::ssize(lines) <= most_best_lines) lines.push_back("  best " + best);
  }
  for (const sweep::WorkerSeat& seat : seats) lines.push_back("  " + seat_line(seat));
  std::string drawn = n_drawn_ > 0 ? text("\033[", n_drawn_, "A") : "";
  for (const std::string& one : lines) drawn += text('\r', cut(one, width), "\033[K\n");
  err_.write(drawn + "\033[J");
  n_drawn_ = std::ssize(lines);
}

void SweepView::say(const std::string& line) {
  if (is_quiet_) return;
  clear();
  err_.write(line + '\n');
}

void SweepView::clear() {
  if (n_drawn_ == 0) return;
  err_.write(text("\033[", n_drawn_, "A\033[J"));
  n_drawn_ = 0;
}

std::string SweepView::line(const SweepCounts& counts, std::span<const sweep::WorkerSeat> seats) const {
  double busy_s = 0;
  double in_flight = 0;
  std::int64_t n_running = 0;
  for (const sweep::WorkerSeat& seat : seats) {
    busy_s += seat.busy_s;
    if (seat.trial == sweep::WorkerSeat::none) continue;
    ++n_running;
    in_flight += seat.share;
  }
  std::string line = text(counts.n_ended(), '/', counts.n, " done  ", n_running, " running");
  if (counts.n_stopped + counts.n_failed > 0) line += text("  ", counts_text(counts));
  const double elapsed_s = now_s() - start_s_;
  const double done = static_cast<double>(counts.n_ended() - n_before_) + in_flight;
  if (done > 0) {
    const double left = static_cast<double>(counts.n - counts.n_ended()) - in_flight;
    line += text("  ", duration_text(elapsed_s / done * left), " left");
    const double efficiency = busy_s / (elapsed_s * static_cast<double>(seats.size()));
    if (busy_s > 0) line += text("  workers busy ", percent(std::min(efficiency, 1.0)));
  }
  return line;
}

std::string SweepView::seat_line(const sweep::WorkerSeat& seat) const {
  const sweep::Trial trial = seat.trial;
  if (trial == sweep::WorkerSeat::none) return "-";
  std::string line = text(sweep::to_string(trial), "  ", percent(seat.share));
  if (sweep::is_refit(trial)) return line;
  const sweep::Unit unit = study_.layout().unit(trial);
  const auto point = board_.point(unit.group, unit.configuration);
  if (point) line += "  " + printable(study_.label(unit, *point));
  return line;
}

}  // namespace assay::cli
