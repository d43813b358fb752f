#include "runner/config/read_yaml.h"

#include <algorithm>
#include <array>
#include <functional>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/text.h"

namespace assay {
namespace {

constexpr YamlLimits limits;

// Ends the reading of a text: what comes after it would be guesswork.
struct Unreadable {
  Problem problem;
};

// Gives yaml-cpp a view of memory without a copy.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

// ---- Places

// A text with the places of its bytes. yaml-cpp counts lines and bytes from 0; people count lines and
// characters from 1.
class Text {
 public:
  Text(std::string_view bytes, std::function<Where(int line, int column)> place)
      : bytes_(bytes), place_(std::move(place)) {}

  std::string_view bytes() const { return bytes_; }

  Where at(const YAML::Mark& mark) const {
    if (mark.line < 0) return place_(1, 1);
    const std::size_t end = std::min(bytes_.size(), static_cast<std::size_t>(std::max(mark.pos, 0)));
    const std::size_t begin = end - std::min(end, static_cast<std::size_t>(std::max(mark.column, 0)));
    return place_(mark.line + 1, column_of(begin, end));
  }

  Where at(std::size_t offset) const {
    offset = std::min(offset, bytes_.size());
    const auto line = std::count(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    const std::size_t before = offset == 0 ? std::string_view::npos : bytes_.rfind('\n', offset - 1);
    return place_(static_cast<int>(line) + 1,
                  column_of(before == std::string_view::npos ? 0 : before + 1, offset));
  }

 private:
  // Goes on from the last answer on the same line, so that a long line costs no more than its length.
  int column_of(std::size_t line_begin, std::size_t offset) const {
    if (line_begin != line_begin_ || offset < counted_to_) {
      line_begin_ = counted_to_ = line_begin;
      column_ = 1;
    }
    const std::string_view before = bytes_.substr(counted_to_, offset - counted_to_);
    const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    column_ += static_cast<int>(std::count_if(before.begin(), before.end(), is_first_byte));
    counted_to_ = offset;
    return column_;
  }

  mutable std::size_t line_begin_ = 0;
  mutable std::size_t counted_to_ = 0;
  mutable int column_ = 1;
  std::string_view bytes_;
  std::function<Where(int, int)> place_;
};

// ---- What is looked at before yaml-cpp sees the text

// The length of the UTF-8 sequence that begins here; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool is_overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool is_surrogate = first == 0xED && byte(1) >= 0xA0;
    return continues(1) && continues(2) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool is_overlong = first == 0xF0 && byte(1) < 0x90;
    const bool is_beyond = first == 0xF4 && byte(1) >= 0x90;
    return continues(1) && continues(2) && continues(3) && !is_overlong && !is_beyond ? 4 : 0;
  }
  return 0;
}

std::string byte_name(char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  return text("0x", digits[value >> 4], digits[value & 15]);
}

bool is_flow_mark(char c) { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'; }

[[noreturn]] void refuse(Where where, std::string message, std::string hint) {
  throw Unreadable{{std::move(where), {}, std::move(message), std::move(hint)}};
}

void check_bytes(const Text& text) {
  const std::string_view bytes = text.bytes();
  std::size_t flow_marks = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const char c = bytes[i];
    if (c == '\0')
      refuse(text.at(i), "holds a NUL byte", "a config is text in UTF-8; is this another kind of file?");
    const std::size_t length = utf8_length(bytes.substr(i));
    if (length == 0) {
      refuse(text.at(i), assay::text("is not UTF-8: byte ", byte_name(c)),
             "save the file in the encoding UTF-8");
    }
    const bool is_control = (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
    if (is_control) {
      refuse(text.at(i), assay::text("holds the control character ", byte_name(c)),
             "remove it; within double quotes it can be written as an escape");
    }
    if (is_flow_mark(c) && ++flow_marks > limits.flow_marks) {
      refuse(text.at(i), assay::text("holds more than ", limits.flow_marks, " commas and brackets"),
             "long lists belong into a file of their own");
    }
    i += length;
  }
}

void check_indentation(const Text& text) {
  const std::string_view bytes = text.bytes();
  for (std::size_t line = 0; line < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', line), bytes.size());
    const std::size_t content = std::min(bytes.find_first_not_of(" \t", line), end);
    const std::size_t tab = bytes.find('\t', line);
    if (tab < content && content < end)
      refuse(text.at(tab), "a tab in the indentation", "indent with blanks");
    line = end + 1;
  }
}

// Without a byte order mark and with \n alone at the end of lines, whatever wrote the file.
std::string normal_text(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r') {
      out += bytes[i];
    } else if (i + 1 == bytes.size() || bytes[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

// The offset behind the quoted scalar that begins at or after `offset` (behind anchors and tags); nothing if
// its quote is never closed. yaml-cpp takes the end of the text for the closing quote.
std::optional<std::size_t> end_of_quoted(std::string_view bytes, std::size_t offset) {
  while (offset < bytes.size() && (bytes[offset] == '&' || bytes[offset] == '!')) {
    offset = bytes.find_first_of(" \n", offset);
    if (offset != std::string_view::npos) offset = bytes.find_first_not_of(" \n", offset);
    if (offset == std::string_view::npos) return bytes.size();
  }
  if (offset >= bytes.size() || (bytes[offset] != '"' && bytes[offset] != '\''))
    return offset;  // a block scalar
  const char quote = bytes[offset];
  for (std::size_t i = offset + 1; i < bytes.size(); ++i) {
    if (quote == '"' && bytes[i] == '\\') {
      ++i;
    } else if (bytes[i] == quote) {
      const bool is_escaped = quote == '\'' && i + 1 < bytes.size() && bytes[i + 1] == quote;
      if (!is_escaped) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

// The last bracket before `end` that is not closed there. Looks at brackets alone, so it may be wrong where
// plain texts hold some: good enough to tell where a mistake began.
std::optional<std::size_t> innermost_bracket(std::string_view bytes, std::size_t end) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < end; ++i) {
    const char c = bytes[i];
    const bool begins = i == 0 || std::string_view(" \n[{,:").find(bytes[i - 1]) != std::string_view::npos;
    if (begins && (c == '"' || c == '\'')) {
      i = end_of_quoted(bytes, i).value_or(end) - 1;
    } else if (begins && c == '#') {
      i = std::min(bytes.find('\n', i), end);
    } else if (c == '[' || c == '{') {
      open.push_back(i);
    } else if ((c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    }
  }
  if (open.empty()) return std::nullopt;
  return open.back();
}

// True if a `$(` in the text has no closing parenthesis.
bool has_open_expression(std::string_view written) {
  for (std::size_t i = written.find("$("); i != std::string_view::npos; i = written.find("$(", i + 2)) {
    if (i > 0 && written[i - 1] == '$') continue;  // $$( is a literal $(
    int depth = 0;
    std::size_t end = i + 1;
    for (; end < written.size(); ++end) {
      if (written[end] == '(') ++depth;
      if (written[end] == ')' && --depth == 0) break;
    }
    if (depth != 0) return true;
    i = end - 1;
  }
  return false;
}

// ---- Events to Values

class Builder final : public YAML::EventHandler {
 public:
  Builder(const Text& text, std::vector<Problem>& problems) : text_(text), problems_(problems) {}

  Value take() { return std::move(root_); }
  /// Where a quote begins whose end yaml-cpp did not find.
  std::size_t first_quote_after_last_event() const;
  std::vector<std::string> anchor_names() const { return anchor_names_; }
  void check_last_quote() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& written) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark&, const std::string& name) override { anchor_names_.push_back(name); }

 private:
  struct Key {
    std::string name;
    Where where;
    bool is_kept = true;  // false: a problem was reported, its value is dropped
    std::size_t end = 0;  // the offset behind it
  };
  struct Frame {
    Value value;
    YAML::anchor_t anchor = 0;
    bool is_flow = false;
    std::size_t nodes_before = 0;
    std::optional<Key> key;
    std::unordered_map<std::string, Where> seen;
  };
  struct Anchored {
    Value value;
    std::size_t nodes = 0;
  };

  void report(Where where, std::string message, std::string hint);
  void count(std::size_t nodes, const Where& where);
  void open(Value value, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style);
  void check_colon(const Frame& frame);
  void close();
  void remember(YAML::anchor_t anchor, const Value& value, std::size_t nodes);
  void add(Value value);
  void add_key(const Value& value);
  bool expects_key() const {
    return !frames_.empty() && frames_.back().value.is_map() && !frames_.back().key;
  }

  const Text& text_;
  std::vector<Problem>& problems_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::vector<std::string> anchor_names_;
  Value root_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
  std::size_t last_event_ = 0;
  std::optional<std::size_t> last_quoted_;
};

void Builder::report(Where where, std::string message, std::string hint) {
  problems_.push_back({std::move(where), {}, std::move(message), std::move(hint)});
}

void Builder::count(std::size_t nodes, const Where& where) {
  nodes_ += nodes;
  if (nodes_ <= limits.nodes) return;
  const bool has_aliases = !anchors_.empty();
  refuse(where,
         text("holds more than ", limits.nodes, " values",
              has_aliases ? ", aliases counted as often as they are used" : ""),
         has_aliases ? "use fewer aliases" : "long lists belong into a file of their own");
}

void Builder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 1) return;
  const std::string_view rest =
      text_.bytes().substr(std::min(text_.bytes().size(), static_cast<std::size_t>(mark.pos)));
  if (rest.starts_with("---")) {
    refuse(text_.at(mark), "a second document begins here", "a config is one document: remove the `---`");
  }
  refuse(text_.at(mark), "does not belong to what stands above it",
         "is the line indented as its neighbours?");
}

void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  last_event_ = static_cast<std::size_t>(mark.pos);
  const std::string_view rest = text_.bytes().substr(std::min(text_.bytes().size(), last_event_));
  const bool is_written = rest.starts_with('~') || rest.starts_with("null") || rest.starts_with("Null") ||
                          rest.starts_with("NULL") || rest.starts_with('&');
  // yaml-cpp places a value that was left out at whatever comes next.
  Where where = text_.at(mark);
  if (!is_written && !frames_.empty() && frames_.back().key) {
    where = frames_.back().key->where;
    check_colon(frames_.back());
  }
  count(1, where);
  Value value = Value::null(std::move(where));
  remember(anchor, value, 1);
  add(std::move(value));
}

// yaml-cpp lets the last key of a block do without its colon.
void Builder::check_colon(const Frame& frame) {
  const std::size_t next =
      text_.bytes().find_first_not_of(' ', std::min(frame.key->end, text_.bytes().size()));
  if (frame.is_flow || !frame.key->is_kept || (next != std::string_view::npos && text_.bytes()[next] == ':'))
    return;
  refuse(frame.key->where, text("'", printable(frame.key->name), "' is no key: it has no ':'"),
         "write `key: value`");
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  last_event_ = static_cast<std::size_t>(mark.pos);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end())
    refuse(text_.at(mark), "an alias within what it stands for", "write the values out");
  count(found->second.nodes, text_.at(mark));
  add(found->second.value);
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       const std::string& written) {
  last_event_ = static_cast<std::size_t>(mark.pos);
  const Where where = text_.at(mark);
  count(1, where);
  const bool is_quoted = tag == "!";  // what yaml-cpp calls everything but a plain scalar
  if (is_quoted) last_quoted_ = last_event_;
  if (!is_quoted && has_open_expression(written)) {
    refuse(where, text("`", printable(written), "`: the `$(` is never closed"),
           "within [ ] and { } an expression with a comma, a bracket, a brace, ': ' or ' #' must be quoted");
  }
  Value value = Value::scalar(written, is_quoted, where);
  if (tag == "!secret") {
    value.set_tag("secret");
  } else if (!is_quoted && tag != "?") {
    report(where, text(": unknown tag '", printable(tag), "'"),
           "the only tag is !secret; types come from the declarations");
  }
  remember(anchor, value, 1);
  add(std::move(value));
}

void Builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value style) {
  open(Value::list({}, text_.at(mark)), mark, tag, anchor, style);
}

void Builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) {
  open(Value::map({}, text_.at(mark)), mark, tag, anchor, style);
}

void Builder::open(Value value, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                   YAML::EmitterStyle::value style) {
  last_event_ = static_cast<std::size_t>(mark.pos);
  if (frames_.size() >= static_cast<std::size_t>(limits.depth)) {
    refuse(text_.at(mark), text("nests deeper than ", limits.depth, " levels"), "a config needs about five");
  }
  if (tag != "?" && tag != "!") {
    report(text_.at(mark), text(": unknown tag '", printable(tag), "'"),
           "the only tag is !secret, on a name");
  }
  Frame frame;
  frame.value = std::move(value);
  frame.anchor = anchor;
  frame.is_flow = style == YAML::EmitterStyle::Flow;
  frame.nodes_before = nodes_;
  count(1, frame.value.where());
  frames_.push_back(std::move(frame));
}

void Builder::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  remember(frame.anchor, frame.value, nodes_ - frame.nodes_before);
  add(std::move(frame.value));
}

void Builder::remember(YAML::anchor_t anchor, const Value& value, std::size_t nodes) {
  if (anchor == YAML::NullAnchor) return;
  count(nodes, value.where());  // the copy costs as much as the original
  anchors_[anchor] = {value, nodes};
}

