#include "tests/runner/store/mutants.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/in_child.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"

namespace assay::testing {
namespace {

constexpr std::size_t sector_bytes = 512;
constexpr std::size_t longest_structure = 4096;
constexpr std::size_t checksum_bytes = sizeof(std::uint32_t);

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <class Number>
void put_number(std::string& bytes, std::size_t at, Number value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// lookup3 (Jenkins 2006, public domain), with which HDF5 protects its metadata.
std::uint32_t lookup3(std::string_view bytes) {
  std::uint32_t a = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
  std::uint32_t b = a;
  std::uint32_t c = a;
  const auto word = [&](std::size_t at) {  // short ones are filled with zeros
    std::uint32_t value = 0;
    if (at < bytes.size())
      std::memcpy(&value, bytes.data() + at, std::min<std::size_t>(4, bytes.size() - at));
    return value;
  };
  for (; bytes.size() > 12; bytes.remove_prefix(12)) {
    a += word(0);
    b += word(4);
    c += word(8);
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
  }
  if (bytes.empty()) return c;
  a += word(0);
  b += word(4);
  c += word(8);
  c ^= b, c -= std::rotl(b, 14);
  a ^= c, a -= std::rotl(c, 11);
  b ^= a, b -= std::rotl(a, 25);
  c ^= b, c -= std::rotl(b, 16);
  a ^= c, a -= std::rotl(c, 4);
  b ^= a, b -= std::rotl(a, 14);
  c ^= b, c -= std::rotl(b, 24);
  return c;
}

/// Every array, text and attribute of a file. False if an array is said to lie outside it.
bool read_everything(const h5::Reader& file, std::string_view whole) {
  const auto tolerant = [](const std::function<void()>& read) {
    try {
      read();
    } catch (const Error&) {  // one damaged part keeps nobody from the next one
    }
  };
  bool is_within = true;
  for (const std::string& path : file.datasets("/")) {
    tolerant([&] { file.array(path); });
    tolerant([&] { file.texts(path); });
    tolerant([&] {
      const h5::Place place = file.place(path);
      is_within = is_within && place.offset <= whole.size() && place.bytes <= whole.size() - place.offset;
    });
  }
  for (const char* group : {"/", "environment", "metrics/train/loss/value"}) {
    tolerant([&] {
      for (const std::string& name : file.attributes(group)) {
        tolerant([&] { file.text_attribute(group, name); });
        tolerant([&] { file.integer_attribute(group, name); });
        tolerant([&] { file.real_attribute(group, name); });
      }
    });
  }
  tolerant([&] { file.external_link("checkpoints/final"); });
  return is_within;
}

void read_untrusted_run(const std::string& path) {
  const std::string bytes = read_file(path);
  const std::string answer = in_child(path, {2 * bytes.size() + (64U << 20U), 16, 5}, [&] {
    return std::string(read_everything(h5::Reader::over(bytes, path), bytes) ? "within" : "outside");
  });
  if (answer != "within") throw Error(Kind::internal, "an array is said to lie outside its file");
}

void read_untrusted_checkpoint(const std::string& path) {
  std::size_t bytes = 0;
  for (const StateEntry& entry : store::read_untrusted_checkpoint(path)) {
    bytes += entry.view.bytes();
    volatile unsigned char sum = 0;
    for (std::size_t i = 0; i < entry.view.bytes(); ++i) {
      sum = static_cast<unsigned char>(sum + std::to_integer<unsigned>(entry.view.data[i]));
    }
  }
  if (bytes > file_size(path)) throw Error(Kind::internal, "the arrays are larger than their file");
}

/// "read", or how it was refused, without what differs from file to file.
std::string ending_of(const std::function<void()>& read, MutantTally& tally, const std::string& what) {
  const auto begin = std::chrono::steady_clock::now();
  std::string ending = "read";
  try {
    read();
  } catch (const Error& error) {
    const bool is_clear = error.kind() == Kind::store && !error.problems().empty() &&
                          !error.problems()[0].message.empty() && error.problems()[0].where.is_known();
    if (!is_clear) tally.wrong.push_back(text(what, ": ", error.what()));
    const std::string message = error.problems().empty() ? "" : error.problems()[0].message;
    const std::size_t crash = message.find("reading it");
    ending = crash == std::string::npos ? "refused" : "refused: " + message.substr(crash);
  } catch (const std::exception& error) {
    tally.wrong.push_back(text(what, ": ", error.what()));
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  tally.longest_s = std::max(tally.longest_s, seconds.count());
  return ending;
}

void expect_refused_by_digest(const std::function<void()>& read, MutantTally& tally,
                              const std::string& what) {
  try {
    read();
    tally.wrong.push_back(what + ": was read in spite of its digest");
  } catch (const Error& error) {
    const bool by_digest =
        error.kind() == Kind::store && error.problems().at(0).message.find("its digest") != std::string::npos;
    if (by_digest) ++tally.refused_by_digest;
    if (!by_digest) tally.wrong.push_back(text(what, ": ", error.what()));
  }
}

std::string write_mutant(const std::string& folder, const std::string& bytes) {
  const std::string path = join_path(folder, "mutant.h5");
  remove_file(path);
  append(path, bytes);
  return path;
}

}  // namespace

std::vector<Checksummed> checksummed_parts(std::string_view file) {
  constexpr std::string_view signatures[] = {"\x89HDF", "OHDR", "OCHK", "FRHP",
                                             "FHIB",    "BTHD", "BTLF", "BTIN"};
  std::vector<Checksummed> parts;
  for (std::size_t at = 0; at + 4 <= file.size(); ++at) {
    const std::string_view signature = file.substr(at, 4);
    if (std::find(std::begin(signatures), std::end(signatures), signature) == std::end(signatures)) continue;
    const std::size_t last = std::min(file.size() - checksum_bytes, at + longest_structure);
    for (std::size_t end = at + 8; end <= last; ++end) {
      if (lookup3(file.substr(at, end - at)) != number_at<std::uint32_t>(file, end)) continue;
      parts.push_back({at, end});
      break;
    }
  }
  return parts;
}

Mutator::Mutator(std::string file, std::uint64_t seed)
    : file_(std::move(file)), random_(seed), parts_(checksummed_parts(file_)) {}

std::size_t Mutator::below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

std::string Mutator::mutant(Way way) {
  std::string bytes = changed(way);
  while (bytes == file_) bytes = changed(way);
  return bytes;
}

std::string Mutator::changed(Way way) {
  std::string bytes = file_;
  switch (way) {
    case Way::bit: {
      char& byte = bytes[below(bytes.size())];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << below(8)));
      break;
    }
    case Way::bytes:
      for (int i = 0; i < 8; ++i) bytes[below(bytes.size())] = static_cast<char>(random_());
      break;
    case Way::sector: {
      const std::size_t begin = below(bytes.size()) / sector_bytes * sector_bytes;
      const std::size_t end = std::min(begin + sector_bytes, bytes.size());
      const bool is_zeroed = below(2) == 0;
      for (std::size_t i = begin; i < end; ++i) bytes[i] = is_zeroed ? '\0' : static_cast<char>(random_());
      break;
    }
    case Way::truncation:
      bytes.resize(below(bytes.size()));
      break;
    case Way::hostile_value:
      put_hostile_value(bytes);
      break;
    case Way::hostile_address:
      swap_addresses(bytes);
      break;
  }
  return bytes;
}

/// Sizes, counts and lengths: what breaks programs that believe them.
void Mutator::put_hostile_value(std::string& bytes) {
  const std::uint64_t values[] = {0,
                                  1,
                                  0x7fU,
                                  0xffU,
                                  0xffffU,
                                  0x7fffffffU,
                                  0xffffffffU,
                                  std::uint64_t{1} << 32U,
                                  std::uint64_t{1} << 40U,
                                  std::uint64_t{1} << 62U,
                                  std::numeric_limits<std::uint64_t>::max(),
                                  std::numeric_limits<std::uint64_t>::max() - 1,
                                  file_.size(),
                                  file_.size() - 1,
                                  file_.size() + 1,
                                  random_()};
  const std::uint64_t value = values[below(std::size(values))];
  const Checksummed& part = parts_[below(parts_.size())];
  const std::size_t width = std::size_t{1} << below(4);
  if (part.end - part.begin < 4 + width) return;
  const std::size_t at = part.begin + 4 + below(part.end - part.begin - 3 - width);
  std::memcpy(bytes.data() + at, &value, width);
  repair(bytes, part);
}

/// Links that lead elsewhere: to themselves, to a parent, to something of another kind.
void Mutator::swap_addresses(std::string& bytes) {
  const Checksummed& part = parts_[below(parts_.size())];
  for (std::size_t at = part.begin + 4 + below(part.end - part.begin - 4); at + 8 <= part.end; ++at) {
    const auto address = number_at<std::uint64_t>(file_, at);
    const bool leads_somewhere = std::any_of(parts_.begin(), parts_.end(), [&](const Checksummed& other) {
      return other.begin == address && address > 0;
    });
    if (!leads_somewhere) continue;
    put_number<std::uint64_t>(bytes, at, parts_[below(parts_.size())].begin);
    return repair(bytes, part);
  }
}

void Mutator::repair(std::string& bytes, const Checksummed& part) const {
  put_number(bytes, part.end, lookup3(std::string_view(bytes).substr(part.begin, part.end - part.begin)));
}

std::string_view to_string(Mutator::Way way) {
  switch (way) {
    case Mutator::Way::bit:
      return "bit";
    case Mutator::Way::bytes:
      return "bytes";
    case Mutator::Way::sector:
      return "sector";
    case Mutator::Way::truncation:
      return "truncation";
    case Mutator::Way::hostile_value:
      return "hostile value";
    case Mutator::Way::hostile_address:
      return "hostile address";
  }
  return "?";
}

void MutantTally::add(const MutantTally& other) {
  refused_by_digest += other.refused_by_digest;
  for (const auto& [ending, count] : other.endings) endings[ending] += count;
  wrong.insert(wrong.end(), other.wrong.begin(), other.wrong.end());
  longest_s = std::max(longest_s, other.longest_s);
}

std::string example_checkpoint_bytes(const std::string& folder) {
  State state;
  const StateWriter out(state);
  for (int layer = 0; layer < 12; ++layer) {
    const std::string name = text("layers.", layer);
    StateWriter model = out.scope("model");
    model.array(name + ".weight", Array::of(std::vector<float>(48, 0.5F)).reshaped({6, 8}));
    model.array(name + ".bias", Array(Dtype::bf16, {6}));
    out.scope("optimizer")
        .scope("state")
        .array(name + ".weight/exp_avg", Array::of(std::vector<double>(6, 1.5)));
  }
  StateWriter position = out.scope("position");
  position.integer("step", 450);
  position.real("loss", 0.25);
  position.text("why", "SIGTERM");
  const std::string path = join_path(folder, "example.h5");
  store::write_checkpoint(path, "3f2a91c0de", {450, 3, false, 0, false}, state);
  return read_file(path);
}

std::string example_run_bytes() {
  h5::Writer file;
  file.attribute("/", "format", "assay.run");
  file.attribute("/", "seed", std::int64_t{7});
  file.attribute("/", "seconds", 1.5);
  file.text("config/resolved", "{\"assay\": 1}");
  file.texts("config/source/text", {"assay: 1\n", ""});
  file.group("environment");
  for (int i = 0; i < 20; ++i) file.attribute("environment", text("key", i), text("value ", i));
  std::vector<double> series(3000);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] = static_cast<double>(i % 97) / 7;
  for (const char* name : {"loss", "accuracy", "lr"}) {
    file.packed(text("metrics/train/", name, "/value"), Array::of(series));
    file.packed(text("metrics/train/", name, "/step"), Array::of(std::vector<std::int64_t>(3000, 1)));
  }
  file.texts("events/kind", {"evaluated", "checkpoint_saved", "evaluated"});
  file.array("checkpoints/table/step", Array::of(std::vector<std::int64_t>{1, 2, 3}));
  file.external_link("checkpoints/final", "a.1/ckpt/step-0000000450.h5", "/");
  return file.finish();
}

MutantTally read_mutants(const std::string& folder, std::int64_t count, std::uint64_t seed) {
  Mutator checkpoints(example_checkpoint_bytes(folder), seed);
  Mutator runs(example_run_bytes(), seed + 1);
  MutantTally tally;
  for (std::int64_t i = 0; i < count; ++i) {
    const Mutator::Way way = Mutator::ways[static_cast<std::size_t>(i / 2) % Mutator::ways.size()];
    const bool is_checkpoint = i % 2 == 0;
    Mutator& mutator = is_checkpoint ? checkpoints : runs;
    const std::string path = write_mutant(folder, mutator.mutant(way));
    const std::string digest = block_digest(mutator.file());
    const std::string what = text(is_checkpoint ? "checkpoint" : "run.h5", " ", i, " (", to_string(way), ")");
    expect_refused_by_digest(
        [&] {
          is_checkpoint ? void(store::read_checkpoint(path, digest)) : void(h5::Reader::open(path, digest));
        },
        tally, what);
    const std::string ending = ending_of(
        [&] { is_checkpoint ? read_untrusted_checkpoint(path) : read_untrusted_run(path); }, tally, what);
    ++tally.endings[text(to_string(way), ": ", ending)];
  }
  return tally;
}

}  // namespace assay::testing
