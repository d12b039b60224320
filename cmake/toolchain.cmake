# Warnings are errors; the linker is mold where present; ccache where present.
find_program(MBE_CCACHE ccache)
if(MBE_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${MBE_CCACHE})
  # Without this it leaves alone what uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros ${MBE_CCACHE})
endif()
find_program(MBE_MOLD mold)
if(MBE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(mbe_options INTERFACE)
target_compile_options(mbe_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  -Wno-missing-field-initializers  # designated initialisers name what differs from the defaults
  -pthread)  # for all: a precompiled header serves only who defines the same macros
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 uses what it deprecates itself, in std::stable_sort.
  target_compile_options(mbe_options INTERFACE -Wno-error=deprecated-declarations)
endif()
target_include_directories(mbe_options INTERFACE
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
if(MBE_SANITIZE)
  target_compile_options(mbe_options INTERFACE
    -fsanitize=${MBE_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(mbe_options INTERFACE -fsanitize=${MBE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented, GCC 12 takes the innards of <regex> for uninitialized (GCC bug 105562).
    target_compile_options(mbe_options INTERFACE -Wno-error=maybe-uninitialized)
  endif()
endif()
if(MBE_COVERAGE)
  target_compile_options(mbe_options INTERFACE --coverage -O0 -fno-inline)
  target_link_options(mbe_options INTERFACE --coverage)
endif()
