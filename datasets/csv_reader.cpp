#include "datasets/csv_reader.h"

#include "core/text.h"

namespace assay::datasets {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
  if (text_.starts_with(byte_order_mark)) at_ = line_start_ = byte_order_mark.size();
}

bool CsvReader::at_line_end() const {
  if (at_ >= text_.size() || text_[at_] == '\n') return true;
  return text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n');
}

void CsvReader::end_line() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  line_start_ = at_;
  ++line_;
}

// A tab that separates is no blank.
void CsvReader::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_]) && (text_[at_] != separator_ || separator_ == ' ')) ++at_;
}

void CsvReader::skip_lines(std::int64_t n) {
  for (; n > 0 && at_ < text_.size(); --n) {
    while (!at_line_end()) ++at_;
    end_line();
  }
}

bool CsvReader::next(CsvRow& row) {
  row.cells.clear();
  row.fault.clear();
  unquoted_.clear();
  for (;;) {
    skip_blanks();
    if (at_ >= text_.size()) return false;
    if (!at_line_end()) break;
    end_line();
  }
  row.line = line_;
  const std::size_t start = line_start_;
  do {
    row.cells.push_back(read_cell(row));
  } while (skip_separator());
  row.raw = text_.substr(start, at_ - start);
  end_line();
  return true;
}

// True if another cell follows.
bool CsvReader::skip_separator() {
  if (separator_ == ' ') return !at_line_end();
  if (at_line_end() || text_[at_] != separator_) return false;
  ++at_;
  return true;
}

CsvCell CsvReader::read_cell(CsvRow& row) {
  skip_blanks();
  CsvCell cell;
  cell.column = static_cast<int>(at_ - line_start_) + 1;
  cell.is_quoted = at_ < text_.size() && text_[at_] == '"';
  cell.text = cell.is_quoted ? read_quoted(row) : read_plain();
  skip_blanks();
  return cell;
}

std::string_view CsvReader::read_plain() {
  const std::size_t start = at_;
  const auto ends = [&] {
    return at_line_end() || text_[at_] == separator_ || (separator_ == ' ' && is_blank(text_[at_]));
  };
  while (!ends()) ++at_;
  return trim(text_.substr(start, at_ - start));
}

std::string_view CsvReader::read_quoted(CsvRow& row) {
  const std::size_t start = ++at_;
  std::string* copy = nullptr;
  std::size_t copied = start;
  for (;; ++at_) {
    if (at_ >= text_.size()) {
      row.fault = "a quote is opened and never closed";
      return text_.substr(start);
    }
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    if (text_[at_] != '"') continue;
    if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
    if (!copy) copy = &unquoted_.emplace_back();
    copy->append(text_.substr(copied, at_ + 1 - copied));
    copied = ++at_ + 1;
  }
  const std::string_view rest = text_.substr(copied, at_ - copied);
  ++at_;
  skip_blanks();
  if (!at_line_end() && text_[at_] != separator_ && separator_ != ' ') {
    row.fault = "text follows a closing quote";
    read_plain();
  }
  if (!copy) return rest;
  copy->append(rest);
  return *copy;
}

}  // namespace assay::datasets
