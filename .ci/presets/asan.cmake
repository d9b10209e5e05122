# Address and undefined-behaviour sanitizers: cmake -G Ninja -C .ci/presets/asan.cmake -S . -B build/asan
# -O1 keeps the run time of the tests bearable; the first report ends the program, so that no test passes over it.
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_CXX_FLAGS_DEBUG "-g1" CACHE STRING "")  # lines of a report, and no more
set(CMAKE_CXX_FLAGS "-O1 -fno-sanitize-recover=all" CACHE STRING "")
set(FLORIN_SANITIZE "address,undefined" CACHE STRING "")
set(FLORIN_BENCH OFF CACHE BOOL "")
