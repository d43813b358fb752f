#include "core/io/fetch.h"

#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <string_view>

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/file_errors.h"
#include "core/text.h"

namespace assay {
namespace {

/// The file that grows; locked, so that two processes do not write into it at once.
class Part {
 public:
  explicit Part(const std::string& path) : path_(path) {
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd_ < 0) fail_write(path, errno, 0);
    struct stat info {};
    const bool is_locked = ::flock(fd_, LOCK_EX | LOCK_NB) == 0 && ::fstat(fd_, &info) == 0;
    if (!is_locked) {
      ::close(fd_);
      throw Error(Kind::data,
                  Problem{Where::path(path), {}, "is being fetched by another process", "wait for it"});
    }
    size_ = static_cast<std::uint64_t>(info.st_size);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() { ::close(fd_); }

  std::uint64_t size() const { return size_; }

  /// 0, or the error.
  int add(const char* bytes, std::size_t n) {
    while (n > 0) {
      const ssize_t written = ::write(fd_, bytes, n);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      bytes += written;
      n -= static_cast<std::size_t>(written);
      size_ += static_cast<std::uint64_t>(written);
    }
    return 0;
  }

  void empty() {
    if (::ftruncate(fd_, 0) != 0) fail_write(path_, errno, 0);
    size_ = 0;
  }

  void sync() {
    if (::fsync(fd_) != 0) fail_write(path_, errno, size_);
  }

 private:
  std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

/// One download, as libcurl's callbacks see it. They are called from C, so nothing here throws.
struct Transfer {
  Part& part;
  const FetchLimits& limits;
  std::uint64_t begun_at = 0;
  int write_error = 0;
  bool is_too_long = false;
};

std::size_t take(char* bytes, std::size_t, std::size_t n, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.is_too_long = transfer.part.size() + n > transfer.limits.most_bytes;
  if (transfer.is_too_long) return 0;
  transfer.write_error = transfer.part.add(bytes, n);
  return transfer.write_error == 0 ? n : 0;
}

int report(void* self, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
  const auto& transfer = *static_cast<Transfer*>(self);
  const std::uint64_t all = total > 0 ? transfer.begun_at + static_cast<std::uint64_t>(total) : 0;
  if (transfer.limits.progress) transfer.limits.progress(transfer.part.size(), all);
  return 0;
}

struct EndCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, EndCurl>;

Curl new_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return Curl(curl_easy_init());
}

void allow_protocols(CURL* curl) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,file");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTPS | CURLPROTO_FILE);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTPS);
#endif
}

void set_options(CURL* curl, const std::string& url, Transfer& transfer, char* reason) {
  constexpr long connect_s = 30, stalled_s = 60, least_bytes_per_s = 1, most_redirections = 5;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  allow_protocols(curl);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, most_redirections);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_s);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stalled_s);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, least_bytes_per_s);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(transfer.begun_at));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &report);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
}

[[noreturn]] void fail(const std::string& url, const std::string& reason) {
  throw Error(Kind::data, Problem{{}, {}, text(url, " cannot be fetched: ", printable(reason)), {}});
}

CURLcode transfer_once(const std::string& url, Transfer& transfer, std::string& reason) {
  std::array<char, CURL_ERROR_SIZE> words{};
  const Curl curl = new_curl();
  if (!curl) fail(url, "libcurl cannot be started");
  set_options(curl.get(), url, transfer, words.data());
  const CURLcode result = curl_easy_perform(curl.get());
  reason = words[0] != '\0' ? words.data() : curl_easy_strerror(result);
  return result;
}

}  // namespace

bool can_fetch() { return true; }

void fetch_to(const std::string& url, const std::string& path, const FetchLimits& limits) {
  Part part(path);
  Transfer transfer{part, limits, part.size()};
  std::string reason;
  CURLcode result = transfer_once(url, transfer, reason);
  // The server cannot go on in the middle, or has less than is here: from the beginning, then.
  if (result == CURLE_RANGE_ERROR || result == CURLE_BAD_DOWNLOAD_RESUME ||
      (result == CURLE_HTTP_RETURNED_ERROR && transfer.begun_at > 0)) {
    part.empty();
    transfer.begun_at = 0;
    result = transfer_once(url, transfer, reason);
  }
  if (transfer.write_error != 0) fail_write(path, transfer.write_error, part.size());
  if (transfer.is_too_long) {
    part.empty();
    fail(url, text("it is longer than ", limits.most_bytes, " bytes"));
  }
  if (result != CURLE_OK) fail(url, reason);
  part.sync();
}

}  // namespace assay
