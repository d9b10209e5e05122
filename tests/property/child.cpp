#include "tests/property/child.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace florin::property {
namespace {

void write_all(int pipe, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = ::write(pipe, text.data() + done, text.size() - done);
    if (written <= 0) std::exit(3);  // NOLINT(concurrency-mt-unsafe): the child has one thread
    done += static_cast<std::size_t>(written);
  }
}

std::string read_all(int pipe) {
  std::string text;
  char part[4096];
  for (ssize_t got = 0; (got = ::read(pipe, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  return text;
}

// It ends by exit(), not by _exit(): sanitizers and coverage write their reports there.
[[noreturn]] void live(const std::function<std::string()>& piece, int pipe, unsigned seconds_max,
                       Output output) {
  // doctest would report a crash as one of the test that runs here.
  for (const int signal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV}) std::signal(signal, SIG_DFL);
  ::alarm(seconds_max);
  if (output == Output::hidden) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
  }
  int code = 2;
  try {
    write_all(pipe, piece());
    code = 0;
  } catch (...) {
    // A check of the test's own failed and has said so.
  }
  std::exit(code);  // NOLINT(concurrency-mt-unsafe): the child has one thread
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status))
    return std::string("the process was ended by: ") +
           ::strsignal(WTERMSIG(status));  // NOLINT(concurrency-mt-unsafe)
  return "the process ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Ended in_child(const std::function<std::string()>& piece, unsigned seconds_max, Output output) {
  int ends[2] = {};
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  std::fflush(nullptr);  // else the child writes it again
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) live(piece, ends[1], seconds_max, output);
  ::close(ends[1]);
  std::string text = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (status == 0) return {true, std::move(text)};
  return {false, how_it_ended(status)};
}

}  // namespace florin::property
