// How fast a checkpoint is written, against a plain write and fsync of the same bytes, in pairs that take
// turns; and how long training waits for the copy, against a memcpy of the same bytes.
//
//   cmake --build build --target bench_checkpoint && build/bench_checkpoint FOLDER [PAIRS [MEGABYTES]]
//
// FOLDER: on the disk that is meant, not in memory.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "bench/timing.h"
#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/staging.h"

namespace {

using assay::Array;
using assay::State;
using assay::bench::median;
using assay::bench::seconds_of;

/// A state of 197 tensors that mixes the sizes of a convolutional network's layers and their biases.
State example_state(std::size_t bytes) {
  constexpr std::size_t n_tensors = 197;
  constexpr std::size_t shares[] = {1, 4, 8, 576, 1024, 4096, 16384, 36864};
  std::mt19937 random(1);
  std::vector<std::size_t> sizes;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < n_tensors; ++i) sum += sizes.emplace_back(shares[random() % std::size(shares)]);
  State state;
  for (std::size_t i = 0; i < n_tensors; ++i) {
    const auto count = static_cast<std::int64_t>(std::max<std::size_t>(bytes / 4 * sizes[i] / sum, 1));
    const auto array = std::make_shared<Array>(assay::Dtype::f32, std::vector<std::int64_t>{count});
    auto* words = reinterpret_cast<std::uint32_t*>(array->data());
    for (std::int64_t k = 0; k < count; ++k) words[k] = static_cast<std::uint32_t>(random());
    state.push_back({assay::text("model/layers.", i, ".weight"), array->view(), array});
  }
  return state;
}

std::string joined(const State& state) {
  std::string bytes;
  for (const auto& entry : state)
    bytes.append(reinterpret_cast<const char*>(entry.view.data), entry.view.bytes());
  return bytes;
}

void write_raw(const std::string& path, const std::string& bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
  std::size_t done = 0;
  while (fd >= 0 && done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  if (fd < 0 || done < bytes.size() || ::fsync(fd) != 0 || ::close(fd) != 0) {
    throw assay::Error(assay::Kind::store, assay::text("cannot write ", path));
  }
}

/// Leaves the disk nothing to do from the time before.
double timed(const std::string& path, const std::function<void()>& work) {
  assay::remove_file(path);
  ::sync();
  return seconds_of(work);
}

void compare_writing(const std::string& folder, const State& state, const std::string& bytes, int n_pairs) {
  const std::string raw_path = assay::join_path(folder, "raw.bin");
  const std::string path = assay::join_path(folder, "step-0000000001.h5");
  const double megabytes = static_cast<double>(bytes.size()) / 1e6;
  const auto raw = [&] { return timed(raw_path, [&] { write_raw(raw_path, bytes); }); };
  const auto checkpoint = [&] {
    return timed(path, [&] { assay::store::write_checkpoint(path, "3f2a91c0de", {}, state); });
  };
  std::vector<double> raw_s;
  std::vector<double> checkpoint_s;
  std::vector<double> ratios;
  for (int pair = 0; pair < n_pairs; ++pair) {
    if (pair % 2 == 0) raw_s.push_back(raw());
    checkpoint_s.push_back(checkpoint());
    if (pair % 2 == 1) raw_s.push_back(raw());
    ratios.push_back(raw_s.back() / checkpoint_s.back());
    std::cout << "pair " << pair + 1 << ": raw " << megabytes / raw_s.back() << " MB/s, checkpoint "
              << megabytes / checkpoint_s.back() << " MB/s, " << ratios.back() * 100 << " %\n";
  }
  std::cout << "median of " << n_pairs << " pairs: raw " << megabytes / median(raw_s) << " MB/s, checkpoint "
            << megabytes / median(checkpoint_s) << " MB/s; median of the ratios " << median(ratios) * 100
            << " %\n";
  std::cout << "SHA-256 by blocks: " << megabytes / seconds_of([&] { assay::block_digest(bytes); })
            << " MB/s\n";
  assay::remove_file(raw_path);
  assay::remove_file(path);
}

void compare_copying(const State& state, const std::string& bytes, int n_pairs) {
  assay::store::Staging staging;
  std::string target(bytes.size(), '\0');
  const double first_s = seconds_of([&] { staging.take(state); });
  std::vector<double> plain_s;
  std::vector<double> copy_s;
  for (int pair = 0; pair < n_pairs; ++pair) {
    plain_s.push_back(seconds_of([&] { std::memcpy(target.data(), bytes.data(), bytes.size()); }));
    copy_s.push_back(seconds_of([&] { staging.take(state); }));
  }
  std::cout << "copy: memcpy " << median(plain_s) * 1e3 << " ms, staging " << median(copy_s) * 1e3
            << " ms (the first, with its pages: " << first_s * 1e3 << " ms), "
            << median(copy_s) / median(plain_s) << " times\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: bench_checkpoint FOLDER [PAIRS [MEGABYTES]]\n";
    return 2;
  }
  const std::string folder = argv[1];
  const int n_pairs = argc > 2 ? std::atoi(argv[2]) : 20;
  const std::size_t megabytes = argc > 3 ? static_cast<std::size_t>(std::atoi(argv[3])) : 400;
  std::cout << std::fixed << std::setprecision(2);
  try {
    const State state = example_state(megabytes * 1'000'000);
    const std::string bytes = joined(state);
    std::cout << state.size() << " tensors, " << bytes.size() << " bytes\n";
    compare_copying(state, bytes, n_pairs);
    compare_writing(folder, state, bytes, n_pairs);
  } catch (const assay::Error& error) {
    std::cerr << error.what() << '\n';
    return exit_code(error.kind());
  }
  return 0;
}
