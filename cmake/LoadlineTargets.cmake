include(GoogleTest)

# Below the prefix: sources that are compiled as a part of a program that uses the package.
set(LOADLINE_SOURCES_DIR ${CMAKE_INSTALL_DATADIR}/loadline)

# loadline_library(<target> EXPORT_NAME <name> [DEPS ...] [PRIVATE_DEPS ...])
# One of the installed static libraries; rooms add their files with loadline_room().
function(loadline_library target)
  cmake_parse_arguments(ARG "" "EXPORT_NAME" "DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${target} STATIC)
  add_library(loadline::${ARG_EXPORT_NAME} ALIAS ${target})
  loadline_header_sets(${target} ${PROJECT_SOURCE_DIR}/lib)
  add_library(${target}_internal INTERFACE)
  loadline_verified_headers(${target}_internal ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(${target}_internal INTERFACE ${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS}
    PRIVATE $<BUILD_INTERFACE:loadline_warnings> ${ARG_PRIVATE_DEPS})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${target} EXPORT_NAME ${ARG_EXPORT_NAME} POSITION_INDEPENDENT_CODE ON)
  loadline_precompile(${target})
endfunction()

# loadline_precompile(<target>): reads the headers that most files include once for a library, not
# once a file. Off where files must show that they include what they use.
function(loadline_precompile target)
  if(LOADLINE_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE
      <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/str_format.h>
      <algorithm> <functional> <memory> <optional> <string> <vector>)
  endif()
endfunction()

# loadline_header_sets(<target> <base>): where loadline_room() puts headers. That each stands alone
# is checked by the source file of its name, which includes it first (tests/repo holds it to that);
# only headers without one are compiled for it, by the target all_verify_interface_header_sets.
function(loadline_header_sets target base)
  target_sources(${target} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${base}
    FILE_SET headers_of_sources TYPE HEADERS BASE_DIRS ${base})
  set_target_properties(${target} PROPERTIES
    VERIFY_INTERFACE_HEADER_SETS ON INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
endfunction()

# loadline_verified_headers(<library> <base> [<header>...]): headers that are compiled on their own
# and never installed.
function(loadline_verified_headers library base)
  target_sources(${library} INTERFACE FILE_SET HEADERS BASE_DIRS ${base} FILES ${ARGN})
  set_target_properties(${library} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# loadline_room(<target> [HDRS ...] [INTERNAL ...] [SRCS ...]): the files of one room (the calling
# folder). HDRS, its border and the types there, are installed; they include no INTERNAL header.
function(loadline_room target)
  cmake_parse_arguments(ARG "" "" "HDRS;INTERNAL;SRCS" ${ARGN})
  foreach(files ARG_HDRS ARG_INTERNAL ARG_SRCS)
    set(${files} "${${files}}")
    list(TRANSFORM ${files} PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  endforeach()
  list(TRANSFORM ARG_SRCS REPLACE "\\.cc$" ".h" OUTPUT_VARIABLE of_sources)
  set(alone ${ARG_HDRS})
  list(REMOVE_ITEM alone ${of_sources})
  list(REMOVE_ITEM ARG_HDRS ${alone})
  list(REMOVE_ITEM ARG_INTERNAL ${of_sources})
  target_sources(${target}
    PUBLIC FILE_SET HEADERS FILES ${alone} FILE_SET headers_of_sources FILES ${ARG_HDRS}
    PRIVATE ${ARG_SRCS})
  # In a unity build a room is one unit.
  list(FILTER ARG_SRCS INCLUDE REGEX "\\.cc$")
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME room)
  set_source_files_properties(${ARG_SRCS} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${room})
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  if(ARG_INTERNAL)
    loadline_verified_headers(${target}_internal ${PROJECT_SOURCE_DIR}/lib ${ARG_INTERNAL})
  endif()
endfunction()

# loadline_executable(<name> SRCS ... [DEPS ...]): a program, with the allocator chosen at
# configure time. Libraries never choose an allocator.
function(loadline_executable name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:loadline_warnings> ${ARG_DEPS}
    $<$<STREQUAL:${LOADLINE_ALLOCATOR},mimalloc>:mimalloc>)
endfunction()

# loadline_headers(<name> HDRS ... [DEPS ...]): headers of no library,
# such as tests'. Each is compiled on its own by the target all_verify_interface_header_sets.
function(loadline_headers name)
  cmake_parse_arguments(ARG "" "" "HDRS;DEPS" ${ARGN})
  list(TRANSFORM ARG_HDRS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  add_library(${name} INTERFACE)
  loadline_verified_headers(${name} ${PROJECT_SOURCE_DIR} ${ARG_HDRS})
  target_link_libraries(${name} INTERFACE ${ARG_DEPS})
endfunction()

# What the tests of all rooms read is precompiled once for all of them: as much work as a room's
# tests are to compile, for each room. They are compiled alike for that. What tests cost is their
# compiling, and they are not what is measured, so they are not optimised as that is.
function(loadline_test_compilation target)
  target_compile_options(${target} PRIVATE $<IF:$<CONFIG:Release>,-O1,-O0>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:loadline_warnings>
    absl::statusor absl::strings GTest::gmock GTest::gtest_main)
endfunction()

# loadline_test(<name> SRCS ... [DEPS ...] [PATHS <name> <path> ...] [LABELS ...] [TIMEOUT s]
#   [ALONE] [ONE_THREAD])
# One GoogleTest binary a room. PATHS: what TestPath(name) of tests/support/test_path.h returns;
# in a source of their own, so that no other depends on where the checkout lies. ALONE: its tests
# measure time, and run while no other does. ONE_THREAD: nothing in it starts a thread, so that
# ThreadSanitizer has nothing to find.
function(loadline_test name)
  cmake_parse_arguments(ARG "ALONE;ONE_THREAD" "TIMEOUT" "SRCS;DEPS;LABELS;PATHS" ${ARGN})
  if(ARG_ONE_THREAD AND NOT LOADLINE_TEST_ONE_THREAD)
    return()
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SRCS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  loadline_test_compilation(${name})
  target_precompile_headers(${name} REUSE_FROM tests_precompiled)
  set_target_properties(${name} PROPERTIES
    UNITY_BUILD ${LOADLINE_TESTS_AS_UNITS} UNITY_BUILD_BATCH_SIZE 0)
  loadline_test_paths(${name} ${ARG_PATHS})
  list(FILTER ARG_SRCS INCLUDE REGEX "\\.h$")
  if(ARG_SRCS)
    loadline_headers(${name}_headers HDRS ${ARG_SRCS} DEPS ${ARG_DEPS} GTest::gmock)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 TEST_PREFIX "${name}."
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_ALONE})
endfunction()

# loadline_test_paths(<test> [<name> <path>]...): see PATHS of loadline_test().
function(loadline_test_paths test)
  if(NOT ARGN)
    return()
  endif()
  set(cases)
  while(ARGN)
    list(POP_FRONT ARGN key path)
    string(APPEND cases "  if (name == \"${key}\") return R\"path(${path})path\";\n")
  endwhile()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${test}_paths.cc)
  file(GENERATE OUTPUT ${source} CONTENT
"#include <cstdlib>

#include \"support/test_path.h\"

std::string loadline::testing::TestPath(std::string_view name) {
${cases}  std::abort();  // the test's CMakeLists.txt gives no such path
}
")
  target_sources(${test} PRIVATE ${source})
endfunction()
