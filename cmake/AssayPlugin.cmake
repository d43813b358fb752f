# For plugins, after find_package(assay).

# assay_plugin(NAME DECLARE file ... [IMPLEMENT file ...])
# The libraries of a plugin: NAME.so of the sources that see no LibTorch, and NAME.impl.so of those that compute with
# it. Both carry what they were built with, which assay compares before it runs any of their code. NAME is what stands in
# the sources' ASSAY_DECLARE and ASSAY_IMPLEMENT; the target NAME builds both.
function(assay_plugin name)
  cmake_parse_arguments(ARG "" "" "DECLARE;IMPLEMENT" ${ARGN})
  if(NOT ARG_DECLARE OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "assay_plugin(${name} DECLARE file ... [IMPLEMENT file ...]) lists all sources; "
                        "those that include LibTorch under IMPLEMENT")
  endif()
  _assay_plugin_library(${name} ${name} assay::libassay ${ARG_DECLARE})
  if(ARG_IMPLEMENT)
    _assay_plugin_library(${name}_impl ${name}.impl assay::tensor ${ARG_IMPLEMENT})
    add_dependencies(${name} ${name}_impl)
  endif()
endfunction()

function(_assay_plugin_library target file link)
  add_library(${target} MODULE ${ARGN})
  target_link_libraries(${target} PRIVATE ${link})
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_compile_definitions(${target} PRIVATE "ASSAY_PLUGIN_BUILD=\"${assay_BUILD}\"")
  target_compile_options(${target} PRIVATE -Wall -Wextra)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    target_compile_options(${target} PRIVATE -O2)
  endif()
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME "${file}" CXX_EXTENSIONS OFF
                        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# assay_plugin_suites(NAME SAMPLES file)
# A ctest case NAME.suites: what holds for every component of its family - documented, saved and loaded without a
# difference, the same seed the same numbers, shapes as declared, right gradients - is checked of all that NAME
# declares. SAMPLES: a YAML file that says how each is called.
macro(assay_plugin_suites name)
  enable_testing()  # of the caller's folder: in a function it would be forgotten
  _assay_plugin_suites(${name} ${ARGN})
endmacro()

function(_assay_plugin_suites name)
  cmake_parse_arguments(ARG "" "SAMPLES" "" ${ARGN})
  set(suites "${assay_PREFIX}/libexec/assay/plugin_suites")
  if(NOT EXISTS "${suites}")
    message(WARNING "${name}.suites is not tested: this assay was installed without the target plugin_suites")
    return()
  endif()
  add_test(NAME ${name}.suites COMMAND "${suites}" "$<TARGET_FILE:${name}>" "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SAMPLES}")
endfunction()