void Builder::add(Value value) {
  if (expects_key()) return add_key(value);
  if (frames_.empty()) {
    root_ = std::move(value);
    return;
  }
  Frame& frame = frames_.back();
  if (frame.value.is_list()) {
    frame.value.items().push_back(std::move(value));
    return;
  }
  const Key key = std::move(*frame.key);
  frame.key.reset();
  if (key.is_kept) frame.value.entries().push_back({key.name, key.where, std::move(value)});
}

void Builder::add_key(const Value& value) {
  Frame& frame = frames_.back();
  Key key{{}, value.where(), false, 0};
  if (value.is_scalar()) {
    key.end = value.is_quoted() ? end_of_quoted(text_.bytes(), last_event_).value_or(0)
                                : last_event_ + value.text().size();
  }
  if (!value.is_scalar() || !value.tag().empty()) {
    report(key.where, text("a key is ", value.is_scalar() ? "tagged" : value.kind_text(), ", must be a text"),
           value.is_null() ? "write the key before the ':'; null, ~ as a key need quotes"
                           : "write a name before the ':'");
  } else if (value.text() == "<<" && !value.is_quoted()) {
    refuse(key.where, "merge keys (<<) are not part of the language",
           "use `extends: FILE`, or write the keys out");
  } else {
    const auto [first, is_new] = frame.seen.try_emplace(value.text(), key.where);
    key.name = value.text();
    key.is_kept = is_new;
    if (!is_new) {
      report(key.where, text("'", printable(key.name), "' is given twice"), "keep one");
      problems_.back().notes.push_back(text("first at ", to_string(first->second)));
    }
    if (frame.seen.size() > limits.keys_in_a_map) {
      refuse(key.where, text("a map with more than ", limits.keys_in_a_map, " keys"),
             "use a list, or a file of its own");
    }
  }
  frame.key = std::move(key);
}

