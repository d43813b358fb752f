#include "runner/cli/exact_text.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

using store::RecordDifference;

constexpr std::size_t shown_places = 8;

std::string place_of(const RecordDifference& one) {
  return one.step ? text(printable(one.where), ", step ", *one.step) : printable(one.where);
}

/// Where else, so that one sees whether it is one number or all of them.
std::string further_text(const std::vector<RecordDifference>& all) {
  if (all.size() == 1) return {};
  std::vector<std::string> places;
  for (std::size_t i = 1; i < std::min(all.size(), shown_places); ++i) places.push_back(place_of(all[i]));
  if (all.size() > shown_places) places.push_back(text(all.size() - shown_places, " more"));
  return text("  also    ", join(places, "\n          "), '\n');
}

}  // namespace

std::optional<double> tolerance_of(const std::string& written) {
  if (written.empty()) return std::nullopt;
  const std::optional<double> tolerance = parse_real(written);
  if (tolerance && *tolerance >= 0) return tolerance;
  throw Error(Kind::usage, text("--tolerance is '", written, "', no number"), "write it as 1e-6");
}

std::string compared_text(const store::ExactComparison& compared) {
  return text(count_text(compared.rows, "row"), " of ", compared.series, " series, ",
              count_text(compared.checkpoints, "checkpoint"), ", ", count_text(compared.arrays, "array"));
}

std::string differences_text(const std::vector<RecordDifference>& all, const std::string& name_a,
                             const std::string& name_b, const Output& out) {
  if (all.empty()) return {};
  const RecordDifference& first = all.front();
  Table values({{{}}, {{}, Table::Align::left, Table::Fit::cut}});
  values.row({printable(name_a), printable(first.a)});
  values.row({printable(name_b), printable(first.b)});
  std::string lines = text("  first in ", place_of(first), '\n', values.text(out, 4));
  if (!first.note.empty()) lines += text("    ", first.note, '\n');
  return lines + further_text(all);
}

std::string exact_text(const store::ExactComparison& compared, const std::string& name_a,
                       const std::string& name_b, const Output& out) {
  const bool is_same = compared.is_identical();
  const std::string verdict =
      is_same ? out.paint(Style::green, "identical") : out.paint(Style::red, "different");
  return text(verdict, "  ", printable(name_a), "  ", printable(name_b), "\n  ", compared_text(compared),
              '\n', differences_text(compared.differences, name_a, name_b, out));
}

Json differences_json(const std::vector<RecordDifference>& all) {
  Json list = Json::list();
  for (const RecordDifference& one : all) {
    Json item = Json::map();
    item.set("where", one.where);
    if (one.step) item.set("step", *one.step);
    item.set("a", one.a);
    item.set("b", one.b);
    if (!one.note.empty()) item.set("note", one.note);
    list.push(std::move(item));
  }
  return list;
}

Json to_json(const store::ExactComparison& compared) {
  Json json = Json::map();
  json.set("identical", compared.is_identical());
  json.set("series", compared.series);
  json.set("rows", compared.rows);
  json.set("checkpoints", compared.checkpoints);
  json.set("arrays", compared.arrays);
  json.set("differences", differences_json(compared.differences));
  return json;
}

}  // namespace assay::cli
