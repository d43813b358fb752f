// The table of docs/config.md that says what a value means for a parameter of each type.
#include <cmath>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/registry.h"
#include "runner/config/read_yaml.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

struct Row {
  std::vector<std::string> spellings;
  std::string number, whole, text, truth;  // cells
};

std::string without_ticks(std::string_view cell) {
  cell = trim(cell);
  const bool is_code = cell.size() > 1 && cell.front() == '`' && cell.back() == '`';
  return std::string(is_code ? cell.substr(1, cell.size() - 2) : cell);
}

// "`1e-3`, `1E-3`", but "`1,5`" is one.
std::vector<std::string> spellings_of(const std::string& cell) {
  std::vector<std::string> spellings;
  const std::vector<std::string> parts = split(cell, '`');
  for (std::size_t i = 1; i < parts.size(); i += 2) spellings.push_back(parts[i]);
  return spellings;
}

std::vector<Row> table() {
  std::vector<Row> rows;
  bool is_inside = false;
  for (const std::string& line : split(read_text(source_folder() + "/docs/config.md"), '\n')) {
    if (line.starts_with("| written | a number |")) is_inside = true;
    if (line.empty()) is_inside = false;
    if (!is_inside || !line.starts_with("| `")) continue;
    const std::vector<std::string> cells = split(line, '|');
    rows.push_back({spellings_of(cells[1]), without_ticks(cells[2]), without_ticks(cells[3]),
                    without_ticks(cells[4]), without_ticks(cells[5])});
  }
  return rows;
}

struct Reading {
  std::string value;  // as the table shows it
  std::vector<Problem> problems;
};

template <class T>
Reading read_as(const std::string& written) {
  static const Registry registry;
  Reading reading;
  const auto value = read_yaml(written, std::make_shared<const std::string>("table"), reading.problems);
  if (!value) return reading;
  BindContext context{registry, reading.problems, "x"};
  T out{};
  if (read_scalar(*value, out, context)) reading.value = text(out);
  return reading;
}

std::string shown_number(const std::string& cell) {
  if (cell == "infinity") return "inf";
  if (cell == "-infinity") return "-inf";
  return number_text(parse_real(cell).value_or(std::nan("")));
}

void expect(const Reading& reading, const std::string& cell, const std::string& value) {
  if (!cell.starts_with("error")) {
    EXPECT_TRUE(reading.problems.empty());
    EXPECT_EQ(reading.value, value);
    return;
  }
  ASSERT_EQ(reading.problems.size(), 1u);
  if (!cell.starts_with("error: ")) return;
  EXPECT_THAT(reading.problems[0].hint, HasSubstr(cell.substr(7)));
}

TEST(ScalarTable, IsWhatTheReaderDoes) {
  const std::vector<Row> rows = table();
  ASSERT_GE(rows.size(), 16u);
  for (const Row& row : rows) {
    for (const std::string& written : row.spellings) {
      SCOPED_TRACE(written);
      expect(read_as<double>(written), row.number, shown_number(row.number));
      expect(read_as<std::int64_t>(written), row.whole, row.whole);
      expect(read_as<std::string>(written), row.text, row.text == "as written" ? written : row.text);
      expect(read_as<bool>(written), row.truth, row.truth);
    }
  }
}

}  // namespace
}  // namespace assay::testing
