// Runs a fuzz target without libFuzzer: every file of the given folders as it is, then random changes to
// them.
//
//   fuzz_config [--runs N] [--seconds N] [--seed N] FOLDER...
//
// Coverage does not guide it, so it mutates lines and words of the language rather than bits alone. It says
// how many inputs ran, how long the slowest took and how much memory there was at most. What crashes, or
// takes ten seconds, ends it; the input is then in `fuzz-crash.yaml`.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t longest_input = 4096;
constexpr unsigned hang_s = 10;

std::string current_input;  // for the signal handler

extern "C" void keep_input(int signal_number) {
  const int file = open("fuzz-crash.yaml", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && write(file, current_input.data(), current_input.size()) >= 0) close(file);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

struct Options {
  std::uint64_t runs = UINT64_MAX;
  double seconds = 10;
  std::uint64_t seed = 0;
  std::vector<std::string> folders;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool has_value = word.starts_with("--") && i + 1 < argc;
    if (has_value && word == "--runs")
      options.runs = std::strtoull(argv[++i], nullptr, 10);
    else if (has_value && word == "--seconds")
      options.seconds = std::strtod(argv[++i], nullptr);
    else if (has_value && word == "--seed")
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    else
      options.folders.emplace_back(word);
  }
  return options;
}

std::vector<std::string> read_corpus(const std::vector<std::string>& folders) {
  std::vector<fs::path> paths;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

const std::vector<std::string> words = {"$(",
                                        "$$(",
                                        ")",
                                        "$(vars.width)",
                                        "$(model.dropout * 2)",
                                        "$(env.HOME)",
                                        "**",
                                        "//",
                                        "%",
                                        "&a ",
                                        "*a",
                                        "<<: ",
                                        "!secret ",
                                        "!!int ",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ": ",
                                        ":",
                                        ", ",
                                        "- ",
                                        "? ",
                                        "| ",
                                        "> ",
                                        "\"",
                                        "'",
                                        "# ",
                                        "\t",
                                        "\r\n",
                                        "\n",
                                        "\n\n",
                                        "  ",
                                        "---\n",
                                        "...\n",
                                        "%YAML 1.2\n",
                                        std::string(1, '\0'),
                                        "\xff",
                                        "\xc3\x28",
                                        "\xef\xbb\xbf",
                                        "\xe2\x80\xa8",
                                        "1e999",
                                        "-0",
                                        "0x10",
                                        "9223372036854775808",
                                        ".nan",
                                        "-.inf",
                                        "~",
                                        "null",
                                        "no",
                                        "010",
                                        "1_000",
                                        "5%",
                                        "20 epochs",
                                        "2 h",
                                        "end",
                                        "type",
                                        "extends",
                                        "extends: base.yaml\n",
                                        "extends: circle.yaml\n",
                                        "overrides",
                                        "overrides: {model.hidden: [4]}\n",
                                        "vars",
                                        "small",
                                        "careful",
                                        "dataset",
                                        "model",
                                        "layers",
                                        "optimizer",
                                        "metrics",
                                        "valid/loss",
                                        "sequential",
                                        "conv2d",
                                        "#! model=small\n",
                                        "#! metrics+=accuracy\n",
                                        "#! ~schedule\n",
                                        "#! a.b.c=[1, {x: 2}]\n"};

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

  std::string next() {
    std::string input = pick(corpus_);
    for (std::size_t n = 1 + below(8); n > 0; --n) change(input);
    input.resize(std::min(input.size(), longest_input));
    return input;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  void change(std::string& input) {
    const std::size_t at = below(input.size() + 1);
    const std::size_t length = std::min(input.size() - at, 1 + below(below(4) == 0 ? 64 : 8));
    switch (below(9)) {
      case 0:
        input.erase(at, length);
        break;
      case 1:
        input.insert(at, input.substr(at, length));
        break;
      case 2:
        input.insert(at, pick(words));
        break;
      case 3:
        input.replace(at, length, pick(words));
        break;
      case 4:
        if (at < input.size()) input[at] = static_cast<char>(random_());
        break;
      case 5:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 6:
        input.insert(line_start(input, at), some_lines(pick(corpus_)));
        break;
      case 7:
        input.erase(line_start(input, at), some_lines(input.substr(line_start(input, at))).size());
        break;
      case 8:
        input.insert(line_start(input, at), below(2) == 0 ? "  " : "- ");
        break;
    }
  }

  static std::size_t line_start(const std::string& input, std::size_t at) {
    const std::size_t end = at == 0 ? std::string::npos : input.rfind('\n', at - 1);
    return end == std::string::npos ? 0 : end + 1;
  }

  /// From a random line on, one to four lines.
  std::string some_lines(const std::string& from) {
    const std::size_t start = line_start(from, below(from.size() + 1));
    std::size_t end = start;
    for (std::size_t n = 1 + below(4); n > 0 && end < from.size(); --n)
      end = std::min(from.find('\n', end), from.size() - 1) + 1;
    return from.substr(start, end - start);
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

/// Seconds that one input took.
double run(const std::string& input) {
  current_input = input;
  alarm(hang_s);
  const Clock::time_point start = Clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  alarm(0);
  return seconds;
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  const std::vector<std::string> corpus = read_corpus(options.folders);
  if (corpus.empty())
    return std::fputs("usage: fuzz_config [--runs N] [--seconds N] [--seed N] FOLDER...\n", stderr), 2;
  for (const int number : {SIGSEGV, SIGABRT, SIGALRM, SIGFPE, SIGBUS}) signal(number, keep_input);

  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  Mutator mutator(corpus, options.seed);
  std::uint64_t runs = 0;
  double slowest = 0;
  std::string slowest_input;
  const auto take = [&](const std::string& input) {
    const double seconds = run(input);
    if (seconds > slowest) slowest_input = input;
    slowest = std::max(slowest, seconds);
    ++runs;
  };
  for (const std::string& input : corpus) take(input);
  while (runs < options.runs && elapsed() < options.seconds) take(mutator.next());

  std::printf("%llu inputs in %.1f s, slowest %.4f s, at most %.0f MiB of memory\n",
              static_cast<unsigned long long>(runs), elapsed(), slowest, peak_mib());
  if (slowest < 1 && peak_mib() < 512) return 0;
  std::printf("slower than 1 s, or above 512 MiB; the slowest input:\n%s\n", slowest_input.c_str());
  return 1;
}
