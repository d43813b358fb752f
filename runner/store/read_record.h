// A run's record, read: of a run that goes on, of one that was killed, and of a finished one alike.
//
//   const Record record = read_record(folder);
//   record.series.at({"valid", "accuracy"}).value
//
//   const h5::Reader file = open_record(folder);     // the same as a run.h5 shows it
//   file.array("metrics/valid/accuracy/value")
//
// While there are journals, they are the truth, and run.h5 may be some seconds behind them. Nothing is
// changed on the disk, with one exception: the run.h5 of a finished run that is not the one it finished with,
// which an attempt that was overtaken may have left, is made again from the journals. A run.h5 without a
// digest, as a stranger may have made it, is read by a child process first.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "core/io/h5.h"
#include "runner/store/record.h"

namespace assay::store {

/// Throws Kind::store if there is no record, or if it is damaged and cannot be made again.
Record read_record(const std::string& folder);

/// run.h5 as it is, where it is all there is to know; else one made in memory from the journals. Its links
/// are relative to the run's folder. Throws as read_record does.
h5::Reader open_record(const std::string& folder);

/// What is wrong with the files of a run: run.h5 of a finished run and every checkpoint that is kept against
/// their digests, journals against their checksums. Reads them all. Empty: all is well.
std::vector<Problem> check_run(const std::string& folder);

}  // namespace assay::store
