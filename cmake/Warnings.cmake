# SPDX-License-Identifier: GPL-3.0-or-later
# One INTERFACE target that every target of the project links: warnings, Qt strictness, sanitizers, coverage.
add_library(ra_options INTERFACE)
target_compile_features(ra_options INTERFACE cxx_std_20)
target_include_directories(ra_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(ra_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wformat=2 -Werror)
target_compile_definitions(ra_options INTERFACE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_FOREACH QT_NO_URL_CAST_FROM_STRING QT_DISABLE_DEPRECATED_BEFORE=0x060400
    SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)

set(RA_SANITIZE "" CACHE STRING "Sanitizers to build with: 'address,undefined', 'thread', or empty")
if(RA_SANITIZE)
    target_compile_options(ra_options INTERFACE -fsanitize=${RA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(ra_options INTERFACE -fsanitize=${RA_SANITIZE})
    if(RA_SANITIZE MATCHES "address" AND RA_SANITIZE MATCHES "undefined")
        # AddressSanitizer finds what these would, and they double the time that the build takes.
        target_compile_options(ra_options INTERFACE -fno-sanitize=null,object-size,vptr)
    endif()
endif()

option(RA_COVERAGE "Instrument for line coverage" OFF)
if(RA_COVERAGE)
    # Counts of several threads may be lost: only whether a line ran at all is asked. Exact ones take five times as long.
    # Instrumented code makes the compiler see uninitialised reads that are none; the release build is the one that is asked.
    target_compile_options(ra_options INTERFACE --coverage -Wno-maybe-uninitialized)
    target_link_options(ra_options INTERFACE --coverage)
endif()

find_program(RA_CCACHE ccache)
if(RA_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${RA_CCACHE})
endif()
find_program(RA_MOLD mold)
if(RA_MOLD AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_link_options(ra_options INTERFACE -fuse-ld=mold)
endif()
