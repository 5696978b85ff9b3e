# What only CMake knows of how a program is built that links loadline::bench_main: build type,
# compiler, the project's flags, and the commit of its checkout. They stand in a header that is read
# by register_program_build.cc alone, which is compiled with the program's own flags.

# loadline_program_build_header(<target> [<scope>]): `target` brings the header with it. It is
# written at the end of the folder `scope` (the calling one), when that folder's flags are settled.
function(loadline_program_build_header target)
  set(scope ${CMAKE_CURRENT_SOURCE_DIR})
  set(binary ${CMAKE_CURRENT_BINARY_DIR})
  if(ARGC GREATER 1)
    set(scope ${ARGV1})
    get_directory_property(binary DIRECTORY ${scope} BINARY_DIR)
  endif()
  set_property(TARGET ${target} APPEND PROPERTY INTERFACE_INCLUDE_DIRECTORIES
    $<BUILD_INTERFACE:${binary}/loadline_program_build/$<CONFIG>>)
  cmake_language(DEFER DIRECTORY ${scope} CALL loadline_write_program_build)
endfunction()

# The folder's header, one for each configuration.
function(loadline_write_program_build)
  loadline_commit_of(${CMAKE_SOURCE_DIR} commit dirty)
  set(configurations ${CMAKE_BUILD_TYPE})
  get_property(several GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(several)
    set(configurations ${CMAKE_CONFIGURATION_TYPES})
  elseif(NOT CMAKE_BUILD_TYPE)
    set(configurations None)
  endif()
  foreach(type IN LISTS configurations)
    string(TOUPPER ${type} suffix)
    string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${suffix}}" flags)
    set(folder loadline_program_build/${type})
    if(NOT several AND NOT CMAKE_BUILD_TYPE)
      set(folder loadline_program_build)  # where $<CONFIG> is empty
    endif()
    file(CONFIGURE OUTPUT ${folder}/loadline/harness/program_build_values.h @ONLY CONTENT
"#define LOADLINE_PROGRAM_COMMIT \"@commit@\"
#define LOADLINE_PROGRAM_DIRTY \"@dirty@\"
#define LOADLINE_PROGRAM_BUILD_TYPE \"@type@\"
#define LOADLINE_PROGRAM_COMPILER \"@CMAKE_CXX_COMPILER_ID@ @CMAKE_CXX_COMPILER_VERSION@\"
#define LOADLINE_PROGRAM_FLAGS R\"loadline(@flags@)loadline\"
")
  endforeach()
endfunction()

# loadline_commit_of(<folder> <commit> <dirty>): of the checkout that `folder` is part of, as it is
# when CMake runs; "unknown" where there is none to name. A folder that lies in somebody else's
# checkout is no part of it: git does not know its CMakeLists.txt.
function(loadline_commit_of folder commit dirty)
  set(${commit} unknown PARENT_SCOPE)
  set(${dirty} unknown PARENT_SCOPE)
  find_package(Git QUIET)
  if(NOT GIT_FOUND)
    return()
  endif()
  # This checkout's alone, even in a hook of another.
  set(git ${CMAKE_COMMAND} -E env
    --unset=GIT_DIR --unset=GIT_WORK_TREE --unset=GIT_INDEX_FILE ${GIT_EXECUTABLE})
  execute_process(COMMAND ${git} ls-files --error-unmatch CMakeLists.txt
    WORKING_DIRECTORY ${folder} RESULT_VARIABLE unknown OUTPUT_QUIET ERROR_QUIET)
  execute_process(COMMAND ${git} rev-parse HEAD
    WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE head RESULT_VARIABLE headless
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(unknown OR headless)
    return()
  endif()
  set(${commit} ${head} PARENT_SCOPE)
  execute_process(COMMAND ${git} status --porcelain
    WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE changes RESULT_VARIABLE failed ERROR_QUIET)
  if(NOT failed AND changes STREQUAL "")
    set(${dirty} false PARENT_SCOPE)
  elseif(NOT failed)
    set(${dirty} true PARENT_SCOPE)
  endif()
endfunction()
