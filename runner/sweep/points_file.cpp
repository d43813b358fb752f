#include "runner/sweep/points_file.h"

#include <memory>
#include <optional>
#include <utility>

#include "core/text.h"
#include "runner/config/interpolate.h"
#include "runner/config/read_yaml.h"

namespace assay::sweep {
namespace {

struct Record {
  int line = 0;
  std::vector<std::string> cells;
};

// Splits the text into records; quoted cells may hold commas and line ends.
std::vector<Record> records_of(std::string_view text) {
  std::vector<Record> records;
  Record record{1, {""}};
  bool is_quoted = false;
  int line = 1;
  const auto end_record = [&] {
    const bool is_blank = record.cells.size() == 1 && trim(record.cells.front()).empty();
    if (!is_blank) records.push_back(std::move(record));
    record = {line, {""}};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (is_quoted) {
      const bool is_escaped = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
      if (is_escaped) ++i;
      if (c == '"' && !is_escaped) {
        is_quoted = false;
      } else {
        record.cells.back() += c;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == ',') {
      record.cells.emplace_back();
    } else if (c == '\n') {
      end_record();
    } else if (c != '\r') {
      record.cells.back() += c;
    }
  }
  end_record();
  return records;
}

}  // namespace

std::vector<Value> read_points(std::string_view text_of_file, const std::string& name,
                               std::vector<Problem>& problems) {
  const auto shared = std::make_shared<const std::string>(name);
  const auto at = [&](int line) { return Where::file(shared, line, 1); };
  if (text_of_file.starts_with("\xef\xbb\xbf")) text_of_file.remove_prefix(3);
  const std::vector<Record> records = records_of(text_of_file);
  if (records.size() < 2) {
    problems.push_back({at(1), "sweep.zip_file", "has no points",
                        "the first row names keys, as optimizer.lr; every other row is a point"});
    return {};
  }
  std::vector<Value> points;
  for (std::size_t i = 1; i < records.size(); ++i) {
    const Record& record = records[i];
    const Where where = at(record.line);
    if (record.cells.size() != records[0].cells.size()) {
      problems.push_back({where, "sweep.zip_file",
                          text("has ", count_text(std::ssize(record.cells), "cell"), " in this row, but ",
                               records[0].cells.size(), " columns"),
                          "a cell with a comma stands in double quotes"});
      return {};
    }
    Value point = Value::map({}, where);
    for (std::size_t k = 0; k < record.cells.size(); ++k) {
      std::optional<Value> value = read_yaml_argument(trim(record.cells[k]), where, problems);
      if (!value) return {};
      set_places(*value, where);
      point.entries().push_back(
          {std::string(trim(records[0].cells[k])), at(records[0].line), std::move(*value)});
    }
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace assay::sweep
