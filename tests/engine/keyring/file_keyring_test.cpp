#include "engine/keyring/file_keyring.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  test::TemporaryFolder folder;
  fs::path path = folder.path() / "data" / "keyring";
  fs::path json = path / "keyring.json";
  fs::path kek = path / "kek";

  std::unique_ptr<FileKeyring> init(std::optional<SecretKey> with = std::nullopt) {
    auto keyring = FileKeyring::init(path, std::move(with));
    REQUIRE_MESSAGE(keyring, keyring.error().message);
    return std::move(*keyring);
  }
  Error refused(std::optional<SecretKey> with = std::nullopt) {
    auto keyring = FileKeyring::open(path, std::move(with));
    REQUIRE(!keyring);
    return keyring.error();
  }
};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Changes the text and leaves the mode.
void replace(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = read(file);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  std::ofstream(file, std::ios::binary) << text.replace(at, from.size(), to);
}

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

bool equal(const SecretKey& a, const SecretKey& b) { return equal_in_constant_time(a.view(), b.view()); }

TEST_CASE("given a destroyed key, then the file holds it no more, and whoever opens it has the others") {
  Fixture f;
  const SecretKey kek = SecretKey::random(), next = SecretKey::random();
  REQUIRE(f.init(kek.clone())->create(KeyPurpose::storage));
  const auto keyring = FileKeyring::open(f.path, next.clone(), kek.clone()).value();
  const std::size_t behind = keyring->kek_status().behind;
  REQUIRE(keyring->destroy(KeyPurpose::storage, {1}));
  CHECK(keyring->kek_status().behind == behind - 1);
  CHECK(keyring->destroy(KeyPurpose::storage, {1}).error().code == Errc::key_missing);
  const auto opened = FileKeyring::open(f.path, next.clone(), kek.clone()).value();
  CHECK(opened->list().size() == std::size(key_purposes));
  CHECK(opened->key(KeyPurpose::storage, {1}).error().code == Errc::key_missing);
  CHECK(opened->key(KeyPurpose::storage, {2}));
  CHECK(mode_of(f.json) == 0600);
}

TEST_CASE("keys are the same when the keyring is opened again") {
  Fixture fixture;
  auto made = fixture.init();
  REQUIRE(made->create(KeyPurpose::data));
  auto opened = FileKeyring::open(fixture.path);
  REQUIRE(opened);
  CHECK((*opened)->list().size() == 6);
  for (const KeyInfo& info : made->list())
    CHECK(equal(made->key(info.purpose, info.id).value(), (*opened)->key(info.purpose, info.id).value()));
  CHECK((*opened)->list()[0].created.value > 1'600'000'000'000'000'000);
  CHECK((*opened)->list()[0].created == made->list()[0].created);
}

TEST_CASE("folder and files are for their owner alone, and hold no key in the clear") {
  Fixture fixture;
  auto keyring = fixture.init();
  CHECK(mode_of(fixture.path) == 0700);
  CHECK(mode_of(fixture.json) == 0600);
  CHECK(mode_of(fixture.kek) == 0600);
  const std::string text = read(fixture.json);
  for (const KeyInfo& info : keyring->list()) {
    const SecretKey key = keyring->key(info.purpose, info.id).value();
    CHECK(text.find(to_base64(key.view())) == std::string::npos);
    CHECK(text.find(to_hex(key.view())) == std::string::npos);
  }
}

TEST_CASE("a key-encryption key that the caller brings is not kept") {
  Fixture fixture;
  const SecretKey kek = SecretKey::random();
  const SecretKey made = fixture.init(kek.clone())->key(KeyPurpose::data, {1}).value();
  CHECK_FALSE(fs::exists(fixture.kek));
  CHECK(fixture.refused().code == Errc::key_missing);
  auto opened = FileKeyring::open(fixture.path, kek.clone());
  REQUIRE(opened);
  CHECK(equal(made, (*opened)->key(KeyPurpose::data, {1}).value()));
}

TEST_CASE("a wrong key-encryption key is refused and the key that it does not open is named") {
  Fixture fixture;
  fixture.init();
  const Error error = fixture.refused(SecretKey::random());
  CHECK(error.code == Errc::key_refused);
  CHECK(error.message.find("data key 1") != std::string::npos);
  CHECK(FileKeyring::open(fixture.path));
}

TEST_CASE("an existing keyring is left as it is") {
  Fixture fixture;
  fixture.init();
  const std::string before = read(fixture.json);
  CHECK(FileKeyring::init(fixture.path).error().code == Errc::already_exists);
  CHECK(FileKeyring::init(fixture.path, SecretKey::random()).error().code == Errc::already_exists);
  CHECK(read(fixture.json) == before);
  fs::remove(fixture.json);
  CHECK(FileKeyring::init(fixture.path).error().code == Errc::already_exists);
}

TEST_CASE("an empty private folder becomes a keyring, an open one does not") {
  Fixture fixture;
  fs::create_directories(fixture.path);
  fs::permissions(fixture.path, fs::perms(0755));
  const auto refused = FileKeyring::init(fixture.path);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::permission);
  CHECK(fs::is_empty(fixture.path));
  fs::permissions(fixture.path, fs::perms(0700));
  fixture.init();
}

TEST_CASE("what others can read is refused, and the text says how to mend it") {
  Fixture fixture;
  fixture.init();
  const std::pair<fs::path, unsigned> parts[] = {
      {fixture.path, 0700}, {fixture.json, 0600}, {fixture.kek, 0600}};
  for (const auto& [part, mode] : parts) {
    for (const unsigned extra : {0040u, 0020u, 0010u, 0004u, 0002u, 0001u}) {
      fs::permissions(part, fs::perms(mode | extra));
      const Error error = fixture.refused();
      CHECK(error.code == Errc::permission);
      CHECK(error.message.find(mode == 0700 ? "chmod 700 " + part.string() : "chmod 600 " + part.string()) !=
            std::string::npos);
    }
    fs::permissions(part, fs::perms(mode));
  }
  CHECK(FileKeyring::open(fixture.path));
}

