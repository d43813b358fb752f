// Damaged and hostile files of weights: whatever is done to one, reading it is an Error of Kind::data or
// gives tensors that lie within it; never a crash, a hang, or memory beyond a multiple of its size.
//
//   mutate_weights [--count N] [--seed N] FOLDER      FOLDER has the files to begin with
//
// A file is changed as a whole, or, as the checksums of a zip file would hide most of that, within one of its
// entries, and packed again. Reading is reading all of it: names, and the bytes of every tensor. What goes
// wrong ends the program; the file is then in `fuzz-crash.bin`.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <malloc.h>

#include "bench/timing.h"
#include "core/io/files.h"
#include "core/io/zip.h"
#include "core/io/zip_writer.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/weights.h"
#include "tests/support/files.h"

namespace {

std::atomic<std::size_t> live_bytes = 0, peak_bytes = 0;

void* counted(void* memory) {
  if (memory == nullptr) return nullptr;
  const std::size_t now = live_bytes += malloc_usable_size(memory);
  std::size_t peak = peak_bytes;
  while (now > peak && !peak_bytes.compare_exchange_weak(peak, now)) {
  }
  return memory;
}

void released(void* memory) {
  if (memory != nullptr) live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

// Counted here and nowhere else: what readers take.
void* operator new(std::size_t size) {
  if (void* memory = counted(std::malloc(size))) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  const auto step = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}
void operator delete(void* memory) noexcept { released(memory); }
void operator delete(void* memory, std::size_t) noexcept { released(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { released(memory); }

namespace assay::testing {
namespace {

constexpr double longest_s = 10;                 // of processor time; HDF5 has 1 s in a process apart
constexpr std::size_t spare_bytes = 16U << 20U;  // pieces of 4 MiB, and what HDF5 and messages take

/// A format, and how many times a file's size reading it may take in memory.
struct Target {
  std::string format;
  std::string ending;  // of the files to begin with
  std::size_t most_times_its_size;
};

const std::vector<Target>& targets() {
  static const std::vector<Target> all = {{"safetensors", ".safetensors", 40},
                                          {"npz", ".npz", 1100},  // deflate packs 1032 bytes into one
                                          {"pt", ".pt", 256},
                                          {"keras_h5", ".h5", 64},
                                          {"run", ".checkpoint", 64}};
  return all;
}

const Target* target_of(const std::string& path) {
  const auto found =
      std::ranges::find_if(targets(), [&](const Target& one) { return path.ends_with(one.ending); });
  return found == targets().end() ? nullptr : &*found;
}

std::unique_ptr<Weights> format_of(const std::string& name) {
  static const Registry registry = builtin_registry();
  static const Implementations parts = builtin_implementations();
  const Json config(Json::Map{{"type", name}, {"file", "unused"}});
  return parts.build(registry.bind<Weights>(to_value(config, {}), "weights"), {});
}

/// Changes bytes in ways that files are damaged in, and in ways that somebody might who means harm.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  std::string mutant(std::string bytes) {
    for (std::size_t i = 0, n = 1 + below(3); i < n && !bytes.empty(); ++i) change(bytes);
    return bytes;
  }

 private:
  void change(std::string& bytes) {
    const std::size_t at = below(bytes.size());
    switch (below(8)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        return;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        return;
      case 2:
        bytes.resize(at);
        return;
      case 3:
        return put_number(bytes, at);
      case 4:
        return change_digit(bytes, at);
      case 5:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(32)));
        return;
      case 6:
        bytes.erase(at, 1 + below(16));
        return;
      default:
        bytes.insert(at, 1 + below(4), bytes[below(bytes.size())]);
    }
  }

  void put_number(std::string& bytes, std::size_t at) {
    constexpr std::array<std::uint64_t, 8> hostile = {
        0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 1U << 20U, 0x0000000100000000};
    const std::uint64_t number = hostile.at(below(hostile.size()));
    const std::size_t size = std::min(std::size_t{1} << below(4), bytes.size() - at);
    std::memcpy(bytes.data() + at, &number, size);
  }

  /// Numbers that are written out, as in headers.
  static void change_digit(std::string& bytes, std::size_t at) {
    const std::size_t digit = bytes.find_first_of("0123456789", at);
    if (digit != std::string::npos) bytes.insert(digit, "99999999");
  }

  std::mt19937_64 random_;
};

/// One entry changed, the rest as it is.
std::string with_changed_entry(const std::string& bytes, Mutator& mutator, const std::string& scratch) {
  const ZipFile zip(bytes, "seed");
  const std::vector<std::string> names = zip.names();
  const std::size_t changed = mutator.below(std::min<std::size_t>(names.size(), 3));
  std::vector<std::string> contents;
  std::vector<ZipWriter::Entry> entries;
  for (std::size_t i = 0; i < names.size(); ++i) {
    contents.push_back(i == changed ? mutator.mutant(zip.read(names[i])) : zip.read(names[i]));
    entries.push_back({names[i], contents.back().size()});
  }
  ZipWriter writer(scratch, entries);
  for (const std::string& content : contents) {
    writer.begin();
    writer.write(content);
  }
  writer.put();
  return read_file(scratch);
}

[[noreturn]] void fail(const std::string& bytes, const std::string& why) {
  std::ofstream("fuzz-crash.bin", std::ios::binary) << bytes;
  std::fprintf(stderr, "%s\nthe file is in fuzz-crash.bin\n", why.c_str());
  std::abort();
}

struct Tally {
  std::map<std::string, std::uint64_t> endings;  // "read", or the first words of the refusal
  double slowest_s = 0;
  std::size_t most_bytes = 0;
};

/// Reads all of a file, which may be anything.
std::string reading(const Weights& weights, const std::string& path) {
  try {
    const WeightFile file = weights.read(path);
    for (const NamedTensor& tensor : file.tensors) {
      std::uint64_t bytes = 0;
      tensor.stream([&](std::string_view piece) { bytes += piece.size(); });
      if (bytes != tensor.bytes())
        return text("wrong: ", printable(tensor.name), " gives other bytes than it has");
    }
    return "read";
  } catch (const Error& error) {
    if (error.kind() != Kind::data) return text("wrong: an error of another kind: ", error.what());
    return "refused";
  }
}

void try_mutants(const Target& target, const std::vector<std::string>& seeds, std::uint64_t count,
                 std::uint64_t seed, const TemporaryFolder& folder) {
  const std::unique_ptr<Weights> weights = format_of(target.format);
  Mutator mutator(seed);
  Tally tally;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& begin = seeds[i % seeds.size()];
    const bool is_within = begin.starts_with("PK") && mutator.below(2) == 0;
    const std::string bytes =
        is_within ? with_changed_entry(begin, mutator, folder / "scratch") : mutator.mutant(begin);
    const std::string path = folder.write("mutant" + target.ending, bytes);
    const double started_s = bench::processor_s();  // no pause and no busy machine is a hang
    const std::size_t before = live_bytes;
    peak_bytes = before;
    const std::string ending = reading(*weights, path);
    const std::size_t taken = peak_bytes - before;
    const double seconds = bench::processor_s() - started_s;
    ++tally.endings[ending];
    tally.slowest_s = std::max(tally.slowest_s, seconds);
    tally.most_bytes = std::max(tally.most_bytes, taken);
    if (ending.starts_with("wrong")) fail(bytes, ending);
    if (seconds > longest_s) fail(bytes, text("took ", seconds, " s of processor time"));
    if (taken > target.most_times_its_size * bytes.size() + spare_bytes)
      fail(bytes, text("took ", bytes_text(taken), " for a file of ", bytes_text(bytes.size())));
  }
  std::printf("%-12s %llu mutants: %llu refused, %llu read; slowest %.3f s, most memory %s\n",
              target.format.c_str(), static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(tally.endings["refused"]),
              static_cast<unsigned long long>(tally.endings["read"]), tally.slowest_s,
              bytes_text(tally.most_bytes).c_str());
  std::fflush(stdout);  // a count of 100,000 takes its time: each format is told when it is done
}

int run(std::uint64_t count, std::uint64_t seed, const std::string& seeds_folder) {
  std::map<std::string, std::vector<std::string>> seeds;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(seeds_folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  constexpr std::uintmax_t largest_seed = 300'000;
  for (const auto& path : paths) {
    const Target* target = target_of(path.string());
    if (target != nullptr && std::filesystem::file_size(path) <= largest_seed)
      seeds[target->format].push_back(read_file(path.string()));
  }
  const TemporaryFolder folder;
  WeightFile checkpoint;
  checkpoint.tensors = {tensor_of("layers.0.weight", Array(Dtype::f32, {30, 20})),
                        tensor_of("layers.0.bias", Array(Dtype::bf16, {30})),
                        tensor_of("count", Array(Dtype::i64, {}))};
  format_of("run")->write(folder / "seed.checkpoint", checkpoint);
  seeds["run"].push_back(read_file(folder / "seed.checkpoint"));
  for (const Target& target : targets()) {
    if (!seeds[target.format].empty()) try_mutants(target, seeds[target.format], count, seed, folder);
  }
  return 0;
}

}  // namespace
}  // namespace assay::testing

int main(int argc, char** argv) {
  std::uint64_t count = 1000, seed = 0;
  std::string folder;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--count" && i + 1 < argc)
      count = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--seed" && i + 1 < argc)
      seed = std::strtoull(argv[++i], nullptr, 10);
    else
      folder = word;
  }
  return assay::testing::run(count, seed, folder);
}
