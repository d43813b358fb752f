// A checkpoint as an HDF5 file; docs/formats/checkpoint.md has the layout. It holds nothing that depends on
// time, machine or attempt: the same run done twice gives the same bytes.
//
//   const WrittenFile written = write_checkpoint(".../ckpt/step-0000000450.h5", id, info, state);
//   journal.commit(..., written.bytes, written.digest);
//   ...
//   const State state = read_checkpoint(".../ckpt/step-0000000450.h5", digest);
#pragma once

#include <cstdint>
#include <string>

#include "registry/contracts/recorder.h"
#include "registry/contracts/state.h"

namespace assay::store {

struct WrittenFile {
  std::uint64_t bytes = 0;
  std::string digest;  // block_digest of the file
};

/// Writes aside, syncs, renames, syncs the folder: when it returns, the file survives a power cut. `identity`
/// is the run's id without a suffix. Each entry of the state becomes one dataset: the parts of its name
/// before the last '/' are groups, dots are kept. Throws Kind::store, with nothing left behind, if the file
/// cannot be written or two entries have one name.
WrittenFile write_checkpoint(const std::string& path, const std::string& identity, const CheckpointInfo& info,
                             const State& state);

/// The same file in memory, for whoever writes it with others.
struct CheckpointImage {
  std::string bytes;
  std::string digest;  // block_digest of `bytes`
};
CheckpointImage checkpoint_image(const std::string& identity, const CheckpointInfo& info, const State& state);

/// The state in the file, in the order in which it was saved; the entries own their bytes. The digest is
/// checked before HDF5 sees the file. Throws Kind::store, naming the file and what is wrong with it, and
/// Kind::data if it is there but cannot be read.
State read_checkpoint(const std::string& path, const std::string& digest);

/// The same of a file whose digest is not known, as one that came from elsewhere: HDF5 reads it in a child
/// process with limits, and what that says is checked, so the worst file is an Error. Damage within numbers
/// is not seen.
State read_untrusted_checkpoint(const std::string& path);

/// "step-0000000450.h5"; "step-0000000450.2.h5" for a second one, of other content, at the same step.
std::string checkpoint_name(std::int64_t step, int number = 1);

}  // namespace assay::store
