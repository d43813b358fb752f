// `assay watch`: a run or a sweep that goes on, looked at from anywhere that sees its files.
#include <algorithm>
#include <cmath>

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/open_study.h"
#include "runner/cli/progress.h"
#include "runner/cli/run_following.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/signals.h"
#include "runner/cli/sweep_view.h"
#include "runner/report/sparkline.h"
#include "runner/store/run_index.h"
#include "runner/sweep/board.h"

namespace assay::cli {
namespace {

constexpr int exit_stopped = 10;

std::string bar_text(double share) {
  constexpr int columns = 20;
  const int full = static_cast<int>(std::lround(share * columns));
  return std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(columns - full), '-');
}

std::string percent_text(double share) {
  return text(static_cast<std::int64_t>(std::floor(100 * share)), '%');
}

/// What is shown, by whatever it is made: on a terminal drawn over, elsewhere a line now and then.
class View {
 public:
  virtual ~View() = default;
  /// Reads what is new. Returns whether it goes on.
  virtual bool look() = 0;
  virtual std::vector<StyledLine> lines(const Output& out) const = 0;
  virtual std::string line() const = 0;  // all of it in one
  virtual double pause_s() const = 0;
  virtual int exit_code() const = 0;
};

class RunView final : public View {
 public:
  explicit RunView(const std::string& folder) : following_(folder) {}

  bool look() override {
    following_.look();
    return following_.is_running();
  }
  double pause_s() const override { return following_.pause_s(); }

  std::string line() const override {
    const store::RunSummary& run = following_.run().summary;
    std::string line = text(to_string(run.state), "  ", run_name(run), "  ", how_far());
    if (const auto result = headline(run))
      line += text("  ", printable(result->first), ' ', metric_text(result->second));
    return line;
  }

  std::vector<StyledLine> lines(const Output&) const override {
    const report::RunData& run = following_.run();
    std::vector<StyledLine> lines{
        {style_of(run.summary.state), text(to_string(run.summary.state), "  ", run_name(run.summary))},
        {Style::plain, "  " + how_far()}};
    std::size_t widest = 0;
    for (const store::Series* series : run.series())
      widest = std::max(widest, std::min(longest_name, printable(series->name).size()));
    for (const store::Series* series : run.series())
      lines.push_back({Style::plain, metric_line(*series, widest)});
    const std::vector<store::EventRow>& events = run.record.events;
    for (std::size_t i = events.size() - std::min(n_events, events.size()); i < events.size(); ++i)
      lines.push_back({Style::dim, "  " + event_text(events[i])});
    if (!run.summary.message.empty())
      lines.push_back({Style::plain, "  " + printable(cause_and_hint(run.summary.message).first)});
    return lines;
  }

  int exit_code() const override {
    switch (following_.run().summary.state) {
      case store::RunState::failed:
        return assay::exit_code(Kind::run);
      case store::RunState::stopped:
      case store::RunState::lost:
        return exit_stopped;
      default:
        return 0;
    }
  }

 private:
  static constexpr std::size_t n_events = 3;
  static constexpr std::size_t longest_name = 40;

  std::string how_far() const {
    const store::RunSummary& run = following_.run().summary;
    std::string words = text("epoch ", run.epoch, "  step ", run.step);
    const auto share = share_done(following_.run());
    if (share) words += text("  ", bar_text(*share), ' ', percent_text(*share));
    if (run.seconds > 0) {
      const double rate = static_cast<double>(run.step) / run.seconds;
      words += text("  ", rate < 10 ? metric_text(rate) : text(std::lround(rate)), " steps/s");
    }
    if (share && *share > 0 && following_.is_running())
      return text(words, "  ", duration_text(run.seconds / *share * (1 - *share)), " left");
    return text(words, "  ", duration_text(run.seconds));
  }

  static std::string metric_line(const store::Series& series, std::size_t widest) {
    constexpr int curve_columns = 32;
    std::string name = cut(printable(series.name), static_cast<int>(longest_name));
    name.resize(std::max(name.size(), widest), ' ');
    std::string value = metric_text(series.value.back());
    constexpr std::size_t value_columns = 10;
    value.insert(0, std::string(value_columns - std::min(value_columns, value.size()), ' '));
    return text("  ", name, ' ', value, "  ",
                report::sparkline(series.value, curve_columns, locale_is_utf8()));
  }

  RunFollowing following_;
};

class StudyView final : public View {
 public:
  explicit StudyView(const sweep::StudyFolder& folder)
      : folder_(folder), open_(open_study(folder)), board_(*open_.study, folder_), start_s_(now_s()) {}

