# How targets are made here: standard, warnings, visibility and aliases in one place. Everything else is target_*.

set(ASSAY_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wpedantic)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms in std::string's operator+ (GCC bug 105651), and where a temporary of variants is cleaned up (105562).
  list(APPEND ASSAY_WARNINGS -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(ASSAY_WARNINGS_AS_ERRORS)
  list(APPEND ASSAY_WARNINGS -Werror)
endif()

function(_assay_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE ${ASSAY_WARNINGS})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
endfunction()

# Headers that many targets of one kind begin with are read once, where folders are compiled as a whole (ASSAY_UNITY).
# The first target of a kind compiles them for all; they need the same compiler options.
function(_assay_share_headers target kind headers)
  if(NOT ASSAY_UNITY)
    return()
  endif()
  # GCC 12 forgets which headers are the system's: more of the false alarms above.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  get_property(owner GLOBAL PROPERTY ASSAY_HEADERS_OF_${kind})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    set_property(GLOBAL PROPERTY ASSAY_HEADERS_OF_${kind} ${target})
    target_precompile_headers(${target} PRIVATE ${headers})
  endif()
endfunction()

# What most files without LibTorch begin with.
set(ASSAY_DECLARED_HEADERS <functional> <map> <memory> <string> <vector> "${PROJECT_SOURCE_DIR}/core/error.h"
    "${PROJECT_SOURCE_DIR}/registry/fields.h")

# And those that compute: LibTorch's headers are most of what they compile.
set(ASSAY_TENSOR_HEADERS ${ASSAY_DECLARED_HEADERS} <ATen/core/Tensor.h>)

# How far a release is optimised: 1 for declarations, commands and tests, for which the compiler's time matters more
# than theirs, 2 for what handles configs, records and tables, CMake's own 3 for what computes.
function(_assay_optimise target level)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O${level}>)
endfunction()

function(_assay_runs_once target)
  _assay_optimise(${target} 1)
  _assay_share_headers(${target} runs_once "${ASSAY_DECLARED_HEADERS}")
endfunction()

# assay_library(NAME SOURCES file ... [PUBLIC lib ...] [PRIVATE lib ...] [RUNS_ONCE | ONE_BY_ONE])
# Objects of one folder, alias assay::NAME. They are put together in the shared libraries of the top CMakeLists.txt.
# RUNS_ONCE: see above. ONE_BY_ONE: never compiled as a whole, for folders that see headers of other libraries. What sees
# tensors shares its headers with the families (top CMakeLists.txt).
function(assay_library name)
  cmake_parse_arguments(ARG "RUNS_ONCE;ONE_BY_ONE" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(assay_${name} OBJECT ${ARG_SOURCES})
  add_library(assay::${name} ALIAS assay_${name})
  _assay_settings(assay_${name})
  target_link_libraries(assay_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  if(ARG_ONE_BY_ONE OR "assay::torch" IN_LIST ARG_PUBLIC OR "assay::contracts_tensor" IN_LIST ARG_PUBLIC)
    return()
  endif()
  if(ARG_RUNS_ONCE)
    _assay_runs_once(assay_${name})
  else()
    _assay_optimise(assay_${name} 2)
    _assay_share_headers(assay_${name} contracts "${ASSAY_DECLARED_HEADERS}")
  endif()
  set_target_properties(assay_${name} PROPERTIES UNITY_BUILD ${ASSAY_UNITY})
endfunction()

# assay_test(NAME SOURCES file ... [LINK lib ...] [LABELS label ...])
# One GoogleTest program; every TEST in it becomes a ctest case. Built by the target `tests`.
function(assay_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ASSAY_TESTS)
    return()
  endif()
  add_executable(test_${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  _assay_settings(test_${name})
  _assay_optimise(test_${name} 1)
  target_link_libraries(test_${name} PRIVATE assay::test_support ${ARG_LINK} GTest::gmock GTest::gtest_main)
  set(headers <gmock/gmock.h> <gtest/gtest.h> <functional> <map> <memory> <string> <vector>)
  if(libassay_tensor IN_LIST ARG_LINK)
    _assay_share_headers(test_${name} tensor_tests "${headers};<ATen/core/Tensor.h>")
  else()
    _assay_share_headers(test_${name} tests "${headers}")
  endif()
  add_dependencies(test_${name} assay_runtime)
  add_dependencies(tests test_${name})
  # Test discovery drops empty values and splits lists: no empty LABELS, one variable each way.
  set(labels)
  if(ARG_LABELS)
    set(labels LABELS "${ARG_LABELS}")
  endif()
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300
                       ENVIRONMENT "ASSAY_SOURCE=${PROJECT_SOURCE_DIR}"
                       ENVIRONMENT_MODIFICATION "ASSAY_BINARY=set:$<TARGET_FILE:assay>" ${labels})
endfunction()
