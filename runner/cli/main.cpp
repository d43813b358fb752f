#include <cstdio>
#include <cstdlib>

#include "runner/cli/program.h"

int main(int argc, char** argv) {
  const int code = assay::cli::run_program(argc, argv);
#ifndef __SANITIZE_ADDRESS__  // which looks for leaks at the end
  // Everything is closed and told by now. What is left is LibTorch taking itself down piece by piece, 0.14 s.
  std::fflush(nullptr);
  std::_Exit(code);
#else
  return code;
#endif
}