std::size_t Builder::first_quote_after_last_event() const {
  std::size_t from = last_event_;
  if (last_quoted_ == last_event_) from = end_of_quoted(text_.bytes(), last_event_).value_or(last_event_);
  return std::min(text_.bytes().find_first_of("\"'", from), text_.bytes().size());
}

void Builder::check_last_quote() const {
  if (last_quoted_ && !end_of_quoted(text_.bytes(), *last_quoted_)) {
    refuse(text_.at(text_.bytes().find_first_of("\"'", *last_quoted_)), "the quote is never closed",
           "add the closing quote");
  }
}

// ---- yaml-cpp's errors in our words

struct Words {
  std::string_view theirs;
  std::string_view message;
  std::string_view hint;
};

constexpr std::array known_errors = {
    Words{"illegal map value", "unexpected ':'",
          "indent the line as its neighbours; a text that holds ': ' needs quotes"},
    Words{"illegal block entry", "unexpected '-'",
          "begin the list on a line of its own, or write it as [a, b]"},
    Words{"illegal map key", "unexpected key", "is the line indented as its neighbours?"},
    Words{"end of map not found", "does not belong to the map above it",
          "indent the line as its neighbours; a key is followed by ': '"},
    Words{"end of sequence not found", "does not belong to the list above it",
          "indent the line as its neighbours; an item begins with '- '"},
    Words{"illegal document indicator in scalar", "'---' within a quoted text", "is the quote closed?"},
    Words{"alias not found after *", "a text cannot begin with '*'", "put it in quotes"},
    Words{"anchor not found after &", "a text cannot begin with '&'", "put it in quotes"},
    Words{"YAML major version too large", "asks for a YAML version that is not known",
          "remove the %YAML line"},
};

