// `assay sweep show`: the best configurations of a study, whether they differ, and what each parameter did.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/open_study.h"
#include "runner/cli/progress.h"
#include "runner/cli/sweep_view.h"
#include "runner/cli/table.h"
#include "runner/sweep/effects.h"
#include "runner/sweep/statistics.h"

namespace assay::cli {
namespace {

constexpr std::size_t n_shown = 10;
constexpr double default_confidence = 0.95;
constexpr std::size_t enough_for_effects = 4;

/// A configuration with what it gave.
struct Row {
  std::int64_t number = 0;
  sweep::Repeats repeats;
  sweep::Summary summary;
  Point point;
};

std::string number_in_digits(double value, int digits) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.*g", digits, value);
  return buffer;
}

class Show {
 public:
  Show(const sweep::Study& study, const sweep::Board& board, const Output& out)
      : study_(study), board_(board), out_(out) {
    const auto& repeat = study.section().repeat;
    confidence_ = repeat ? repeat->confidence : default_confidence;
  }

  std::string group(std::int64_t group) const {
    std::vector<Row> rows = rows_of(group);
    std::string text;
    if (study_.layout().n_groups > 1)
      text += out_.paint(Style::bold, printable(study_.groups().label(study_.group_point(group)))) + '\n';
    if (rows.empty()) return text + "  no trial has ended well yet\n";
    text += table(rows) + verdict(rows);
    return text + effects(rows);
  }

 private:
  std::vector<Row> rows_of(std::int64_t group) const {
    std::vector<Row> rows;
    for (const sweep::Configuration& one : board_.configurations(group)) {
      Row row{one.number, {}, {}, {}};
      std::vector<double> values;
      for (std::int64_t repeat = 0; repeat < study_.layout().n_repeats; ++repeat) {
        const auto found = one.results.find(repeat);
        const bool is_there = found != one.results.end() &&
                              found->second.end == sweep::Result::End::finished &&
                              std::isfinite(found->second.value);
        row.repeats.push_back(is_there ? std::optional(found->second.value) : std::nullopt);
        if (is_there) values.push_back(found->second.value);
      }
      const auto point = board_.point(group, one.number);
      if (values.empty() || !point) continue;
      row.summary = sweep::summarise(values, confidence_);
      row.point = *point;
      rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
      if (a.summary.count != b.summary.count) return a.summary.count > b.summary.count;
      return study_.objective()->turned(a.summary.mean) < study_.objective()->turned(b.summary.mean);
    });
    return rows;
  }

  /// Numbers in few digits: `best --config` has them all.
  std::string value_text(std::size_t parameter, double value) const {
    const Parameter& drawn = study_.space().space().parameters[parameter];
    return drawn.kind == Parameter::Kind::real ? number_in_digits(value, 3)
                                               : study_.space().value_label(parameter, value);
  }

  std::string values_text(const Point& point) const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (std::isnan(point[i])) continue;
      parts.push_back(text(study_.space().space().parameters[i].name, '=', value_text(i, point[i])));
    }
    return join(parts, " ");
  }

  std::optional<sweep::Comparison> compared(const std::vector<Row>& rows) const {
    std::vector<sweep::Repeats> repeats;
    for (const Row& row : rows) repeats.push_back(row.repeats);
    return sweep::compare(repeats, study_.objective()->is_better_high, confidence_);
  }

  bool has_repeats() const { return study_.layout().n_repeats > 1; }

  std::string table(const std::vector<Row>& rows) const {
    constexpr auto right = Table::Align::right;
    Table table({{"configuration", right},
                 {study_.objective()->metric, right},
                 {has_repeats() ? text(100 * confidence_, "% interval") : ""},
                 {has_repeats() ? "p" : "", right},
                 {"values", Table::Align::left, Table::Fit::wrap}});
    const auto comparison = has_repeats() ? compared(rows) : std::nullopt;
    for (std::size_t i = 0; i < std::min(rows.size(), n_shown); ++i) {
      const Row& row = rows[i];
      const bool has_interval = std::isfinite(row.summary.low);
      std::string p;
      if (comparison && i != comparison->best && comparison->p_values[i])
        p = number_in_digits(*comparison->p_values[i], 2);
      table.row(
          {text(row.number), metric_text(row.summary.mean),
           has_interval ? text(metric_text(row.summary.low), " to ", metric_text(row.summary.high)) : "", p,
           printable(values_text(row.point))},
          i == 0 ? Style::bold : Style::plain);
    }
    std::string text = table.text(out_, 2);
    if (rows.size() > n_shown) text += assay::text("  and ", rows.size() - n_shown, " more\n");
    return text;
  }

  /// No winner is announced inside the noise.
  std::string verdict(const std::vector<Row>& rows) const {
    if (rows.size() < 2) return {};
    if (!has_repeats())
      return "  one run each: whether the differences are more than chance cannot be said; `repeat: {seeds: "
             "5}` "
             "can\n";
    const auto comparison = compared(rows);
    if (!comparison) return {};
    if (comparison->has_winner())
      return text("  configuration ", rows[comparison->best].number, " is better than all others, at ",
                  100 * confidence_, "% confidence\n");
    return text("  no winner: ", comparison->tied.size(), " configurations cannot be told from the best, at ",
                100 * confidence_, "% confidence\n");
  }

  std::string effects(const std::vector<Row>& rows) const {
    if (rows.size() < enough_for_effects) return {};
    std::vector<sweep::Measured> measured;
    for (const Row& row : rows) measured.push_back({row.point, row.summary.mean});
    const auto label = [&](std::size_t parameter, double value) { return value_text(parameter, value); };
    Table table({{"parameter"},
                 {"explains", Table::Align::right},
                 {"by chance", Table::Align::right},
                 {"mean by value", Table::Align::left, Table::Fit::wrap}});
    for (const sweep::Effect& effect : sweep::effects_of(study_.space().space(), measured, label)) {
      std::vector<std::string> levels;
      for (const sweep::Level& level : effect.levels)
        levels.push_back(text(printable(level.label), ": ", metric_text(level.mean)));
      table.row({study_.space().space().parameters[effect.parameter].name, share_text(effect.share),
                 share_text(effect.by_chance), join(levels, ", ")});
    }
    return table.is_empty() ? "" : '\n' + table.text(out_, 2);
  }

  static std::string share_text(double share) { return text(std::lround(100 * share), "%"); }

  const sweep::Study& study_;
  const sweep::Board& board_;
  const Output& out_;
  double confidence_ = default_confidence;
};

class SweepShow final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "The best configurations of a study, with confidence intervals and tests where there are repeats, "
        "and how "
        "much of the objective's variance each parameter explains.";
    study_.describe(syntax);
    syntax.example("assay sweep show 3f2a", "the study whose id begins so");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    const OpenStudy open = open_study(folder);
    if (!open.study->objective()) {
      throw Error(
          Kind::usage,
          Problem{Where::path(folder.path()),
                  {},
                  "has no objective, so no trial is better than another",
                  "`assay sweep status` says how it stands; `sweep.objective` names what to be best at"});
    }
    sweep::Board board(*open.study, folder);
    board.refresh();
    const Show show(*open.study, board, session.out);
    for (std::int64_t group = 0; group < open.study->layout().n_groups; ++group)
      session.out.write(show.group(group));
    session.out.write(summary_table(*open.study, board, session.out));
    return 0;
  }

 private:
  StudyArgument study_;
};

}  // namespace

std::unique_ptr<Command> make_sweep_show() { return std::make_unique<SweepShow>(); }

}  // namespace assay::cli
