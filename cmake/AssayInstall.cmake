# What `cmake --install` puts where. The tree can be moved: libraries are found relative to the program, data and
# configs relative to libassay, and the package file relative to itself. Only LibTorch stays where it was at build time.
#
#   bin/assay              lib/libassay*.so      libexec/assay/plugin_suites (if it was built)
#   include/assay/         what plugins include, by the paths of this tree
#   lib/cmake/assay/       find_package(assay): assay_plugin(), assay_plugin_suites()
#   share/assay/           data sets that ship; configs/; example/, from which `assay new plugin` writes;
#                          report/: the page of `assay report`, and plotly.js where scripts/setup installed it
include(CMakePackageConfigHelpers)

get_target_property(_families assay_implementations MANUALLY_ADDED_DEPENDENCIES)
set(_libraries libassay libassay_tensor libassay_engine ${_families})
# LibTorch by name: INSTALL_RPATH_USE_LINK_PATH leaves out one that scripts/setup put inside this tree.
set_target_properties(${_libraries} PROPERTIES INSTALL_RPATH "$ORIGIN;${LIBTORCH}/lib"
                      INSTALL_RPATH_USE_LINK_PATH ON)
set_target_properties(assay PROPERTIES INSTALL_RPATH "$ORIGIN/../lib;${LIBTORCH}/lib"
                      INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS assay RUNTIME DESTINATION bin)
install(TARGETS ${_libraries} LIBRARY DESTINATION lib)

foreach(folder core registry)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}" DESTINATION include/assay FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES "${PROJECT_BINARY_DIR}/generated/registry/interface_id.h" DESTINATION include/assay/registry)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/datasets/data/" DESTINATION share/assay)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/configs" DESTINATION share/assay PATTERN schema.json EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/plugins/example" DESTINATION share/assay PATTERN build EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/runner/report/web/" DESTINATION share/assay/report)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/build/plotly/" DESTINATION share/assay/report OPTIONAL)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/NOTICE" DESTINATION share/assay)

string(REGEX MATCH "^[0-9]+\\.[0-9]+" ASSAY_COMPILER "${CMAKE_CXX_COMPILER_VERSION}")
set(ASSAY_COMPILER "${CMAKE_CXX_COMPILER_ID} ${ASSAY_COMPILER}")
configure_package_config_file(cmake/assayConfig.cmake.in "${PROJECT_BINARY_DIR}/assayConfig.cmake"
                              INSTALL_DESTINATION lib/cmake/assay NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/assayConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/assayConfig.cmake" "${PROJECT_BINARY_DIR}/assayConfigVersion.cmake"
              cmake/AssayPlugin.cmake
        DESTINATION lib/cmake/assay)
