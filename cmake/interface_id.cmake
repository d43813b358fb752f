# Writes interface_id.h: the version, a digest of the headers that plugins include, and LibTorch's version. A plugin
# carries the same text, so that it is refused when a header changed since it was built.
# Called with -DHEADERS=<list> -DSOURCE= -DVERSION= -DTORCH= -DOUTPUT=.
set(all "")
foreach(header IN LISTS HEADERS)
  file(SHA256 "${SOURCE}/${header}" digest)
  string(APPEND all "${header} ${digest}\n")
endforeach()
string(SHA256 digest "${all}")
string(SUBSTRING "${digest}" 0 10 digest)
file(WRITE "${OUTPUT}.new"
     "// Made by cmake/interface_id.cmake: what a plugin and its host must agree on, but for the compiler.\n"
     "#pragma once\n\n"
     "#define ASSAY_INTERFACE_ID \"assay ${VERSION} (${digest}), LibTorch ${TORCH}\"\n")
execute_process(COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${OUTPUT}.new" "${OUTPUT}")
file(REMOVE "${OUTPUT}.new")
