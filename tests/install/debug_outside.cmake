# What a stranger's program says of its own build: made of the installed package as Debug, with
# AddressSanitizer where our own build has no sanitizer, in a checkout of its own, with make where
# there is one. The package was built in none of these ways.
set(source ${OUTSIDE}/source)
file(REMOVE_RECURSE ${OUTSIDE})
file(COPY ${PROJECT}/ DESTINATION ${source})

set(commit unknown)
find_package(Git QUIET)
if(GIT_FOUND)
  set(git ${CMAKE_COMMAND} -E env
    --unset=GIT_DIR --unset=GIT_WORK_TREE --unset=GIT_INDEX_FILE ${GIT_EXECUTABLE}
    -C ${source} -c user.name=nobody -c user.email=nobody@example.org -c commit.gpgsign=false)
  foreach(step IN ITEMS "init;-q" "add;." "commit;-q;--no-verify;-m;a stranger's")
    execute_process(COMMAND ${git} ${step} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  execute_process(COMMAND ${git} rev-parse HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()

find_program(MAKE_PROGRAM make)
if(MAKE_PROGRAM)
  set(GENERATOR "Unix Makefiles")
endif()
set(sanitizer address)
if(CXX_FLAGS MATCHES "-fsanitize=[a-z,]*(address|thread)")
  set(sanitizer ${CMAKE_MATCH_1})
else()
  string(APPEND CXX_FLAGS " -fsanitize=address")
endif()
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${source} -B ${OUTSIDE}/build -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_LAUNCHER}"
    "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}" -DCMAKE_BUILD_TYPE=Debug
    "-DCMAKE_PREFIX_PATH=${STAGE};${PREFIX_PATH}"
    -Dloadline_WANTED=${VERSION}
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${OUTSIDE}/build --target uses_bench_main
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(
  COMMAND ${OUTSIDE}/build/uses_bench_main --benchmark_out=${OUTSIDE}/debug.json
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET ERROR_QUIET)

file(READ ${OUTSIDE}/debug.json result)
function(expect key wanted)
  string(JSON said ERROR_VARIABLE fault GET "${result}" context loadline.${key})
  if(NOT said STREQUAL wanted)
    message(SEND_ERROR "loadline.${key} is \"${said}\", want \"${wanted}\" ${fault}")
  endif()
endfunction()
expect(build_type Debug)
expect(optimized "${OPTIMIZED}")
expect(assertions true)
expect(sanitizer ${sanitizer})
expect(commit ${commit})
string(STRIP "${CXX_FLAGS} -g" flags)
expect(flags "${flags}")

# Its times say nothing beside those of the program that was built as our own.
if(LOADLINE)
  execute_process(
    COMMAND ${BESIDE}/uses_bench_main --benchmark_out=${OUTSIDE}/beside.json
    COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET ERROR_QUIET)
  execute_process(
    COMMAND ${LOADLINE} compare --base ${OUTSIDE}/beside.json --new ${OUTSIDE}/debug.json
    RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 4)
    message(SEND_ERROR "compare exits with ${code}, want 4:\n${said}")
  endif()
endif()
