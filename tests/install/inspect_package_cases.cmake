# Planted packages: which of them inspect_package.cmake finds fault with. WORK is a folder of ours.
# expect(<refused|accepted> <checkout> <line of a package file>)
function(expect verdict checkout line)
  file(WRITE "${WORK}/lib/cmake/loadline/loadlineTargets.cmake" "# ${checkout}\n${line}\n")
  execute_process(
    COMMAND ${CMAKE_COMMAND} "-DSTAGE=${WORK}" "-DSOURCE=${checkout}" "-DBUILD=${checkout}/build/x"
      -P ${CMAKE_CURRENT_LIST_DIR}/inspect_package.cmake
    RESULT_VARIABLE code ERROR_VARIABLE said)
  set(found accepted)
  if(NOT code EQUAL 0)
    set(found refused)
  endif()
  if(NOT found STREQUAL verdict)
    message(SEND_ERROR "a checkout in ${checkout}: want ${verdict}, was ${found}: ${line}\n${said}")
  endif()
endfunction()

set(header "\${_IMPORT_PREFIX}/include/stowage")
expect(accepted /project "  FILES \"${header}/registry/project_id.h\"")
expect(accepted /p "  FILES \"${header}/p/x.h\" \"/pack/age\"")
expect(accepted /include "  FILES \"${header}/x.h\"")
expect(accepted /a "  INTERFACE_LINK_LIBRARIES \"a;/b/a/liba.a;/ab/a.a\"")
expect(accepted "/a b/c" "  FILES \"/a b/cd/x.h\"")
expect(accepted "/a+b (c)" "  FILES \"/aab c/x.h\" \"/a+b (c)d/x.h\"")

expect(refused /p "  INTERFACE_INCLUDE_DIRECTORIES \"/p/lib\"")
expect(refused /p "  INTERFACE_INCLUDE_DIRECTORIES \"/x;/p\"")
expect(refused /p "  INTERFACE_LINK_OPTIONS \"-g -L/p/build\"")
expect(refused /p "  FILES \"${header}/p/p/x.h\" \"/p/p/x.h\"")
expect(refused "/a b/c" "  INTERFACE_LINK_LIBRARIES \"/a b/c/build/x/lib/liba.a\"")
expect(refused "/a+b (c)" "  INTERFACE_LINK_LIBRARIES \"\\\$<LINK_ONLY:/a+b (c)/liba.a>\"")
expect(refused "/a+b (c)" "set(home \"/a+b (c)\")")
expect(refused /anywhere "  INTERFACE_LINK_LIBRARIES \"mimalloc\"")
file(REMOVE_RECURSE "${WORK}")
