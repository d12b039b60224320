# One rule for the whole tree: every .cpp beside a CMakeLists.txt is built. x_test.cpp files become
# one test program of the folder, x_fuzz.cpp files one libFuzzer program each, the rest its library.

# What most files include, compiled once, which saves about a fifth of the compile time. Libraries
# share one, tests another, with GoogleTest. No file may rely on it: the sanitizers' builds do
# without.
function(mbe_precompiled name)
  cmake_parse_arguments(ARG "" "" "LINK;HEADERS" ${ARGN})
  target_link_libraries(${name} PRIVATE
    mbe_options fmt::fmt nlohmann_json::nlohmann_json ${ARG_LINK})
  target_precompile_headers(${name} PRIVATE <algorithm> <array> <atomic> <chrono> <filesystem>
    <functional> <map> <memory> <mutex> <optional> <ranges> <set> <span> <sstream> <string> <thread>
    <unordered_map> <variant> <vector> <fmt/core.h> ${PROJECT_SOURCE_DIR}/src/base/json.h
    ${ARG_HEADERS})
endfunction()

if(MBE_PRECOMPILED)
  file(WRITE ${PROJECT_BINARY_DIR}/precompiled.cpp "int main() {}\n")
  add_library(mbe_precompiled STATIC ${PROJECT_BINARY_DIR}/precompiled.cpp)
  mbe_precompiled(mbe_precompiled)
  if(MBE_TESTS)
    add_executable(mbe_precompiled_test ${PROJECT_BINARY_DIR}/precompiled.cpp)
    mbe_precompiled(mbe_precompiled_test LINK GTest::gtest HEADERS <gtest/gtest.h>)
  endif()
endif()

function(mbe_library name)
  cmake_parse_arguments(ARG "" "" "LINK;PRIVATE_LINK;TEST_LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC mbe_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
    if(MBE_PRECOMPILED)
      target_precompile_headers(${name} REUSE_FROM mbe_precompiled)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE mbe_options ${ARG_LINK})
  endif()
  if(MBE_TESTS AND tests)
    mbe_test(${name}_test SOURCES ${tests} LINK ${name} ${ARG_TEST_LINK})
  endif()
  if(MBE_FUZZ)
    foreach(source ${fuzzers})
      get_filename_component(fuzzer ${source} NAME_WE)
      add_executable(${fuzzer} ${source})
      target_link_libraries(${fuzzer} PRIVATE ${name})
      target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()

# No fused multiply-add in a library. It does without the precompiled header, which would bring its
# own setting along (GCC 12 says nothing of it).
function(mbe_round_each_operation name)
  target_compile_options(${name} PRIVATE -ffp-contract=off)
  set_target_properties(${name} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
endfunction()

# A test's time limit in this build: instrumented code is several times slower, and the machine may
# have other work.
function(mbe_timeout out seconds)
  if(MBE_SANITIZE OR MBE_COVERAGE)
    math(EXPR seconds "${seconds} * 10")
  endif()
  set(${out} ${seconds} PARENT_SCOPE)
endfunction()

# One GoogleTest program; every TEST in it is registered with CTest under its own name.
function(mbe_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mbe_options ${ARG_LINK} GTest::gtest_main)
  if(MBE_PRECOMPILED)
    target_precompile_headers(${name} REUSE_FROM mbe_precompiled_test)
    # GCC 12 is wrong about std::string's innards (GCC bug 105329), and no longer knows them to be
    # the system's.
    target_compile_options(${name} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict>)
  endif()
  target_compile_definitions(${name} PRIVATE
    MBE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MBE_BUILD_DIR="${PROJECT_BINARY_DIR}")
  mbe_timeout(timeout ${ARG_TIMEOUT})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 300
    PROPERTIES TIMEOUT ${timeout})
endfunction()
