#include "gateway/import/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace florin::importing {
namespace {

using Clock = std::chrono::steady_clock;

tl::unexpected<Error> system_failure(const std::string& what, int number) {
  return fail(Errc::io, what + ": " + std::strerror(number));
}

struct Pipe {
  int read = -1, write = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  bool open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

// The tools read settings from the environment that would change what they print: they get none of it.
std::vector<std::string> clean_environment() {
  std::vector<std::string> variables{"LC_ALL=C.UTF-8", "LANG=C.UTF-8", "HOME=/nonexistent",
                                     "PYTHONDONTWRITEBYTECODE=1", "BEANCOUNT_DISABLE_LOAD_CACHE=1"};
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  variables.push_back(std::string("PATH=") + (path != nullptr ? path : "/usr/bin:/bin"));
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // One that is left behind is ended with all that it started: it leads a process group of its own.
  ~Child() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  Result<void> start(std::vector<std::string> command) {
    if (!output_.open() || !complaint_.open()) return system_failure("no pipe", errno);
    std::vector<std::string> environment = clean_environment();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output_.write, 1);
    posix_spawn_file_actions_adddup2(&actions, complaint_.write, 2);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int error = posix_spawnp(&pid_, command[0].c_str(), &actions, &attributes, pointers(command).data(),
                                   pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    Pipe::close_end(output_.write);
    Pipe::close_end(complaint_.write);
    if (error == 0) return {};
    pid_ = -1;
    if (error == ENOENT) return fail(Errc::not_found, command[0] + " is not installed");
    return system_failure(command[0] + " could not be started", error);
  }

  // Reads both pipes until the child has closed them.
  Result<std::string> read(const std::string& name, const std::function<void(std::string_view)>& on_output) {
    const auto deadline = Clock::now() + std::chrono::seconds(child_seconds_max);
    std::string complaint;
    std::size_t output_bytes = 0;
    while (output_.read >= 0 || complaint_.read >= 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0)
        return fail(Errc::deadline, name + " did not end within " + std::to_string(child_seconds_max) + " s");
      std::array<pollfd, 2> ends{{{output_.read, POLLIN, 0}, {complaint_.read, POLLIN, 0}}};
      if (poll(ends.data(), ends.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
        return system_failure("poll", errno);
      if (ends[0].revents != 0) {
        const std::string_view piece = take(output_.read);
        output_bytes += piece.size();
        if (output_bytes > child_output_bytes_max)
          return fail(Errc::overloaded, name + " prints more than Florin takes from a tool; split the file");
        on_output(piece);
      }
      if (ends[1].revents != 0) {
        const std::string_view piece = take(complaint_.read);
        complaint += piece.substr(0, child_complaint_bytes_max - complaint.size());
      }
    }
    return complaint;
  }

  Result<int> wait(const std::string& name) {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0)
      if (errno != EINTR) return system_failure("waitpid", errno);
    pid_ = -1;
    if (!WIFEXITED(status)) return fail(Errc::io, name + " was ended by a signal");
    return WEXITSTATUS(status);
  }

 private:
  std::string_view take(int& end) {
    const ssize_t size = ::read(end, buffer_.data(), buffer_.size());
    if (size > 0) return {buffer_.data(), static_cast<std::size_t>(size)};
    if (size == 0 || errno != EINTR) Pipe::close_end(end);
    return {};
  }

  pid_t pid_ = -1;
  Pipe output_, complaint_;
  std::array<char, 65536> buffer_{};
};

}  // namespace

Result<ChildEnd> run_child(const std::vector<std::string>& command,
                           const std::function<void(std::string_view)>& on_output) {
  Child child;
  FLORIN_TRY(child.start(command));
  ChildEnd end;
  FLORIN_TRY_ASSIGN(end.complaint, child.read(command[0], on_output));
  FLORIN_TRY_ASSIGN(end.exit_code, child.wait(command[0]));
  return end;
}

}  // namespace florin::importing
