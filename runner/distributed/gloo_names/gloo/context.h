// The names of Gloo that LibTorch's ProcessGroupGloo.hpp mentions: LibTorch contains Gloo, but its wheel brings none of its
// headers. Nothing here is defined or made by us: objects of these types are made, used and freed in LibTorch, and pass
// through our code as shared pointers alone, so no layout depends on what stands here. Left out where there are real
// headers (runner/distributed/CMakeLists.txt).
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

}  // namespace gloo
