#include "engine/telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace florin {
namespace {

// /proc/self/stat: the fields behind the command's name, which may itself hold spaces and brackets (proc(5)).
void sample_stat(ProcessSample& sample) {
  std::ifstream file("/proc/self/stat");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  double user = 0, system = 0, start = 0, virtual_bytes = 0, resident_pages = 0;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  fields >> user >> system;
  for (int i = 16; i < 22; ++i) fields >> skipped;
  if (!(fields >> start >> virtual_bytes >> resident_pages)) return;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  sample.cpu_seconds = (user + system) / ticks;
  sample.virtual_bytes = virtual_bytes;
  sample.resident_bytes = resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  sample.start_time_seconds = start / ticks;  // since boot, until the caller adds the boot time
}

double boot_time_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("btime ", 0) == 0) return std::strtod(line.c_str() + 6, nullptr);
  return -1;
}

double count_open_fds() {
  std::error_code error;
  double count = 0;
  std::filesystem::directory_iterator it("/proc/self/fd", error);
  for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) ++count;
  return error ? -1 : count - 1;  // without the one that reads the folder
}

}  // namespace

ProcessSample sample_process() {
  ProcessSample sample;
  sample_stat(sample);
  if (sample.start_time_seconds >= 0) {
    const double boot = boot_time_seconds();
    sample.start_time_seconds = boot < 0 ? -1 : boot + sample.start_time_seconds;
  }
  sample.open_fds = count_open_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) sample.max_fds = static_cast<double>(limit.rlim_cur);
  return sample;
}

}  // namespace florin
