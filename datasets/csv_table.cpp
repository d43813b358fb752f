#include "datasets/csv_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "core/text.h"
#include "datasets/csv_reader.h"
#include "datasets/csv_types.h"

namespace assay::datasets {
namespace {

constexpr std::size_t max_problems = 10;
constexpr std::size_t max_alike = 3;  // more of a kind in one column become one problem
constexpr std::size_t max_lines = 5;  // that it names
constexpr std::size_t max_shown = 80;
constexpr std::size_t no_column = std::numeric_limits<std::size_t>::max();

std::string number_hint(std::string_view cell, bool is_target) {
  std::string pointed(cell);
  std::replace(pointed.begin(), pointed.end(), ',', '.');
  if (cell.find(',') != std::string_view::npos && parse_real(pointed)) {
    return text("write decimals with a point: ", pointed);
  }
  if (is_target) return "correct the cell, or set `task: classification` if the target is a label";
  return "correct the cell, or leave the column out: list the columns to use under dataset.inputs; if it "
         "holds "
         "names, list it under dataset.categories";
}

// A quote that is not closed takes the rest of the file into the row.
std::string_view first_line(std::string_view row) { return trim(row.substr(0, row.find('\n'))); }

// What is wrong with cells of a column, or with rows, in the same way.
struct Fault {
  enum class Kind { no_number, too_large, missing, unknown_name, ragged, quotes };
  Kind kind;
  std::size_t column;
  std::int64_t count = 0;
  std::vector<Problem> problems = {};  // the first ones
  std::vector<std::string> lines = {};
};

// One problem for many cells: that of the first, with the count and the first lines.
std::vector<Problem> problems_of(const Fault& fault) {
  if (fault.count <= std::ssize(fault.problems)) return fault.problems;
  Problem problem = fault.problems.front();
  problem.notes.push_back(
      text("the same in ", fault.count, " rows: lines ", join(fault.lines, ", "), ", ..."));
  return {std::move(problem)};
}

// Reads one table. Problems are collected, and reading ends at the tenth that is not like another.
class TableReader {
 public:
  TableReader(const CsvParams& params, const ReadFile& file, const CsvReading& reading)
      : params_(params),
        reading_(reading),
        file_(file),
        name_(std::make_shared<const std::string>(file.path)),
        reader_(file.bytes, separator_char(params.separator)) {}

  CsvTable read() {
    check_is_text();
    reader_.skip_lines(params_.skip_lines);
    CsvRow row;
    if (!reader_.next(row)) {
      throw Error(Kind::data,
                  problem_in(file_.path, "the file holds no rows", "is it the right file, and complete?"));
    }
    n_columns_ = row.cells.size();
    const bool has_header = holds_names(params_, row);
    if (has_header) read_names(row);
    choose_columns(row);
    throw_if_any(Kind::data, problems_);
    if (!has_header) read_row(row);
    while (faults_.size() < max_problems && reader_.next(row)) read_row(row);
    throw_if_any(Kind::data, problems_of_rows());
    if (table_.rows == 0 && table_.skipped > 0) {
      throw Error(Kind::data,
                  problem_in(file_.path, text("no row can be read: ", table_.skipped, " are left out"),
                             "set `on_error: fail` to see what is wrong with them"));
    }
    if (table_.rows == 0) {
      throw Error(Kind::data, problem_in(file_.path, "the file has a header, but no rows below it",
                                         "set `header: no` if its only line is data"));
    }
    check_inferred();
    if (has_target()) table_.target = column_text(target_);
    return std::move(table_);
  }

 private:
  // Free text and keys of rows are not what a model learns from, and thousands of inputs are not made
  // unasked.
  void check_inferred() const {
    std::vector<Problem> problems;
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      const std::size_t names = table_.categories[i].numbers.size();
      if (names <= most_inferred_names || !contains(inferred_, categories_[i])) continue;
      problems.push_back(problem_in(
          file_.path,
          text(column_text(categories_[i]), " holds ", names,
               " different names, of which each would be an input"),
          "leave the column out: list the columns to use under dataset.inputs; if it is meant, list it under "
          "dataset.categories"));
    }
    throw_if_any(Kind::data, problems);
  }