  bool look() override {
    const double begun_s = now_s();
    board_.look();
    board_.refresh();
    if (n_before_ < 0) n_before_ = std::ssize(board_.ends());
    constexpr double least_pause_s = 1;
    pause_s_ = std::max(least_pause_s, 20 * (now_s() - begun_s));
    return !board_.are_all_over() && !folder_.is_stopping();
  }
  double pause_s() const override { return pause_s_; }

  std::string line() const override {
    const SweepCounts counts = counts_of(board_);
    std::string line =
        text(counts.n_ended(), '/', counts.n, " done  ", counts.n_open, " open  ", counts_text(counts));
    const auto n_new = static_cast<double>(counts.n_ended() - n_before_);
    if (n_new > 0 && counts.n_ended() < counts.n) {
      const double left = static_cast<double>(counts.n - counts.n_ended());
      line += text("  ", duration_text((now_s() - start_s_) / n_new * left), " left");
    }
    return line;
  }

  std::vector<StyledLine> lines(const Output&) const override {
    const SweepCounts counts = counts_of(board_);
    const double share =
        static_cast<double>(counts.n_ended()) / static_cast<double>(std::max<std::int64_t>(counts.n, 1));
    std::vector<StyledLine> lines{{Style::bold, printable(folder_.path())},
                                  {Style::plain, text("  ", bar_text(share), ' ', line())}};
    for (const std::string& best : best_lines(*open_.study, board_))
      lines.push_back({Style::plain, "  best " + best});
    for (const sweep::Trial trial : board_.open())
      lines.push_back({Style::dim, text("  ", sweep::to_string(trial), "  ",
                                        percent_text(board_.share(trial)), label(trial))});
    return lines;
  }

  int exit_code() const override { return board_.are_all_over() ? 0 : exit_stopped; }

 private:
  static double now_s() { return system_clock().monotonic_s(); }

  std::string label(sweep::Trial trial) const {
    if (sweep::is_refit(trial)) return {};
    const sweep::Unit unit = open_.study->layout().unit(trial);
    const auto point = board_.point(unit.group, unit.configuration);
    return point ? "  " + printable(open_.study->label(unit, *point)) : std::string();
  }

  sweep::StudyFolder folder_;
  OpenStudy open_;
  sweep::Board board_;
  double start_s_;
  double pause_s_ = 1;
  std::int64_t n_before_ = -1;  // ended before we looked
};

/// Until it is over, or a signal came.
int show_on_terminal(Output& out, View& view) {
  const StopOnSignal signals;
  LiveLines live(out);
  bool goes_on = view.look();
  while (goes_on) {
    live.draw(view.lines(out));
    if (!pause(view.pause_s(), signals.flag())) return 0;
    goes_on = view.look();
  }
  live.clear();
  for (const auto& [style, line] : view.lines(out)) out.write(out.paint(style, line) + '\n');
  return view.exit_code();
}

int show_as_lines(Output& out, View& view) {
  constexpr double line_every_s = 10;
  const StopOnSignal signals;
  std::string printed;
  double printed_s = -line_every_s;
  const auto print = [&] {
    const std::string line = view.line();
    if (line == printed) return;
    out.write(line + '\n');
    printed = line;
    printed_s = system_clock().monotonic_s();
  };
  while (view.look()) {
    if (system_clock().monotonic_s() - printed_s >= line_every_s) print();
    if (!pause(view.pause_s(), signals.flag())) return 0;
  }
  print();
  return view.exit_code();
}

class Watch final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Shows how a run or a sweep goes, from its files alone, until it ends or Ctrl-C, which it does not "
        "notice: how "
        "far it is, what is left, its metrics with their courses; of a sweep the best so far and the trials "
        "in "
        "flight. Where stdout is no terminal, it prints a line every ten seconds. Exits with 0 if it "
        "finished, 1 if "
        "the run failed, 10 if it stopped.";
    syntax.positional("RUN", target_,
                      "a run or a study: its folder, its id or the beginning of it, or its name");
    runs_.describe(syntax);
    syntax.example("assay watch 3f2a", "a run that goes on elsewhere");
    syntax.example("assay watch 3f2a | tee log.txt", "as lines");
  }

  int run(Session& session) override {
    const std::unique_ptr<View> view = make_view();
    return session.out.is_terminal() ? show_on_terminal(session.out, *view)
                                     : show_as_lines(session.out, *view);
  }

 private:
  std::unique_ptr<View> make_view() const {
    if (const auto study = find_study(runs_.path(), target_)) return std::make_unique<StudyView>(*study);
    return std::make_unique<RunView>(store::find_run(runs_.path(), target_).folder);
  }

  std::string target_;
  RunsFolder runs_;
};

}  // namespace

std::unique_ptr<Command> make_watch() { return std::make_unique<Watch>(); }

}  // namespace assay::cli
