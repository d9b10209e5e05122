#include "deploy/florin/cli.hpp"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>
#include <sstream>

namespace florin {
namespace {

// A small program that notes what its commands were given.
struct Fixture {
  std::string book_name;
  std::string ran;
  std::filesystem::path data;
  std::uint64_t drain_ms = 0;
  std::ostringstream out, err;

  int run(std::vector<const char*> words, std::vector<const char*> environment = {}) {
    CliProgram program;
    program.summary = "A ledger.";
    program.version = "florin 9.9.9";
    program.examples = "Examples:\n  florin serve --data /srv/florin";
    program.groups = {{"book", "Books."}};
    const auto note = [this](const char* name) {
      return [this, name](const LoadedSettings& settings) {
        ran = name;
        data = settings.values.data;
        drain_ms = settings.values.drain_ms;
        return 7;
      };
    };
    program.commands.push_back({"serve", "Serve the API.", all_settings(), {}, note("serve")});
    program.commands.push_back({"book create",
                                "Open a book.",
                                {"data"},
                                [this](CLI::App& app) { app.add_option("NAME", book_name)->required(); },
                                note("book create")});
    words.insert(words.begin(), "florin");
    environment.push_back(nullptr);
    const CliSurroundings around{environment.data(), "/nonexistent/.env", out, err};
    return run_cli(program, static_cast<int>(words.size()), words.data(), around);
  }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a command runs with its settings and its exit code comes back") {
  Fixture f;
  CHECK(f.run({"serve", "--data", "/flag", "--drain-ms=5"}, {"FLORIN_DATA=/environment", "HOME=/root"}) == 7);
  CHECK(f.ran == "serve");
  CHECK(f.data == "/flag");
  CHECK(f.drain_ms == 5);
}

TEST_CASE("settings without a flag of the command still come from the environment") {
  Fixture f;
  CHECK(f.run({"book", "create", "main"}, {"FLORIN_DRAIN_MS=6"}) == 7);
  CHECK(f.ran == "book create");
  CHECK(f.book_name == "main");
  CHECK(f.drain_ms == 6);
}

TEST_CASE("help shows commands and examples, and for a command its settings with default and variable") {
  Fixture top;
  CHECK(top.run({"--help"}) == 0);
  for (auto part :
       {"A ledger.", "serve", "Serve the API.", "book", "Examples:", "florin serve --data /srv/florin"})
    CHECK(contains(top.out.str(), part));
  Fixture serve;
  CHECK(serve.run({"serve", "--help"}) == 0);
  for (auto part : {"--listen", "127.0.0.1:8000", "FLORIN_LISTEN", "--tls-cert"})
    CHECK(contains(serve.out.str(), part));
  CHECK(!contains(serve.out.str(), "--kek"));
  CHECK(!contains(serve.out.str(), "Examples:"));
  CHECK(contains(serve.out.str(), "florin config"));
  Fixture group;
  CHECK(group.run({"book", "--help"}) == 0);
  CHECK(contains(group.out.str(), "create"));
  CHECK(top.ran.empty());
}

TEST_CASE("the version is shown") {
  Fixture f;
  CHECK(f.run({"--version"}) == 0);
  CHECK(contains(f.out.str(), "9.9.9"));
}

TEST_CASE("mistakes name what is wrong, run nothing and give exit code 2") {
  struct Mistake {
    std::vector<const char*> words;
    std::vector<const char*> environment;
    const char* named;
  };
  for (const Mistake& mistake :
       {Mistake{{"serve", "--daat", "x"}, {}, "--daat"}, Mistake{{"serv"}, {}, "serv"},
        Mistake{{"serve", "extra"}, {}, "extra"}, Mistake{{"serve", "--data"}, {}, "--data"},
        Mistake{{"serve", "--data", "a", "--data", "b"}, {}, "--data"},
        Mistake{{"serve", "--kek", "x"}, {}, "--kek"}, Mistake{{"book", "create"}, {}, "NAME"},
        Mistake{{"book", "create", "main", "--listen", "127.0.0.1:1"}, {}, "--listen"},
        Mistake{{"serve", "--drain-ms", "soon"}, {}, "drain-ms"},
        Mistake{{"serve"}, {"FLORIN_DRAIN_MS=-1"}, "FLORIN_DRAIN_MS"},
        Mistake{{"serve"}, {"FLORIN_DRIAN_MS=1"}, "FLORIN_DRIAN_MS"}}) {
    CAPTURE(mistake.named);
    Fixture f;
    CHECK(f.run(mistake.words, mistake.environment) == exit_wrong_usage);
    CHECK(f.ran.empty());
    CHECK(f.out.str().empty());
    CHECK(contains(f.err.str(), mistake.named));
  }
}

TEST_CASE("without a command the help says what there is") {
  Fixture f;
  CHECK(f.run({}) == exit_wrong_usage);
  CHECK(contains(f.err.str(), "Serve the API."));
  Fixture group;
  CHECK(group.run({"book"}) == exit_wrong_usage);
  CHECK(contains(group.err.str(), "create"));
  CHECK(contains(group.err.str(), "florin book"));
}

}  // namespace florin
