#include "engine/keyring/keyring_backup.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "engine/base/hash.hpp"
#include "engine/keyring/file_keyring.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  test::TemporaryFolder folder;
  fs::path file = folder.path() / "backup", other = folder.path() / "other";
  std::unique_ptr<FileKeyring> keyring = FileKeyring::init(folder.path() / "keys").value();
  SecretKey recovery = SecretKey::random();
};

}  // namespace

TEST_CASE("given a backup, when it is restored, then the keyring has the same keys under the same ids") {
  Fixture f;
  REQUIRE(f.keyring->create(KeyPurpose::data));
  CHECK(write_backup(*f.keyring, f.recovery, f.file).value() == 6);
  CHECK(fs::status(f.file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  REQUIRE(FileKeyring::restore(f.other, read_backup(f.file, f.recovery).value()));
  const auto opened = FileKeyring::open(f.other).value();
  REQUIRE(opened->list().size() == 6);
  for (const KeyInfo& info : f.keyring->list()) {
    const SecretKey was = f.keyring->key(info.purpose, info.id).value();
    CHECK(equal_in_constant_time(was.view(), opened->key(info.purpose, info.id).value().view()));
  }
  CHECK(opened->list()[0].created == f.keyring->list()[0].created);
  CHECK(opened->create(KeyPurpose::data).value() == KeyId{3});
}

TEST_CASE(
    "given another recovery key, a changed backup or one that others can read, then nothing is opened") {
  Fixture f;
  REQUIRE(write_backup(*f.keyring, f.recovery, f.file));
  const auto refused = read_backup(f.file, SecretKey::random());
  CHECK(refused.error().code == Errc::key_refused);
  CHECK(refused.error().message.find("data key 1") != std::string::npos);
  fs::permissions(f.file, fs::perms::group_read, fs::perm_options::add);
  CHECK(read_backup(f.file, f.recovery).error().code == Errc::permission);
  fs::permissions(f.file, fs::perms::group_read, fs::perm_options::remove);
  std::ofstream(f.file, std::ios::app) << "x";
  CHECK(read_backup(f.file, f.recovery).error().code == Errc::format);
}

TEST_CASE("given a backup or a keyring that is there already, then it is left as it is") {
  Fixture f;
  REQUIRE(write_backup(*f.keyring, f.recovery, f.file));
  CHECK(write_backup(*f.keyring, f.recovery, f.file).error().code == Errc::already_exists);
  const auto keys = read_backup(f.file, f.recovery).value();
  CHECK(FileKeyring::restore(f.folder.path() / "keys", keys).error().code == Errc::already_exists);
  REQUIRE(FileKeyring::make_kek(f.other));
  CHECK(FileKeyring::make_kek(f.other).error().code == Errc::already_exists);
}

TEST_CASE("given a key twice, then the keyring is not made") {
  Fixture f;
  std::vector<OpenedKey> keys;
  for (int i = 0; i < 2; ++i) keys.emplace_back(KeyInfo{KeyPurpose::data, {1}, {}}, SecretKey::random());
  CHECK(FileKeyring::restore(f.other, keys).error().code == Errc::format);
  CHECK(FileKeyring::open(f.other).error().code == Errc::not_found);
}

}  // namespace florin
