# Debian ships hnswlib's headers without a CMake package; upstream 0.8 and newer has one.
# Defines hnswlib::hnswlib. Where hnswlib/hnswlib.h lies in no usual place, point hnswlib_ROOT (a
# variable of CMake or of the environment) or hnswlib_INCLUDE_DIR at the folder above it.
find_package(hnswlib CONFIG QUIET)
if(TARGET hnswlib::hnswlib)
  set(hnswlib_FOUND TRUE)
  return()
endif()
find_path(hnswlib_INCLUDE_DIR hnswlib/hnswlib.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(hnswlib REQUIRED_VARS hnswlib_INCLUDE_DIR)
if(hnswlib_FOUND)
  add_library(hnswlib::hnswlib INTERFACE IMPORTED)
  set_target_properties(hnswlib::hnswlib PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${hnswlib_INCLUDE_DIR}"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${hnswlib_INCLUDE_DIR}")
endif()
mark_as_advanced(hnswlib_INCLUDE_DIR)
