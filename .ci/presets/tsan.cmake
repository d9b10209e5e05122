# Thread sanitizer: cmake -G Ninja -C .ci/presets/tsan.cmake -S . -B build/tsan
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_CXX_FLAGS_DEBUG "-g1" CACHE STRING "")  # lines of a report, and no more
set(CMAKE_CXX_FLAGS "-O1" CACHE STRING "")
set(FLORIN_SANITIZE "thread" CACHE STRING "")
set(FLORIN_BENCH OFF CACHE BOOL "")
