// What Prometheus's client libraries say about every process (process_*), read from /proc.
#pragma once

namespace florin {

// A field that cannot be read is -1 and is then not shown.
struct ProcessSample {
  double cpu_seconds = -1;
  double resident_bytes = -1;
  double virtual_bytes = -1;
  double start_time_seconds = -1;  // since the Unix epoch
  double open_fds = -1;
  double max_fds = -1;
};

ProcessSample sample_process();

}  // namespace florin