  void check_is_text() const {
    if (file_.bytes.substr(0, 4096).find('\0') == std::string::npos) return;
    throw Error(Kind::data,
                problem_in(file_.path, "the file is not text in UTF-8",
                           "save the table as CSV in UTF-8, for example from a spreadsheet program"));
  }

  std::string column_text(std::size_t column) const {
    const std::string& name = names_.empty() ? std::string() : names_[column];
    return name.empty() ? text("column ", column) : text("column ", column, " ('", printable(name), "')");
  }

  Problem problem_at(const CsvRow& row, int column, std::string message, std::string hint) const {
    return {Where::file(name_, row.line, column),
            {},
            std::move(message),
            std::move(hint),
            {text("row: ", shortened(first_line(row.raw)))}};
  }

  void report(const CsvRow& row, int column, std::string message, std::string hint) {
    problems_.push_back(problem_at(row, column, std::move(message), std::move(hint)));
  }

  // Counts what is wrong with a row, or with its cell in `column`.
  void report_fault(Fault::Kind kind, const CsvRow& row, std::size_t column, std::string message,
                    std::string hint) {
    row_is_bad_ = true;
    if (params_.on_error == "skip" && reading_.is_labelled) return;
    auto fault = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& known) {
      return known.kind == kind && known.column == column;
    });
    if (fault == faults_.end()) {
      if (faults_.size() == max_problems) return;
      fault = faults_.insert(fault, {kind, column});
    }
    ++fault->count;
    if (fault->lines.size() < max_lines) fault->lines.push_back(text(row.line));
    if (fault->problems.size() == max_alike) return;
    const bool is_of_cell = kind != Fault::Kind::ragged && kind != Fault::Kind::quotes;
    fault->problems.push_back(
        problem_at(row, is_of_cell ? row.cells[column].column : 1, std::move(message), std::move(hint)));
  }

  std::vector<Problem> problems_of_rows() const {
    std::vector<Problem> all;
    for (const Fault& fault : faults_) {
      for (Problem& problem : problems_of(fault)) all.push_back(std::move(problem));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Problem& a, const Problem& b) { return a.where.line < b.where.line; });
    const bool has_more = faults_.size() == max_problems || all.size() > max_problems;
    if (all.size() > max_problems) all.resize(max_problems);
    if (has_more) all.back().notes.push_back("there may be more: these are the first");
    return all;
  }

  void read_names(const CsvRow& row) {
    std::map<std::string_view, std::size_t> seen;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::string_view name = row.cells[i].text;
      names_.emplace_back(name);
      const auto [first, is_new] = seen.try_emplace(name, i);
      if (is_new || name.empty()) continue;
      report(row, row.cells[i].column,
             text("two columns are called '", printable(name), "': ", first->second, " and ", i),
             "rename one of them, or set `header: no` with skip_lines and use column numbers");
    }
  }

  bool has_target() const { return target_ != no_column; }

  /// What the columns of the inputs are to the model; null where the legend knows none.
  const std::vector<Feature>* features() const {
    if (reading_.legend == nullptr || reading_.legend->inputs.front().features.empty()) return nullptr;
    return &reading_.legend->inputs.front().features;
  }

  void choose_columns(const CsvRow& row) {
    if (reading_.is_labelled) {
      if (const auto column = find_column(row, "target", params_.target)) target_ = *column;
    }
    if (features() != nullptr) return choose_known_columns(row, *features());
    std::vector<std::size_t> kept;
    if (reading_.is_labelled) kept = find_columns(row, "keep", params_.keep);
    std::vector<std::size_t> categories = find_columns(row, "categories", params_.categories);
    choose_inputs(row, kept);
    for (const std::size_t column : columns_of_names(params_, file_, inputs_)) {
      if (contains(categories, column)) continue;
      categories.push_back(column);
      inferred_.push_back(column);
    }
    take_columns(kept, categories);
    expect_inputs(categories);
    know_classes();
  }

  /// The columns that the model has seen, wherever they stand, with the categories that it has seen.
  void choose_known_columns(const CsvRow& row, const std::vector<Feature>& known) {
    std::vector<std::size_t> kept, categories;
    for (const std::string& name : params_.keep) {  // asked for by a split only
      const auto column = csv_column(name, names_, n_columns_);
      if (reading_.is_labelled && column) kept.push_back(*column);
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto column = known_column(row, known, i);
      if (!column) continue;
      inputs_.push_back(*column);
      if (known[i].is_category) categories.push_back(*column);
    }
    if (!problems_.empty()) return;
    take_columns(kept, categories);
    for (std::size_t i = 0, at = 0; i < known.size(); ++i) {
      if (known[i].is_category) know(table_.categories[at++], known[i].categories);
    }
    know_classes();
    note_unused(kept);
  }

  std::optional<std::size_t> known_column(const CsvRow& row, const std::vector<Feature>& known,
                                          std::size_t i) {
    const std::optional<NumberedColumns>& numbered = reading_.legend->numbered;
    if (numbered) return known_place(row, known, i, *numbered);
    if (names_.empty() && i > 0) return std::nullopt;  // said once
    for (std::size_t column = 0; column < names_.size(); ++column) {
      if (name_of(column) == known[i].name) return column;
    }
    const std::string name = printable(known[i].name);
    if (names_.empty()) {
      report(row, 1, "the table has no header, but the model knows its columns by name",
             text("begin the file with a line of names: ", name, ", ..."));
    } else {
      report(row, 1, text("there is no column '", name, "', which the model takes"), suggest(name, names_));
    }
    return std::nullopt;
  }

  /// Of tables without names: the same columns in the same places, with the target or without, or the inputs
  /// alone.
  std::optional<std::size_t> known_place(const CsvRow& row, const std::vector<Feature>& known, std::size_t i,
                                         const NumberedColumns& numbered) {
    const std::int64_t here = std::ssize(row.cells);
    const std::int64_t place = parse_integer(known[i].name).value_or(0);
    if (here == numbered.count) return static_cast<std::size_t>(place);
    const bool is_alone = here == std::ssize(known);
    if (!reading_.is_labelled && is_alone) return i;
    if (!reading_.is_labelled && here == numbered.count - 1)
      return static_cast<std::size_t>(place > numbered.target ? place - 1 : place);
    if (i == 0) {
      report(
          row, 1,
          text("the table has ", count_text(here, "column"), ", but that which the model learned from had ",
               numbered.count, ", ", known.size(), " of them inputs"),
          reading_.is_labelled ? "give it the same columns in the same order"
                               : "give it the same columns in the same order, with the target or without");
    }
    return std::nullopt;
  }

  /// With a header, a column that the model takes no notice of may be one that was meant to have another
  /// name.
  void note_unused(const std::vector<std::size_t>& kept) {
    const auto target = csv_column(params_.target, names_, n_columns_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool is_used = contains(inputs_, i) || contains(kept, i) || (target && *target == i);
      const bool is_kept =
          std::find(params_.keep.begin(), params_.keep.end(), names_[i]) != params_.keep.end();
      if (!is_used && !is_kept && params_.inputs.empty()) table_.unused.push_back(names_[i]);
    }
  }

  /// Names that a column may hold, with the numbers that they have to the model.
  static void know(CsvLabels& labels, const std::vector<std::string>& names) {
    for (const std::string& name : names)
      labels.numbers.emplace(name, static_cast<std::int64_t>(labels.numbers.size()));
    labels.are_known = true;
  }

  void know_classes() {
    if (reading_.legend == nullptr || params_.task != "classification") return;
    know(table_.classes, class_names(reading_.legend->task));
  }

  void take_columns(const std::vector<std::size_t>& kept, const std::vector<std::size_t>& categories) {
    for (const std::size_t column : kept) add_labels(table_.kept, kept_, column);
    for (const std::size_t column : inputs_) {
      table_.input_names.push_back(name_of(column));
      const bool is_category = contains(categories, column);
      table_.inputs.push_back({is_category, is_category ? categories_.size() : numbers_.size()});
      if (is_category) {
        add_labels(table_.categories, categories_, column);
      } else {
        numbers_.push_back(column);
      }
    }
    if (names_.empty() && has_target()) {
      table_.numbered = {static_cast<std::int64_t>(n_columns_), static_cast<std::int64_t>(target_)};
    }
  }

  void expect_inputs(const std::vector<std::size_t>& categories) {
    for (const std::size_t column : categories) {
      if (contains(inputs_, column)) continue;
      problems_.push_back({{},
                           "dataset.categories",
                           text("names ", column_text(column), ", which is no input"),
                           "name it under dataset.inputs too, or not at all"});
    }
  }

  static bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  }

  void add_labels(std::vector<CsvLabels>& all, std::vector<std::size_t>& columns, std::size_t column) {
    columns.push_back(column);
    all.push_back({name_of(column), {}, {}});
  }

  std::string name_of(std::size_t column) const {
    return names_.empty() || names_[column].empty() ? text(column) : names_[column];
  }

  std::vector<std::size_t> find_columns(const CsvRow& row, std::string_view key,
                                        const std::vector<std::string>& written) {
    std::vector<std::size_t> out;
    for (const std::string& name : written) {
      if (const auto column = find_column(row, key, name)) out.push_back(*column);
    }
    return out;
  }

  void choose_inputs(const CsvRow& row, const std::vector<std::size_t>& kept) {
    if (params_.inputs.empty()) {
      for (std::size_t i = 0; i < n_columns_; ++i) {
        if (i != target_ && !contains(kept, i)) inputs_.push_back(i);
      }
      if (inputs_.empty()) {
        report(row, 1, text("there is one column only, separated by '", params_.separator, "'"),
               separator_hint(row));
      }
      return;
    }
    std::set<std::size_t> seen;
    for (const std::string& written : params_.inputs) {
      const auto column = find_column(row, "inputs", written);
      if (!column) continue;
      if (*column == target_ || !seen.insert(*column).second) {
        problems_.push_back(
            {{},
             "dataset.inputs",
             text("names ", column_text(*column), *column == target_ ? ", which is the target" : " twice"),
             "name each column once"});
      }
      inputs_.push_back(*column);
    }
  }

  std::optional<std::size_t> find_column(const CsvRow& row, std::string_view key,
                                         const std::string& written) {
    if (const auto column = csv_column(written, names_, n_columns_)) return column;
    Problem problem{Where::file(name_, row.line, 1),
                    text("dataset.", key),
                    text(": no column '", printable(written), "'"),
                    {},
                    {text("row: ", shortened(row.raw))}};
    if (names_.empty()) {
      problem.hint =
          text("the file has no header and ", count_text(static_cast<std::int64_t>(n_columns_), "column"),
               ": use a number from 0 to ", n_columns_ - 1);
    } else {
      problem.hint = suggest(written, names_);
    }
    if (n_columns_ == 1) problem.hint = separator_hint(row);
    problems_.push_back(std::move(problem));
    return std::nullopt;
  }

  static std::string separator_hint(const CsvRow& row) {
    if (row.raw.find(';') != std::string_view::npos) return "set `separator: ;`";
    if (row.raw.find('\t') != std::string_view::npos) return "set `separator: tab`";
    if (row.raw.find(' ') != std::string_view::npos) return "set `separator: blanks`";
    return "set `separator` to what stands between the cells";
  }

  void read_row(const CsvRow& row) {
    row_is_bad_ = false;
    cells_.clear();
    read_cells(row);
    if (!row_is_bad_) return take_row(row);
    ++table_.skipped;
    if (table_.skipped_lines.size() < max_lines) table_.skipped_lines.push_back(text(row.line));
  }

  void read_cells(const CsvRow& row) {
    if (!row.fault.empty()) {
      report_fault(Fault::Kind::quotes, row, 0, row.fault,
                   "close the quote; a quote inside a quoted cell is written twice");
      return;
    }
    if (row.cells.size() != n_columns_) {
      report_fault(
          Fault::Kind::ragged, row, 0,
          text("the row has ", count_text(std::ssize(row.cells), "cell"), ", the first one has ", n_columns_),
          "put cells that hold a separator into double quotes, or set `separator`");
      return;
    }
    for (const std::size_t column : numbers_) cells_.push_back(read_number(row, column));
    for (std::size_t i = 0; i < categories_.size(); ++i)
      check_label(row, categories_[i], table_.categories[i]);
    if (!has_target()) return;
    if (params_.task == "regression") {
      target_value_ = read_number(row, target_);
    } else {
      check_label(row, target_, table_.classes);
    }
  }

  void take_row(const CsvRow& row) {
    table_.numbers.insert(table_.numbers.end(), cells_.begin(), cells_.end());
    for (std::size_t i = 0; i < categories_.size(); ++i) add_label(table_.categories[i], row, categories_[i]);
    for (std::size_t i = 0; i < kept_.size(); ++i) add_label(table_.kept[i], row, kept_[i]);
    if (has_target() && params_.task == "regression") table_.values.push_back(target_value_);
    if (has_target() && params_.task != "regression") add_label(table_.classes, row, target_);
    table_.lines.push_back(row.line);
    ++table_.rows;
  }

  // A number for each name, in the order in which they come.
  static void add_label(CsvLabels& labels, const CsvRow& row, std::size_t column) {
    const std::string_view name = row.cells[column].text;
    auto found = labels.numbers.find(name);
    if (found == labels.numbers.end()) {
      found = labels.numbers.emplace(name, static_cast<std::int64_t>(labels.numbers.size())).first;
    }
    labels.rows.push_back(found->second);
  }

  float read_number(const CsvRow& row, std::size_t column) {
    const CsvCell& cell = row.cells[column];
    const auto number = parse_real(cell.text);
    if (number && std::abs(*number) <= std::numeric_limits<float>::max()) return static_cast<float>(*number);
    const std::string what = text(column_text(column), " is ");
    if (number) {
      report_fault(Fault::Kind::too_large, row, column,
                   text(what, cell.text, ", which is too large for a 32-bit number"), "scale the column");
    } else if (is_missing_cell(cell.text)) {
      if (params_.missing == "nan" && column != target_) return std::numeric_limits<float>::quiet_NaN();
      report_missing(row, column);
    } else {
      report_fault(Fault::Kind::no_number, row, column,
                   text(what, "'", shortened(cell.text), "', not a number"),
                   number_hint(cell.text, column == target_));
    }
    return 0;
  }

  void report_missing(const CsvRow& row, std::size_t column) {
    const CsvCell& cell = row.cells[column];
    report_fault(Fault::Kind::missing, row, column,
                 text(column_text(column), " is ",
                      cell.text.empty() ? "empty" : text("'", cell.text, "', a missing value")),
                 missing_hint(column));
  }

  const char* missing_hint(std::size_t column) const {
    if (column == target_) return "fill in the value or remove the row";
    if (contains(categories_, column)) return "fill in a name, as `unknown`, or remove the row";
    return "fill in the value, remove the row, or set `missing: nan` and add `transforms: [impute]`";
  }

  void check_label(const CsvRow& row, std::size_t column, const CsvLabels& labels) {
    const CsvCell& cell = row.cells[column];
    // `none` and `-` may be names.
    if (cell.text.empty() || cell.text == "nan" || cell.text == "NaN") return report_missing(row, column);
    if (!labels.are_known || is_known(cell.text, labels)) return;
    report_fault(Fault::Kind::unknown_name, row, column,
                 text(column_text(column), " is '", shortened(cell.text), "', which the model has not seen"),
                 known_hint(labels));
  }

  bool is_known(std::string_view cell, const CsvLabels& labels) const {
    if (labels.numbers.find(cell) != labels.numbers.end()) return true;
    if (&labels != &table_.classes) return false;
    // Classes that are numbers are told apart by value.
    const auto value = parse_real(cell);
    bool is_there = false;
    for (const auto& [name, number] : labels.numbers) {
      const auto known = parse_real(name);
      if (!known || !value) return false;
      is_there = is_there || *known == *value;
    }
    return is_there;
  }

  static std::string known_hint(const CsvLabels& labels) {
    std::vector<std::string> names;
    for (const auto& [name, number] : labels.numbers) {
      if (names.size() < max_lines) names.push_back(text('\'', shortened(name), '\''));
    }
    return text("it knows ", join(names, ", "), names.size() < labels.numbers.size() ? ", ..." : "");
  }

  const CsvParams& params_;
  const CsvReading& reading_;
  const ReadFile& file_;
  std::shared_ptr<const std::string> name_;
  CsvReader reader_;
  std::vector<Problem> problems_;  // of the header
  std::vector<Fault> faults_;      // of the rows
  std::size_t n_columns_ = 0;
  std::vector<std::string> names_;  // empty without a header
  std::vector<std::size_t> inputs_;
  std::vector<std::size_t> numbers_;     // inputs_ that hold numbers
  std::vector<std::size_t> categories_;  // inputs_ that hold names
  std::vector<std::size_t> inferred_;    // those of them that the config does not name
  std::vector<std::size_t> kept_;
  bool row_is_bad_ = false;
  std::vector<float> cells_;  // of the row: its numbers_
  float target_value_ = 0;
  std::size_t target_ = no_column;  // none where there are no labels
  CsvTable table_;
};

}  // namespace

