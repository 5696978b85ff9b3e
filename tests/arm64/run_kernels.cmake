# Builds PROJECT for arm64 with COMPILER (g++ or clang) in BUILD and runs its tests under qemu.
cmake_minimum_required(VERSION 3.25)

# clang 14 compiles a file for the dot product instructions as a whole or not at all, the former as
# AppleClang does unasked; on a CPU without them that does not run.
set(settings -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++)
set(cpus max cortex-a72)
set(needed aarch64-linux-gnu-g++ qemu-aarch64)
if(COMPILER STREQUAL "clang")
  list(APPEND needed clang++-14)
  set(settings -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_CXX_COMPILER_TARGET=aarch64-linux-gnu
    -DCMAKE_CXX_FLAGS=-march=armv8.2-a+dotprod)
  set(cpus max)
endif()
foreach(program ${needed})
  find_program(found_${program} ${program})
  if(NOT found_${program})
    message("SKIPPED: ${program} is not installed")
    return()
  endif()
endforeach()
set(googletest /usr/src/googletest/googletest)
if(NOT EXISTS ${googletest})
  message("SKIPPED: GoogleTest's sources are not in ${googletest}")
  return()
endif()

execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${PROJECT} -B ${BUILD} -G ${GENERATOR} -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_LAUNCHER}" -DGOOGLETEST_DIR=${googletest} ${settings}
    "-DCPUS=${cpus}"
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --output-on-failure
  --no-tests=error COMMAND_ERROR_IS_FATAL ANY)