// The line before the one at `offset`, if it is meant as a key and its value but has no ': '. To YAML the two
// lines are one text, and the next colon is the mistake.
std::optional<std::size_t> line_without_colon(std::string_view bytes, std::size_t offset) {
  const auto line_at = [&](std::size_t end) {
    const std::size_t before = end == 0 ? std::string_view::npos : bytes.rfind('\n', end - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return std::pair(begin, bytes.substr(begin, std::min(bytes.find('\n', begin), bytes.size()) - begin));
  };
  const auto [begin, line] = line_at(offset);
  if (begin == 0) return std::nullopt;
  const auto [previous_begin, previous] = line_at(begin - 1);
  const std::size_t indentation = previous.find_first_not_of(' ');
  if (indentation == std::string_view::npos || indentation != line.find_first_not_of(' '))
    return std::nullopt;
  const std::string_view content = trim(previous);
  const bool is_pair = content.find(": ") != std::string_view::npos || content.ends_with(':');
  if (is_pair || content.starts_with('#') || content.starts_with('-')) return std::nullopt;
  return previous_begin + indentation;
}

Problem explain(const YAML::ParserException& error, const Builder& builder, const Text& text) {
  const std::string& theirs = error.msg;
  const Where where = text.at(error.mark);
  if (theirs == "illegal map value") {
    const auto line = line_without_colon(text.bytes(), static_cast<std::size_t>(std::max(error.mark.pos, 0)));
    if (line) {
      const std::string_view content = text.bytes().substr(*line, text.bytes().find('\n', *line) - *line);
      const bool has_colon = content.find(':') != std::string_view::npos;
      return {text.at(*line),
              {},
              assay::text("'", printable(content), "' is no `key: value`"),
              has_colon ? "write a blank behind the ':'" : "write a ':' and a blank behind the key"};
    }
  }
  for (const Words& words : known_errors) {
    if (theirs == words.theirs) return {where, {}, std::string(words.message), std::string(words.hint)};
  }
  const std::size_t offset = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  const std::string_view rest = text.bytes().substr(std::min(offset, text.bytes().size()));
  if (theirs == "end of sequence flow not found" || theirs == "end of map flow not found") {
    const std::optional<std::size_t> opened = innermost_bracket(text.bytes(), text.bytes().size());
    if (!opened) return {where, {}, "a bracket is never closed", "add the closing ']' or '}'"};
    const char bracket = text.bytes()[*opened];
    return {text.at(*opened),
            {},
            assay::text("the '", bracket, "' is never closed"),
            assay::text("add the closing '", bracket == '[' ? ']' : '}', "'")};
  }
  if (theirs == "illegal flow end" && !rest.empty()) {
    const std::optional<std::size_t> opened = innermost_bracket(text.bytes(), offset);
    if (!opened)
      return {where,
              {},
              assay::text("the '", rest[0], "' closes nothing"),
              "remove it, or add the opening bracket"};
    const char bracket = text.bytes()[*opened];
    return {where,
            {},
            assay::text("the '", rest[0], "' comes before the '", bracket, "' at ",
                        to_string(text.at(*opened)), " is closed"),
            assay::text("add the closing '", bracket == '[' ? ']' : '}', "'")};
  }
  if (theirs == "illegal EOF in scalar") {
    return {text.at(builder.first_quote_after_last_event()),
            {},
            "the quote is never closed",
            "add the closing quote"};
  }
  if (theirs == "unknown token" && !rest.empty()) {
    return {where,
            {},
            assay::text("a text cannot begin with '", printable(rest.substr(0, 1)), "'"),
            "put it in quotes"};
  }
  if (theirs == "the referenced anchor is not defined") {
    const std::string name(rest.substr(1, rest.find_first_of(" ,]}\n") - 1));
    return {where,
            {},
            assay::text("the alias '*", printable(name), "' stands for nothing"),
            assay::text("a text that begins with '*' needs quotes; anchors: ",
                        builder.anchor_names().empty() ? "none" : join(builder.anchor_names(), ", "))};
  }
  if (theirs.starts_with("unknown escape character")) {  // the mark is behind it
    return {
        text.at(offset - std::min<std::size_t>(offset, 2)),
        {},
        assay::text("unknown escape '\\", printable(theirs.substr(theirs.size() - 1)), "' in double quotes"),
        "write \\\\ for a backslash, or use single quotes"};
  }
  return {where, {}, assay::text("is not YAML: ", theirs), "see the YAML 1.2 reference card"};
}

std::optional<Value> read(std::string_view bytes, std::function<Where(int, int)> place,
                          std::vector<Problem>& problems) {
  if (bytes.size() > limits.bytes) {
    problems.push_back(
        {place(0, 0), {}, text("is larger than ", bytes_text(limits.bytes)), "is this a config?"});
    return std::nullopt;
  }
  const std::string normal = normal_text(bytes);
  const Text text(normal, std::move(place));
  Builder builder(text, problems);
  try {
    check_bytes(text);
    check_indentation(text);
    ViewBuffer buffer(normal);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    builder.check_last_quote();
    return builder.take();
  } catch (const Unreadable& unreadable) {
    problems.push_back(unreadable.problem);
  } catch (const YAML::ParserException& error) {
    problems.push_back(explain(error, builder, text));
  } catch (const YAML::Exception& error) {
    problems.push_back({text.at(error.mark), {}, assay::text("is not YAML: ", error.msg), {}});
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> read_yaml(std::string_view text, const std::shared_ptr<const std::string>& name,
                               std::vector<Problem>& problems) {
  return read(
      text, [&name](int line, int column) { return Where::file(name, line, column); }, problems);
}

std::optional<Value> read_yaml_argument(std::string_view text, const Where& argument,
                                        std::vector<Problem>& problems) {
  return read(
      text, [&argument](int, int) { return argument; }, problems);
}

}  // namespace assay
