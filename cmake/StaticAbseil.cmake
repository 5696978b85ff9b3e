# Abseil's archives in place of its shared libraries, where the one lies beside the other (Debian).
# A program that needs Abseil's Status loads 26 of its shared libraries, which is half of its start;
# a duet starts hundreds of processes. For the absl:: targets that this directory has found.
# A function, so that no variable of the caller changes.
function(loadline_link_abseil_statically)
  get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
  if(NOT "absl::status" IN_LIST imported)
    message(NOTICE "LOADLINE_STATIC_ABSEIL has no effect in ${CMAKE_CURRENT_SOURCE_DIR}: a "
      "directory above has found Abseil before. Set it there, and find loadline there first.")
  endif()
  foreach(target IN LISTS imported)
    if(NOT target MATCHES "^absl::")
      continue()
    endif()
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL "SHARED_LIBRARY")
      continue()
    endif()
    get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
    foreach(configuration IN LISTS configurations)
      get_target_property(location ${target} IMPORTED_LOCATION_${configuration})
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
      if(archive MATCHES "\\.a$" AND EXISTS "${archive}")
        set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_${configuration} "${archive}")
      endif()
    endforeach()
  endforeach()
endfunction()
loadline_link_abseil_statically()
