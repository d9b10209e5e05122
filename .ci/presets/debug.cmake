# For work with a debugger: cmake -G Ninja -C .ci/presets/debug.cmake -S . -B build/debug
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(FLORIN_BENCH OFF CACHE BOOL "")
