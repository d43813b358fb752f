#include "runner/reproduce/verdict_text.h"

#include <cmath>
#include <utility>

#include "core/text.h"

namespace assay::reproduce {
namespace {

using sweep::Summary;

/// Of a cell or a line: nothing in it ends either.
std::string escaped(const std::string& words) {
  std::string out;
  for (const char c : printable(words)) {
    if (c == '|' || c == '<' || c == '*' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

std::string line(const std::vector<std::string>& cells) { return text("| ", join(cells, " | "), " |\n"); }

std::string rows_table(const Verdict& verdict) {
  std::string out =
      line({"row", "published", "ours", "95 % interval", "trials", "difference", "tolerance", "verdict"}) +
      line({"---", "---", "---", "---", "---", "---", "---", "---"});
  for (const RowVerdict& row : verdict.rows) {
    out += line(
        {escaped(row.row->name), published_text(row), row.ours.count > 0 ? short_number(row.ours.mean) : "",
         interval_text(row.ours), row.ours.count > 0 ? text(row.ours.count) : "",
         row.difference
             ? text(short_number(row.difference->mean), " +- ", short_number(row.difference->standard_error))
             : "",
         escaped(row.tolerance), std::string(to_string(row.word))});
  }
  return out;
}

std::string reasons_list(const Verdict& verdict) {
  std::string out;
  for (const RowVerdict& row : verdict.rows) {
    out += text("- ", escaped(row.row->name), ": ", escaped(row.row->reason), '\n');
    for (const std::string& miss : row.misses) out += text("  - missed: ", escaped(miss), '\n');
  }
  return out;
}

std::string runs_table(const std::vector<RunDone>& runs) {
  std::string out =
      line({"run", "trials", "seconds of trials", "folder"}) + line({"---", "---", "---", "---"});
  for (const RunDone& run : runs)
    out += line({escaped(run.name), text(run.n_trials), short_number(run.seconds), escaped(run.folder)});
  return out;
}

Json number_json(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json summary_json(const Summary& summary) {
  Json json = Json::map();
  json.set("trials", static_cast<std::int64_t>(summary.count));
  json.set("mean", number_json(summary.mean));
  json.set("sd", number_json(summary.sd));
  json.set("standard_error", number_json(summary.standard_error));
  json.set("low", number_json(summary.low));
  json.set("high", number_json(summary.high));
  return json;
}

template <class T>
void set_if(Json& json, std::string_view key, const std::optional<T>& value) {
  if (value) json.set(key, *value);
}

Json row_json(const RowVerdict& row) {
  Json json = Json::map();
  json.set("name", row.row->name);
  json.set("verdict", to_string(row.word));
  if (!row.row->is_order()) {
    json.set("metric", row.row->metric);
    json.set("run", row.row->run);
    set_if(json, "published", row.published);
    set_if(json, "published_sd", row.row->spread.sd);
    set_if(json, "published_standard_error", row.row->spread.standard_error);
    json.set("ours", summary_json(row.ours));
    if (row.difference) json.set("difference", summary_json(*row.difference));
  }
  json.set("tolerance", row.tolerance);
  json.set("reason", row.row->reason);
  Json misses = Json::list();
  for (const std::string& miss : row.misses) misses.push(miss);
  json.set("misses", std::move(misses));
  return json;
}

}  // namespace

std::string verdict_word(const Verdict& verdict, Judging judging) {
  if (judging == Judging::none) return "not judged";
  return verdict.holds() ? "reproduced" : "not reproduced";
}

std::string published_text(const RowVerdict& row) {
  if (!row.published) return {};
  const SpreadSection& spread = row.row->spread;
  const std::string value = short_number(*row.published);
  if (spread.standard_error) return text(value, " +- ", short_number(*spread.standard_error), " (se)");
  if (spread.sd) return text(value, " +- ", short_number(*spread.sd), " (sd)");
  return value;
}

std::string interval_text(const Summary& summary) {
  return summary.count < 2 ? std::string()
                           : text(short_number(summary.low), " to ", short_number(summary.high));
}

std::string to_markdown(const Expected& expected, const Verdict& verdict, Judging judging,
                        const VerdictFacts& facts) {
  const std::string held = judging == Judging::none
                               ? std::string("; a quick run shows numbers and judges none")
                               : text(": ", verdict.n_held(), " of ", verdict.rows.size(), " rows hold");
  return text("# ", escaped(expected.name), "\n\n", escaped(expected.title), "\n\n**",
              verdict_word(verdict, judging), "**", held, ".\n\n", rows_table(verdict),
              "\nOurs are means over trials, with Student's interval; se is a standard error, sd a standard "
              "deviation.\n\n"
              "Source: ",
              escaped(expected.source), "\n\n## Why these tolerances\n\n", reasons_list(verdict),
              "\n## What was run\n\n", runs_table(facts.runs), "\n", escaped(facts.program), ", on ",
              escaped(facts.machine), ". Again: `", facts.command, "`\n");
}

Json to_json(const Expected& expected, const Verdict& verdict, Judging judging, const VerdictFacts& facts) {
  Json json = Json::map();
  json.set("experiment", expected.name);
  json.set("title", expected.title);
  json.set("source", expected.source);
  json.set("verdict", verdict_word(verdict, judging));
  Json rows = Json::list();
  for (const RowVerdict& row : verdict.rows) rows.push(row_json(row));
  json.set("rows", std::move(rows));
  Json runs = Json::list();
  for (const RunDone& run : facts.runs) {
    runs.push(Json(Json::Map{
        {"name", run.name}, {"folder", run.folder}, {"trials", run.n_trials}, {"seconds", run.seconds}}));
  }
  json.set("runs", std::move(runs));
  json.set("program", facts.program);
  json.set("machine", facts.machine);
  return json;
}

}  // namespace assay::reproduce
