# Run at every build: writes build_info.h if the commit or a version changed, else leaves it alone, so that an
# unchanged tree compiles nothing. The changes since the commit go to a file that is read at run time.
execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE ASSAY_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(ASSAY_COMMIT "")
endif()

# What the sources have that the commit has not, as a record of a run keeps it (environment.cpp): the changes, then the
# files that git does not know where components lie.
if(NOT failed)
  execute_process(COMMAND git -C "${SOURCE}" diff HEAD --no-color --no-ext-diff OUTPUT_VARIABLE changes)
  execute_process(COMMAND git -C "${SOURCE}" ls-files --others --exclude-standard -- core registry runner plugins datasets
                  OUTPUT_VARIABLE untracked OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REPLACE "\n" ";" untracked "${untracked}")
  foreach(path IN LISTS untracked)
    file(READ "${SOURCE}/${path}" content LIMIT 100000)
    string(APPEND changes "untracked file ${path}\n${content}\n")
  endforeach()
  set(before "")
  if(EXISTS "${CHANGES}")
    file(READ "${CHANGES}" before)
  endif()
  if(NOT EXISTS "${CHANGES}" OR NOT changes STREQUAL before)
    file(WRITE "${CHANGES}" "${changes}")
  endif()
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/build_info.h.in" "${OUTPUT}" @ONLY)
