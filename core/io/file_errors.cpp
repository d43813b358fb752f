#include "core/io/file_errors.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

/// "no space left on device"
std::string reason(int error) {
  std::string words = std::generic_category().message(error);
  const bool is_word =
      words.size() > 1 && words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'a' && words[1] <= 'z';
  if (is_word) words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

std::string hint_for(int error) {
  if (is_full(error)) return "free some space there, or write to another folder";
  if (error == EACCES || error == EPERM || error == EROFS) return "choose a folder that you may write to";
  if (error == ENOTDIR) return "a part of this path is a file where a folder should be";
  if (error == ENOENT) return "make the folder first, or check the path";
  return {};
}

}  // namespace

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

void fail_read(const std::string& path, int error) {
  if (error == ENOENT) throw Error(Kind::data, Problem{Where::path(path), {}, "there is no such file", {}});
  if (error == EISDIR) throw Error(Kind::data, Problem{Where::path(path), {}, "is a folder, not a file", {}});
  fail_data(path, "cannot be read", error);
}

void fail_data(const std::string& path, std::string_view what, int error) {
  throw Error(Kind::data, Problem{Where::path(path), {}, text(what, ": ", reason(error)), {}});
}

void fail_write(const std::string& path, int error, std::uint64_t bytes) {
  std::string message = text("cannot be written: ", reason(error));
  if (is_full(error)) message += text(" (", bytes_text(bytes), " needed)");
  throw Error(Kind::store, Problem{Where::path(path), {}, std::move(message), hint_for(error)});
}

void fail_store(const std::string& path, std::string_view what, int error) {
  throw Error(Kind::store, Problem{Where::path(path), {}, text(what, ": ", reason(error)), hint_for(error)});
}

}  // namespace assay
