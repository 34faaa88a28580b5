# Flags of our own code. Libraries come in as SYSTEM includes, so their warnings are not ours.
add_library(syncline_flags INTERFACE)
target_compile_options(syncline_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror -fstack-protector-strong -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees a text overlap with itself in `string = "literal"` when it optimises (its bug 105651).
  target_compile_options(syncline_flags INTERFACE -Wno-restrict)
endif()
target_compile_definitions(syncline_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>
  SPDLOG_FMT_EXTERNAL SYNCLINE_VERSION="${PROJECT_VERSION}")
target_include_directories(syncline_flags INTERFACE ${CMAKE_SOURCE_DIR})
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_link_options(-Wl,-z,relro,-z,now)

if(SYNCLINE_SANITIZE STREQUAL "address")
  # GCC 12 sees uninitialised values in instrumented library code where there are none.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=address,undefined)
elseif(SYNCLINE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(SYNCLINE_SANITIZE)
  message(FATAL_ERROR "SYNCLINE_SANITIZE must be address, thread or empty, not '${SYNCLINE_SANITIZE}'")
endif()

# syncline_library(NAME SRCS a.cc … DEPS lib …): a static library, shared by the binary and its tests.
function(syncline_library name)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  add_library(${name} STATIC ${A_SRCS})
  target_link_libraries(${name} PUBLIC ${A_DEPS} PRIVATE syncline_flags)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
endfunction()

# syncline_allocator(TARGET): a program whose threads allocate and free all the time takes tcmalloc, which costs it less time
# than the C library's. A sanitizer has its own.
function(syncline_allocator target)
  if(NOT SYNCLINE_SANITIZE)
    target_link_libraries(${target} PRIVATE ${TCMALLOC})
  endif()
endfunction()

# syncline_test(NAME SRCS a_test.cc … DEPS lib … LABEL unit|storage|e2e|repo [TIMEOUT seconds] [SERIAL]):
# one GoogleTest binary and one ctest entry, named like the binary. storage tests start a cluster of their own.
# Where BUILD_TESTING is off, `all` leaves it out.
function(syncline_test name)
  cmake_parse_arguments(A "SERIAL" "LABEL;TIMEOUT" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${A_SRCS})
  if(NOT BUILD_TESTING)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
  endif()
  target_link_libraries(${name} PRIVATE ${A_DEPS} syncline_flags GTest::gmock GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABEL}" TIMEOUT ${A_TIMEOUT})
  if(SYNCLINE_SANITIZE STREQUAL "address")
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0")
  elseif(SYNCLINE_SANITIZE STREQUAL "thread")
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/races.supp:print_suppressions=0")
  endif()
  if(A_SERIAL)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()

# syncline_failpoints(TARGET): lets TARGET use FAILPOINT (common/base/failpoint.h).
function(syncline_failpoints target)
  target_compile_definitions(${target} PRIVATE SYNCLINE_FAILPOINTS=$<BOOL:${SYNCLINE_FAILPOINTS}>)
endfunction()

# syncline_mutant_sites(TARGET file.cc …): lets these files of TARGET use MUTANT (common/base/mutant.h). By file, so that a
# build with mutants compiles little anew.
function(syncline_mutant_sites target)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_DEFINITIONS SYNCLINE_MUTANTS=$<BOOL:${SYNCLINE_MUTANTS}>)
  if(SYNCLINE_MUTANTS)
    target_link_libraries(${target} PRIVATE syncline_mutants)
  endif()
endfunction()

# syncline_embed(TARGET DIR GLOB HEADER NAMESPACE): makes HEADER with one `extern const std::string_view` per matching
# file, named like the file in kCamelCase ("claim_runs.sql" → kClaimRuns), and adds it to TARGET. In a build with
# SYNCLINE_MUTANTS a statement's text is the chosen mutant's.
function(syncline_embed target dir glob header namespace)
  file(GLOB files CONFIGURE_DEPENDS ${dir}/${glob})
  set(out ${CMAKE_BINARY_DIR}/embedded/${header})
  string(REGEX REPLACE "\\.h$" ".cc" source ${out})
  string(REPLACE ";" "," joined "${files}")
  add_custom_command(OUTPUT ${out} ${source}
    COMMAND ${CMAKE_COMMAND} -DFILES=${joined} -DHEADER=${out} -DSOURCE=${source} -DNAMESPACE=${namespace}
            -DMUTANTS=${SYNCLINE_MUTANTS} -P ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out} ${source})
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/embedded)
  if(SYNCLINE_MUTANTS AND dir MATCHES "/queries$")
    target_link_libraries(${target} PRIVATE syncline_mutants)
  endif()
endfunction()
