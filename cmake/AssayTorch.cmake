# assay::torch - our one wrapper around LibTorch, SYSTEM includes.
#
# LibTorch's own package file adds run paths of Intel compilers, defines for RPC and a warning about kineto, so the
# libraries are linked by path. LIBTORCH names the folder with include/ and lib/ (of a LibTorch archive, or of an
# installed Python torch); scripts/setup finds it.

set(LIBTORCH "$ENV{LIBTORCH}" CACHE PATH "Folder of LibTorch: the one with include/ and lib/")
set(ASSAY_TORCH_TESTED 2.13)

if(NOT LIBTORCH AND EXISTS "${PROJECT_SOURCE_DIR}/build/libtorch")
  file(REAL_PATH "${PROJECT_SOURCE_DIR}/build/libtorch" LIBTORCH)  # what scripts/setup found
endif()
if(NOT LIBTORCH)
  find_path(_assay_torch_include ATen/core/Tensor.h PATH_SUFFIXES include torch/include)
  if(_assay_torch_include)
    get_filename_component(LIBTORCH "${_assay_torch_include}" DIRECTORY)
  endif()
endif()
if(NOT EXISTS "${LIBTORCH}/include/ATen/core/Tensor.h")
  message(FATAL_ERROR "LibTorch was not found (LIBTORCH is '${LIBTORCH}').\n"
                      "Run scripts/setup, which finds or installs it, or pass -DLIBTORCH=<folder with include/ and lib/>.")
endif()

file(STRINGS "${LIBTORCH}/include/torch/headeronly/version.h" _torch_version_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH)")
if(NOT _torch_version_lines)
  file(STRINGS "${LIBTORCH}/include/torch/csrc/api/include/torch/version.h" _torch_version_lines
       REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH)")
endif()
set(ASSAY_TORCH_VERSION "")
foreach(part MAJOR MINOR PATCH)
  string(REGEX MATCH "TORCH_VERSION_${part} ([0-9]+)" _ "${_torch_version_lines}")
  list(APPEND ASSAY_TORCH_VERSION "${CMAKE_MATCH_1}")
endforeach()
list(JOIN ASSAY_TORCH_VERSION "." ASSAY_TORCH_VERSION)
string(REGEX MATCH "^[0-9]+\\.[0-9]+" _torch_major_minor "${ASSAY_TORCH_VERSION}")
if(NOT _torch_major_minor STREQUAL ASSAY_TORCH_TESTED AND NOT ASSAY_UNTESTED_TORCH)
  message(FATAL_ERROR "LibTorch ${ASSAY_TORCH_VERSION} in ${LIBTORCH} is not a tested version (${ASSAY_TORCH_TESTED}).\n"
                      "Point LIBTORCH elsewhere, or pass -DASSAY_UNTESTED_TORCH=ON to try it.")
endif()

find_library(ASSAY_TORCH_CPU torch_cpu PATHS "${LIBTORCH}/lib" NO_DEFAULT_PATH REQUIRED)
find_library(ASSAY_TORCH_C10 c10 PATHS "${LIBTORCH}/lib" NO_DEFAULT_PATH REQUIRED)
find_library(ASSAY_TORCH_CUDA torch_cuda PATHS "${LIBTORCH}/lib" NO_DEFAULT_PATH)

add_library(assay_torch INTERFACE)
add_library(assay::torch ALIAS assay_torch)
target_include_directories(assay_torch SYSTEM INTERFACE "${LIBTORCH}/include" "${LIBTORCH}/include/torch/csrc/api/include")
target_link_libraries(assay_torch INTERFACE "${ASSAY_TORCH_CPU}" "${ASSAY_TORCH_C10}")
if(ASSAY_TORCH_CUDA)
  # Nothing names a symbol of torch_cuda; without it there would be no CUDA device at run time.
  target_link_options(assay_torch INTERFACE "LINKER:--no-as-needed,${ASSAY_TORCH_CUDA},--as-needed")
endif()
target_compile_options(assay_torch INTERFACE $<$<CONFIG:RelWithDebInfo>:-g1>)
message(STATUS "LibTorch ${ASSAY_TORCH_VERSION} in ${LIBTORCH}")
