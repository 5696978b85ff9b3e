# What `cmake --install` puts down: the three static libraries with their headers, the package
# files that find_package(loadline) reads, the programs, and the policies that they check against.
include(CMakePackageConfigHelpers)
set(LOADLINE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/loadline)

install(TARGETS loadline loadline_bench_main stowage
  EXPORT loadlineTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILE_SET headers_of_sources DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT loadlineTargets NAMESPACE loadline:: DESTINATION ${LOADLINE_CMAKE_DIR})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/loadlineConfig.cmake.in
  ${PROJECT_BINARY_DIR}/loadlineConfig.cmake
  INSTALL_DESTINATION ${LOADLINE_CMAKE_DIR}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/loadlineConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/loadlineConfig.cmake
  ${PROJECT_BINARY_DIR}/loadlineConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/StaticAbseil.cmake
  ${PROJECT_SOURCE_DIR}/cmake/LoadlineProgramBuild.cmake
  DESTINATION ${LOADLINE_CMAKE_DIR})
install(FILES ${PROJECT_SOURCE_DIR}/lib/loadline/harness/register_program_build.cc
  DESTINATION ${LOADLINE_SOURCES_DIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(TARGET loadline_cli)
  install(TARGETS loadline_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/benchmarks/policies
    DESTINATION ${CMAKE_INSTALL_DATADIR}/loadline FILES_MATCHING PATTERN "*.toml")
endif()
