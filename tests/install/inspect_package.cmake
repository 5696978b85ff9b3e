# The package must be movable and ask nothing of a consumer that only our own build needs.
file(GLOB_RECURSE package_files ${STAGE}/*/cmake/loadline/*.cmake)
if(NOT package_files)
  message(FATAL_ERROR "no package files below ${STAGE}")
endif()

# Whether `text` names `folder` or what is in it. Only as whole components of a path that begins
# there: a checkout in /p is not named by include/p/x.h nor by /project.
function(names_folder text folder out)
  # The mark begins as a path does and ends as a component does; it has nothing to escape.
  string(REPLACE "${folder}" "/@" text "${text}")
  set(${out} OFF PARENT_SCOPE)
  if(text MATCHES "(^|[^-+._~@})A-Za-z0-9]|[ \"';]-[A-Za-z]+)/@($|[^-+._~@A-Za-z0-9])")
    set(${out} ON PARENT_SCOPE)
  endif()
endfunction()

foreach(file IN LISTS package_files)
  # Without the comments, which may name what the code may not.
  file(READ ${file} text)
  string(REGEX REPLACE "(^|\n)#[^\n]*" "\\1" text "${text}")
  foreach(forbidden hnswlib rapidjson loadline_warnings mimalloc)
    string(FIND "${text}" "${forbidden}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} mentions ${forbidden}, which a consumer need not have")
    endif()
  endforeach()
  foreach(folder IN ITEMS "${SOURCE}" "${BUILD}")
    names_folder("${text}" "${folder}" named)
    if(named)
      message(FATAL_ERROR "${file} names ${folder}, which a consumer does not have")
    endif()
  endforeach()
endforeach()