CsvTable read_csv_table(const CsvParams& params, const ReadFile& file, const CsvReading& reading) {
  return TableReader(params, file, reading).read();
}

bool is_missing_cell(std::string_view cell) {
  std::string lower(cell);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::string_view spellings[] = {"", "na", "n/a", "nan", "null", "none", "?", "-"};
  return std::find(std::begin(spellings), std::end(spellings), lower) != std::end(spellings);
}

bool holds_names(const CsvParams& params, const CsvRow& row) {
  if (params.header != "auto") return params.header == "yes";
  return std::none_of(row.cells.begin(), row.cells.end(),
                      [](const CsvCell& cell) { return parse_real(cell.text).has_value(); });
}

std::optional<std::size_t> csv_column(const std::string& written, const std::vector<std::string>& names,
                                      std::size_t n_columns) {
  const auto named = std::find(names.begin(), names.end(), written);
  if (named != names.end()) return static_cast<std::size_t>(named - names.begin());
  const auto count = static_cast<std::int64_t>(n_columns);
  const auto number = parse_integer(written);
  if (!number || *number < -count || *number >= count) return std::nullopt;
  return static_cast<std::size_t>(*number < 0 ? *number + count : *number);
}

char separator_char(const std::string& written) {
  if (written == "tab") return '\t';
  if (written == "blanks") return ' ';
  return written.front();
}

std::string omission_text(const CsvTable& table) {
  return text("leaves out ", table.skipped, " of ", table.rows + table.skipped,
              " rows, which cannot be read: lines ", join(table.skipped_lines, ", "),
              table.skipped > std::ssize(table.skipped_lines) ? ", ..." : "");
}

std::string shortened(std::string_view line) {
  const bool is_long = line.size() > max_shown;
  return printable(line.substr(0, max_shown)) + (is_long ? "..." : "");
}

}  // namespace assay::datasets
