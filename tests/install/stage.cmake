# Installs BUILD into an empty STAGE: as a prefix, or, with USE_DESTDIR, as the root above a prefix.
file(REMOVE_RECURSE ${STAGE})
set(prefix ${STAGE})
if(USE_DESTDIR)
  set(ENV{DESTDIR} ${STAGE})
  set(prefix /opt/loadline)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

set(root ${STAGE})
if(USE_DESTDIR)
  set(root ${STAGE}/opt/loadline)
endif()
file(GLOB_RECURSE installed RELATIVE ${root} ${root}/*)
foreach(wanted
    include/loadline/base/clock.h
    include/stowage/workspace/workspace.h
    "lib.*/libloadline\\.a"
    "lib.*/libloadline_bench_main\\.a"
    "lib.*/libstowage\\.a"
    "lib.*/cmake/loadline/loadlineConfig\\.cmake"
    "lib.*/cmake/loadline/loadlineConfigVersion\\.cmake")
  set(found ${installed})
  list(FILTER found INCLUDE REGEX "^${wanted}$")
  if(NOT found)
    message(FATAL_ERROR "nothing below ${root} matches ${wanted}; there are: ${installed}")
  endif()
endforeach()
