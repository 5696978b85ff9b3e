# Every find_package of the project. Nothing is downloaded and nothing is detected silently:
# what is found here is what is linked, and the versions travel in every result file.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
if(LOADLINE_STATIC_ABSEIL)
  include(StaticAbseil)
endif()
find_package(Boost 1.74 REQUIRED)    # Boost.Math, headers only
find_package(SQLite3 3.37 REQUIRED)  # 3.37: STRICT tables
find_package(hnswlib REQUIRED)       # FindHnswlib.cmake where the package ships no config
find_package(RapidJSON 1.1 REQUIRED)
if(NOT TARGET rapidjson)
  add_library(rapidjson INTERFACE IMPORTED)
  target_include_directories(rapidjson INTERFACE
    ${RAPIDJSON_INCLUDE_DIRS} ${RapidJSON_INCLUDE_DIRS})
endif()
find_package(benchmark 1.7.1 REQUIRED)

if(LOADLINE_BUILD_BENCHMARKS AND LOADLINE_PEERS_FAISS)
  find_package(OpenMP REQUIRED)  # faiss's own package names it and does not look for it
  find_package(faiss REQUIRED)
endif()
if(LOADLINE_BUILD_TOOLS)
  find_package(CLI11 2 REQUIRED)
  find_package(tomlplusplus 3 REQUIRED)
endif()
if(LOADLINE_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(LOADLINE_ALLOCATOR STREQUAL "mimalloc")
  find_package(mimalloc 2.0 REQUIRED)
elseif(NOT LOADLINE_ALLOCATOR STREQUAL "system")
  message(FATAL_ERROR "LOADLINE_ALLOCATOR is \"${LOADLINE_ALLOCATOR}\"; want system or mimalloc")
endif()
