#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "engine/base/hash.hpp"
#include "engine/keyring/file_keyring.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  test::TemporaryFolder folder;
  fs::path path = folder.path() / "keyring";
  fs::path kek = path / "kek", before = path / "kek.before", json = path / "keyring.json";

  std::unique_ptr<FileKeyring> open(std::optional<SecretKey> newest = std::nullopt,
                                    std::optional<SecretKey> older = std::nullopt) {
    auto keyring = FileKeyring::open(path, std::move(newest), std::move(older));
    REQUIRE_MESSAGE(keyring, keyring.error().message);
    return std::move(*keyring);
  }
};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void check_same(const Keyring& a, const Keyring& b) {
  REQUIRE(a.list().size() == b.list().size());
  for (const KeyInfo& info : a.list()) {
    const SecretKey left = a.key(info.purpose, info.id).value(), right = b.key(info.purpose, info.id).value();
    CHECK(equal_in_constant_time(left.view(), right.view()));
  }
}

void check_status(const FileKeyring& keyring, std::uint32_t version, std::size_t behind) {
  CHECK(keyring.kek_status().version == version);
  CHECK(keyring.kek_status().behind == behind);
}

}  // namespace

TEST_CASE(
    "given a folder with its own kek, when it is rotated, then the keys are the same under another one") {
  Fixture f;
  const auto keyring = FileKeyring::init(f.path).value();
  check_status(*keyring, 1, 0);
  const std::string old_kek = read(f.kek), old_json = read(f.json);
  const auto rotated = keyring->rotate_kek();
  REQUIRE(rotated);
  CHECK(rotated->version == 2);
  check_status(*keyring, 2, 0);
  CHECK(read(f.kek) != old_kek);
  CHECK_FALSE(fs::exists(f.before));
  CHECK(fs::status(f.kek).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  check_same(*f.open(), *keyring);
  check_status(*f.open(), 2, 0);
  CHECK(FileKeyring::open(f.path, parse_kek(old_kek).value()).error().code == Errc::key_refused);
  CHECK(keyring->create(KeyPurpose::data).value() == KeyId{2});
  check_same(*f.open(), *keyring);
  CHECK(f.open()->rotate_kek().value().version == 3);
  CHECK(keyring->create(KeyPurpose::data).value() == KeyId{3});  // it reads the kek that another one made
  check_status(*keyring, 3, 0);
}

TEST_CASE("given a rotation that is stopped at any step, then the keyring opens, and the next one ends it") {
  // Something in the way of each file that it writes, in the order in which it writes them.
  for (const std::string step : {"kek.before.new", "kek.new", "keyring.json.new"}) {
    CAPTURE(step);
    Fixture f;
    const auto keyring = FileKeyring::init(f.path).value();
    fs::create_directories(f.path / step / "in-the-way");
    CHECK_FALSE(keyring->rotate_kek());
    const auto opened = f.open();
    check_same(*opened, *keyring);
    const bool replaced = step == "keyring.json.new";
    check_status(*opened, replaced ? 2 : 1, replaced ? keyring->list().size() : 0);
    fs::remove_all(f.path / step);
    CHECK(opened->create(KeyPurpose::data).value() == KeyId{2});
    check_status(*opened, replaced ? 2 : 1, replaced ? keyring->list().size() : 0);
    CHECK(opened->rotate_kek().value().version == (replaced ? 3u : 2u));
    check_same(*f.open(), *opened);
    check_status(*f.open(), replaced ? 3 : 2, 0);
    CHECK_FALSE(fs::exists(f.before));
  }
}

TEST_CASE("given a rotation that was stopped before the old kek was removed, then it does no harm") {
  Fixture f;
  const auto keyring = FileKeyring::init(f.path).value();
  const auto old = FileKeyring::read_kek(f.kek).value();
  fs::copy_file(f.kek, f.folder.path() / "old");
  REQUIRE(keyring->rotate_kek());
  fs::rename(f.folder.path() / "old", f.before);
  check_status(*f.open(), 2, 0);
  CHECK(f.open()->rotate_kek().value().version == 3);
  CHECK_FALSE(fs::exists(f.before));
  check_same(*f.open(), *keyring);
}

TEST_CASE("given an old kek that others can read, then the keyring is refused") {
  Fixture f;
  REQUIRE(FileKeyring::init(f.path));
  fs::copy_file(f.kek, f.before);
  fs::permissions(f.before, fs::perms(0640));
  CHECK(FileKeyring::open(f.path).error().code == Errc::permission);
  CHECK(FileKeyring::open(f.path).error().message.find("chmod 600 " + f.before.string()) !=
        std::string::npos);
}

TEST_CASE(
    "given keks that the caller brings, when a new one is brought with the old, then keys are behind until "
    "they are wrapped again") {
  Fixture f;
  const SecretKey first = SecretKey::random(), second = SecretKey::random();
  const auto keyring = FileKeyring::init(f.path, first.clone()).value();
  CHECK(keyring->rotate_kek().error().code == Errc::already_exists);
  CHECK(FileKeyring::open(f.path, second.clone()).error().code == Errc::key_refused);
  const auto both = f.open(second.clone(), first.clone());
  check_status(*both, 2, both->list().size());
  CHECK(both->create(KeyPurpose::storage).value() == KeyId{2});  // under the new one
  check_status(*f.open(second.clone(), first.clone()), 2, both->list().size() - 1);
  CHECK(both->rotate_kek().value().version == 2);
  check_status(*both, 2, 0);
  CHECK_FALSE(fs::exists(f.kek));
  check_same(*f.open(second.clone()), *both);
  check_status(*f.open(second.clone()), 2, 0);
  CHECK(FileKeyring::open(f.path, first.clone()).error().code == Errc::key_refused);
}

TEST_CASE("given a rotation in another process, then every open meanwhile succeeds") {
  Fixture f;
  REQUIRE(FileKeyring::init(f.path));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto keyring = FileKeyring::open(f.path);
    for (int i = 0; keyring && i < 30; ++i)
      if (!(*keyring)->rotate_kek()) ::_exit(1);
    ::_exit(keyring ? 0 : 1);
  }
  int status = 0;
  std::size_t opened = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    const auto keyring = FileKeyring::open(f.path);
    REQUIRE_MESSAGE(keyring, keyring.error().message);
    ++opened;
  }
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(opened > 0);
  CHECK(f.open()->kek_status().version == 31);
}

TEST_CASE("a key stays in force until its successor is as old as the overlap, the newest for ever") {
  MemoryKeyring keyring;
  CHECK(keys_in_force(keyring, KeyPurpose::fingerprint, {100}, 50).empty());
  REQUIRE(keyring.add(KeyPurpose::data, {1}, SecretKey::random(), {99}));
  for (const std::uint32_t id : {1u, 2u, 3u})
    REQUIRE(keyring.add(KeyPurpose::fingerprint, {id}, SecretKey::random(), {100ull * id}));
  const auto at = [&](std::uint64_t now) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
    for (const KeyInForce& key : keys_in_force(keyring, KeyPurpose::fingerprint, {now}, 150))
      out.emplace_back(key.id.value, key.until.value);
    return out;
  };
  using Wanted = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
  CHECK(at(300) == Wanted{{3, for_ever.value}, {2, 450}, {1, 350}});
  CHECK(at(349) == Wanted{{3, for_ever.value}, {2, 450}, {1, 350}});
  CHECK(at(350) == Wanted{{3, for_ever.value}, {2, 450}});
  CHECK(at(450) == Wanted{{3, for_ever.value}});
  CHECK(at(for_ever.value - 1) == Wanted{{3, for_ever.value}});
}

}  // namespace florin
