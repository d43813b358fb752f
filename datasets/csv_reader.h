// Splits a table of text into rows and cells, one row after the other, without copying cells that need no
// unquoting.
//
//   CsvReader reader(text, ',');
//   CsvRow row;
//   while (reader.next(row)) ... row.cells[2].text, row.line, row.cells[2].column
//
// RFC 4180, and what files really hold: CRLF or LF, blanks around cells, empty lines, quoted cells with
// separators, line ends and doubled quotes, a UTF-8 byte order mark.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace assay::datasets {

struct CsvCell {
  std::string_view text;  // unquoted, without blanks around it; valid until the next row is read
  int column = 1;         // where it begins in its line, in bytes, from 1
  bool is_quoted = false;
};

struct CsvRow {
  int line = 0;          // where it begins, from 1
  std::string_view raw;  // as written, without the line end
  std::vector<CsvCell> cells;
  /// A quote that is never closed, or text behind a closing quote: what is wrong, or empty.
  std::string fault;
};

class CsvReader {
 public:
  /// `text` must outlive the reader. A separator of ' ' stands for any run of blanks and tabs.
  CsvReader(std::string_view text, char separator);

  /// The next row that is not empty; false at the end.
  bool next(CsvRow& row);
  /// Passes over lines as they are, whatever they hold.
  void skip_lines(std::int64_t n);

 private:
  bool at_line_end() const;
  void end_line();
  void skip_blanks();
  bool skip_separator();
  CsvCell read_cell(CsvRow& row);
  std::string_view read_quoted(CsvRow& row);
  std::string_view read_plain();

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::deque<std::string> unquoted_;  // of this row, where a doubled quote had to be undone
};

}  // namespace assay::datasets
