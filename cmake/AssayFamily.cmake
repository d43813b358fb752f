# How a family of components that compute is built: declarations and implementations apart.

# assay_family(NAME [DECLARE file ...] IMPLEMENT file ...)
# From one folder of plugins/: assay::NAME_declared, declare.cpp and the files given as objects for libassay (no
# LibTorch), and
# libassay_NAME.so, implement.cpp and the files given, which is opened only to compute. Nothing but
# assay_implement_NAME is visible from outside. The target assay_implementations builds all of them.
function(assay_family name)
  cmake_parse_arguments(ARG "" "" "DECLARE;IMPLEMENT" ${ARGN})
  assay_library(${name}_declared SOURCES declare.cpp ${ARG_DECLARE} PUBLIC assay::contracts RUNS_ONCE)

  add_library(libassay_${name} SHARED implement.cpp ${ARG_IMPLEMENT})
  _assay_settings(libassay_${name})
  set_target_properties(libassay_${name} PROPERTIES OUTPUT_NAME assay_${name} DEFINE_SYMBOL ""
                        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(libassay_${name} PRIVATE libassay_tensor)
  _assay_share_headers(libassay_${name} families "${ASSAY_TENSOR_HEADERS}")
  if(NOT TARGET assay_implementations)
    add_custom_target(assay_implementations)
  endif()
  add_dependencies(assay_implementations libassay_${name})
endfunction()
