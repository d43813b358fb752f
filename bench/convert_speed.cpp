// How fast weights go from safetensors to a checkpoint and back, against a copy of the same file with fsync,
// in pairs that take turns; and how much memory that takes.
//
//   cmake --build build --target bench_convert && build/bench_convert FOLDER [PAIRS [MEGABYTES [TENSORS]]]
//
// FOLDER: on the disk that is meant, not in memory. The digest of the contents is made on the way, as by
// `convert`. The copy reads and writes 256 KiB at a time, as cp(1) does: what is written 4 MiB at a time gets
// larger blocks of memory from the system, which a virtual machine may have to fetch from its host first, and
// that takes longer than all the rest. Before each side, what both have written is removed, and the disk is
// at rest.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "bench/timing.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/convert/content_digest.h"
#include "runner/convert/formats.h"

namespace {

using assay::Json;
using assay::NamedTensor;
using assay::WeightFile;
using assay::bench::median;
using assay::bench::seconds_of;

constexpr std::size_t piece_bytes = 4U << 20U;
constexpr std::size_t copied_bytes = 256U << 10U;

/// Tensors of equal size whose numbers are made as they are asked for.
WeightFile example(std::uint64_t bytes, int n_tensors) {
  WeightFile file;
  const auto count = static_cast<std::int64_t>(bytes / 4 / static_cast<std::uint64_t>(n_tensors));
  for (int i = 0; i < n_tensors; ++i) {
    NamedTensor tensor{assay::text("layers.", i, ".weight"), assay::Dtype::f32, {count}, {}};
    tensor.stream = [left = tensor.bytes(), i](const assay::ByteSink& sink) mutable {
      std::mt19937_64 random(static_cast<std::uint64_t>(i));
      std::vector<std::uint64_t> piece(piece_bytes / sizeof(std::uint64_t));
      for (std::uint64_t at = 0; at < left; at += piece_bytes) {
        for (std::uint64_t& word : piece) word = random();
        sink({reinterpret_cast<const char*>(piece.data()), std::min<std::uint64_t>(piece_bytes, left - at)});
      }
    };
    file.tensors.push_back(std::move(tensor));
  }
  return file;
}

class Bench {
 public:
  Bench(std::string folder, int n_pairs) : folder_(std::move(folder)), n_pairs_(n_pairs) {}

  void run(std::uint64_t bytes, int n_tensors) {
    open(path("a.safetensors"), true).weights->write(path("a.safetensors"), example(bytes, n_tensors));
    compare("safetensors to checkpoint", "a.safetensors", "b.h5");
    compare("checkpoint to safetensors", "b.h5", "c.safetensors");
    std::cout << "largest tensor " << assay::bytes_text(bytes / static_cast<std::uint64_t>(n_tensors))
              << ", most resident memory " << most_resident() << '\n';
    for (const char* name : {"a.safetensors", "b.h5", "c.safetensors", "copy"})
      assay::remove_file(path(name));
  }

 private:
  std::string path(const std::string& name) const { return assay::join_path(folder_, name); }

  assay::convert::Format open(const std::string& file, bool is_written) const {
    return assay::convert::open_format({file, {}, is_written, Json::map()}, registry_, parts_);
  }

  void convert(const std::string& from, const std::string& to) {
    const WeightFile in = open(from, false).weights->read(from);
    assay::convert::ContentDigest digest;
    WeightFile out{in.path, {}};
    for (const NamedTensor& tensor : in.tensors) out.tensors.push_back(digest.watched(tensor));
    open(to, true).weights->write(to, out);
    const std::string found = digest.finish();
    if (!digest_.empty() && found != digest_)
      throw assay::Error(assay::Kind::store, "the contents have changed");
    digest_ = found;
  }

  static void copy(const std::string& from, const std::string& to) {
    const int in = ::open(from.c_str(), O_RDONLY),
              out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    std::string piece(copied_bytes, '\0');
    ssize_t n = 0;
    while ((n = ::read(in, piece.data(), piece.size())) > 0) {
      if (::write(out, piece.data(), static_cast<std::size_t>(n)) != n) break;
    }
    if (in < 0 || n != 0 || ::fsync(out) != 0 || ::close(out) != 0)
      throw assay::Error(assay::Kind::store, assay::text("cannot write ", to));
    ::close(in);
  }

  /// By the clock, and of all processors together.
  struct Seconds {
    double clock = 0;
    double processor = 0;
  };

  static std::string text_of(const Seconds& seconds) {
    return assay::text(seconds.clock, " s (", seconds.processor, " of processors)");
  }

  void compare(const char* what, const std::string& from, const std::string& to) {
    const auto timed = [&](const std::function<void()>& work) {
      for (const std::string& written : {path("copy"), path(to)}) assay::remove_file(written);
      ::sync();
      const double begin_s = assay::bench::processor_s();
      const double clock_s = seconds_of(work);
      return Seconds{clock_s, assay::bench::processor_s() - begin_s};
    };
    const auto copying = [&] { return timed([&] { copy(path(from), path("copy")); }); };
    const auto converting = [&] { return timed([&] { convert(path(from), path(to)); }); };
    std::vector<double> ratios;
    for (int pair = 0; pair < n_pairs_; ++pair) {
      Seconds copied;
      if (pair % 2 == 0) copied = copying();
      const Seconds converted = converting();
      if (pair % 2 == 1) copied = copying();
      ratios.push_back(copied.clock / converted.clock);
      std::cout << what << ", pair " << pair + 1 << ": copy " << text_of(copied) << ", convert "
                << text_of(converted) << ", " << ratios.back() * 100 << " %" << std::endl;
    }
    std::cout << what << ": median of " << n_pairs_ << " pairs " << median(ratios) * 100 << " %" << std::endl;
    if (!assay::exists(path(to))) converting();  // the way back begins with it
  }

  static std::string most_resident() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::string(assay::trim(line.substr(6)));
    }
    return "unknown";
  }

  assay::Registry registry_ = assay::builtin_registry();
  assay::Implementations parts_ = assay::builtin_implementations();
  std::string folder_;
  int n_pairs_;
  std::string digest_;  // of the contents, which stay the same
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: bench_convert FOLDER [PAIRS [MEGABYTES [TENSORS]]]\n";
    return 2;
  }
  const auto number = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  try {
    Bench(argv[1], number(2, 9)).run(static_cast<std::uint64_t>(number(3, 1000)) * 1'000'000, number(4, 16));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
