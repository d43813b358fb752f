// HDF5, reading and writing. Writing never touches a disk: an image is built in memory and published by the
// caller, so that no HDF5 call is made on a path that can fail.
//
//   h5::Writer writer;
//   writer.text("config/resolved", json);
//   writer.array("model/layers.0.weight", view);
//   writer.attribute("/", "format", "assay.run");
//   publish("run.h5", writer.finish());
//
//   const h5::Reader reader = h5::Reader::open("run.h5");
//   reader.text("config/resolved"), reader.array("metrics/train/loss/value")
//
// Names are paths with '/'; a dot is an ordinary character, so "layers.0.weight" is one link. Groups are made
// as needed. Files are as HDF5 1.8 wrote them (superblock 2), readable by every HDF5 since; no times are
// kept, so equal contents in equal order are equal bytes. Numbers are little-endian and of fixed width; f16
// and bf16 are 2-byte floats (bf16: 1 sign, 8 exponent and 7 mantissa bits), which plain readers convert;
// booleans are h5py's enum of FALSE and TRUE; texts are UTF-8. Every failure is an Error (Kind::store) which
// names the file or object and HDF5's innermost reason. HDF5 is called from one thread at a time (a lock sees
// to it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/io/h5_layout.h"

namespace assay::h5 {

/// Builds one file in memory. Datasets of at most 1 KiB lie in their headers, others are contiguous, or for larger
/// series chunked and packed.
class Writer {
 public:
  Writer();
  ~Writer();
  Writer(Writer&&) noexcept;

  /// Fine if it exists.
  void group(const std::string& path);
  /// A dataset of the view's dtype and shape; a shape of no dimensions is a scalar.
  void array(const std::string& path, const ArrayView& view);
  /// The same without a copy: the bytes must stay where they are, and what they are, until the file is
  /// written. They begin at a multiple of 64 of the file if there are at least 64 of them.
  void place(const std::string& path, const ArrayView& view);
  /// The same for bytes that are not in memory: the layout has room for them, at the place that is returned.
  /// None is needed where there are no bytes.
  std::uint64_t leave_room(const std::string& path, Dtype dtype, const std::vector<std::int64_t>& shape);
  /// The same, packed by shuffle and deflate 1 in chunks of at most 16384 where that is worth it (1024
  /// elements and up, one dimension). Both filters are in every HDF5.
  void packed(const std::string& path, const ArrayView& view);
  /// One UTF-8 text as a scalar dataset of variable length; zero bytes become U+FFFD.
  void text(const std::string& path, std::string_view value);
  /// [n] UTF-8 texts of variable length.
  void texts(const std::string& path, const std::vector<std::string>& values);
  /// A link `path` to `target` in another file; a relative file name is looked up beside the file that links.
  void external_link(const std::string& path, const std::string& file, const std::string& target);

  /// Attributes of a group or dataset that exists; "/" is the root.
  void attribute(const std::string& path, const std::string& name, std::string_view value);
  void attribute(const std::string& path, const std::string& name, const char* value) {
    attribute(path, name, std::string_view(value));
  }
  void attribute(const std::string& path, const std::string& name, std::int64_t value);
  void attribute(const std::string& path, const std::string& name, double value);

  /// The whole file's bytes. The writer is done afterwards.
  std::string finish();
  /// The same as parts, with the arrays that were placed where they are.
  Layout finish_layout();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Where an array lies in its file.
struct Place {
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// How an array lies in its file, in one piece or in chunks that cover it like tiles: enough to read parts of
/// it without HDF5.
struct Storage {
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> chunk;  // shape of a chunk; those at the edges are stored whole; empty: one piece
  bool is_shuffled = false;         // byte 0 of all values of a chunk, then byte 1, ...
  bool is_packed = false;           // then deflated, in zlib's format
  struct Piece {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  std::vector<Piece> pieces;  // of the chunks in row-major order; one if there are none
  std::string kept;           // a small array that lies among the file's notes: its bytes, instead of pieces
};

/// Reads one file, from its bytes in memory: what is published later does not matter to it. Meant for files
/// that assay wrote: check a digest first where there is one, as HDF5 does not survive every damaged file,
/// and read in a child (core/io/in_child.h) what has none. What a file says of itself is not believed: other
/// files are never opened, filters are those that Writer uses, and no array or text is given more memory than
/// the file's bytes can fill.
class Reader {
 public:
  /// Throws Kind::data if the file cannot be read, Kind::store if it is no HDF5 file.
  static Reader open(const std::string& path);
  /// The same if block_digest of the file is `digest`; else Kind::store, before HDF5 has seen a byte.
  static Reader open(const std::string& path, const std::string& digest);
  /// `name` is for messages.
  static Reader of_bytes(std::string bytes, const std::string& name);
  /// The same without a copy: the bytes must stay where they are.
  static Reader over(std::string_view bytes, const std::string& name);
  ~Reader();
  Reader(Reader&&) noexcept;

  /// A group, dataset or link of that path exists (an external link counts, whether or not its file is
  /// there).
  bool has(const std::string& path) const;
  bool is_group(const std::string& path) const;
  /// Names of the links in a group, in byte order; "/" is the root.
  std::vector<std::string> names(const std::string& group) const;
  /// Paths of all datasets below a group, depth first in byte order, without following links to elsewhere.
  std::vector<std::string> datasets(const std::string& group) const;

  Array array(const std::string& path) const;
  /// Where the bytes of an array lie that is stored in one piece, as it is: within the file's bytes.
  Place place(const std::string& path) const;
  /// How any array of numbers is stored. Throws Kind::store, besides for what array() refuses, if a part of
  /// it was never written.
  Storage storage(const std::string& path) const;
  std::string text(const std::string& path) const;
  std::vector<std::string> texts(const std::string& path) const;
  /// The file and the path within it that an external link names.
  std::pair<std::string, std::string> external_link(const std::string& path) const;

  std::vector<std::string> attributes(const std::string& path) const;
  bool has_attribute(const std::string& path, const std::string& name) const;
  std::string text_attribute(const std::string& path, const std::string& name) const;
  std::int64_t integer_attribute(const std::string& path, const std::string& name) const;
  double real_attribute(const std::string& path, const std::string& name) const;

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay::h5