TEST_CASE("no folder, no file: not found") {
  Fixture fixture;
  CHECK(fixture.refused().code == Errc::not_found);
  fixture.init();
  fs::remove(fixture.json);
  CHECK(fixture.refused().code == Errc::not_found);
}

TEST_CASE("a changed file is refused") {
  Fixture fixture;
  fixture.init();
  SUBCASE("no JSON") {
    replace(fixture.json, "{", "");
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("a format of the future") {
    replace(fixture.json, "\"format\": 0", "\"format\": 1");
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("an unknown purpose") {
    replace(fixture.json, "\"data\"", "\"dada\"");
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("a missing field") {
    replace(fixture.json, "\"created\"", "\"made\"");
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("a negative id") {
    replace(fixture.json, "\"id\": 1", "\"id\": -1");
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("an id beyond 32 bits") {
    replace(fixture.json, "\"id\": 1", "\"id\": 4294967297");
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("a key under another id") {
    replace(fixture.json, "\"id\": 1", "\"id\": 2");
    const Error error = fixture.refused();
    CHECK(error.code == Errc::key_refused);
    CHECK(error.message.find("data key 2") != std::string::npos);
  }
  SUBCASE("a key under another purpose") {
    replace(fixture.json, "\"token_signing\"", "\"data\"");
    CHECK(fixture.refused().code == Errc::key_refused);
  }
  SUBCASE("a changed key") {
    const std::string start = "\"wrapped\": \"";
    const std::size_t at = read(fixture.json).find(start) + start.size();
    const char first = read(fixture.json)[at];
    replace(fixture.json, start + first, start + (first == 'A' ? 'B' : 'A'));
    CHECK(fixture.refused().code == Errc::key_refused);
  }
  SUBCASE("too large to be one") {
    std::ofstream(fixture.json) << std::string(2 << 20, ' ');
    CHECK(fixture.refused().code == Errc::format);
  }
  SUBCASE("a broken kek") {
    std::ofstream(fixture.kek) << "not a key\n";
    const Error error = fixture.refused();
    CHECK(error.code == Errc::invalid_argument);
    CHECK(error.message.find("not a key") == std::string::npos);
  }
}

TEST_CASE("the same key twice is refused") {
  Fixture fixture;
  fixture.init();
  const std::string text = read(fixture.json);
  const std::size_t begin = text.find("    {"), end = text.find("    {", begin + 1);
  const std::string entry = text.substr(begin, end - begin);
  replace(fixture.json, entry, entry + entry);
  const Error error = fixture.refused();
  CHECK(error.code == Errc::format);
  CHECK(error.message.find("data key 1 twice") != std::string::npos);
}

TEST_CASE("a kek in a file of its own is read, when it is private") {
  Fixture fixture;
  const SecretKey kek = SecretKey::random();
  const fs::path file = fixture.folder.path() / "my-kek";
  std::ofstream(file) << to_base64(kek.view()) << "\n";
  fs::permissions(file, fs::perms(0644));
  CHECK(FileKeyring::read_kek(file).error().code == Errc::permission);
  fs::permissions(file, fs::perms(0600));
  REQUIRE(FileKeyring::read_kek(file));
  CHECK(equal(FileKeyring::read_kek(file).value(), kek));
  CHECK(FileKeyring::read_kek(fixture.folder.path() / "none").error().code == Errc::not_found);
}

TEST_CASE("two keyrings over one folder never give an id twice") {
  Fixture fixture;
  auto first = fixture.init();
  auto second = FileKeyring::open(fixture.path).value();
  CHECK(first->create(KeyPurpose::data).value() == KeyId{2});
  CHECK(second->create(KeyPurpose::data).value() == KeyId{3});
  CHECK(first->create(KeyPurpose::data).value() == KeyId{4});
  CHECK(equal(first->key(KeyPurpose::data, {3}).value(), second->key(KeyPurpose::data, {3}).value()));
}

TEST_CASE("while another process changes the folder, create says so") {
  Fixture fixture;
  auto keyring = fixture.init();
  const int other = ::open(fixture.path.c_str(), O_RDONLY | O_DIRECTORY);
  REQUIRE(other >= 0);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  CHECK(keyring->create(KeyPurpose::data).error().code == Errc::overloaded);
  ::close(other);
  CHECK(keyring->create(KeyPurpose::data).value() == KeyId{2});
}

TEST_CASE("what an interrupted write left behind does no harm") {
  Fixture fixture;
  auto keyring = fixture.init();
  std::ofstream(fixture.json.string() + ".new") << "half a keyr";
  CHECK(FileKeyring::open(fixture.path));
  CHECK(keyring->create(KeyPurpose::data).value() == KeyId{2});
  CHECK_FALSE(fs::exists(fixture.json.string() + ".new"));
  CHECK(FileKeyring::open(fixture.path).value()->newest(KeyPurpose::data).value() == KeyId{2});
}

TEST_CASE("a key that could not be stored is not given") {
  Fixture fixture;
  auto keyring = fixture.init();
  fs::create_directories(fixture.json.string() + ".new/in-the-way");
  CHECK_FALSE(keyring->create(KeyPurpose::data));
  CHECK(keyring->newest(KeyPurpose::data).value() == KeyId{1});
}

}  // namespace
}  // namespace florin
