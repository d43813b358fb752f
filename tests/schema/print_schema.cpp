// Prints the JSON Schema of the components that ship.
#include <cstdio>
#include <exception>

#include "core/io/json_text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/json_schema.h"

int main() try {
  std::puts(assay::to_text(assay::json_schema(assay::builtin_registry())).c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
