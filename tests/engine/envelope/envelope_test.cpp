#include "engine/envelope/envelope.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/keyring/memory_keyring.hpp"

namespace florin {
namespace {

const char* const canary = "canary-of-the-book";

struct Fixture {
  MemoryKeyring keyring;
  Envelope envelope{keyring};

  Fixture() {
    // Fixed, so that the known answers below hold.
    REQUIRE(keyring.add(KeyPurpose::data, {1}, SecretKey(Bytes(32, 0x11))));
    REQUIRE(keyring.add(KeyPurpose::data, {2}, SecretKey(Bytes(32, 0x22))));
  }
};

RecordHeader record_header(std::uint32_t count) {
  RecordHeader header;
  header.appender = {77};
  header.epoch = {3};
  header.counter = 5;
  header.previous.fill(9);
  header.key = {1};
  header.send_time = {1'700'000'000'000'000'000};
  header.count = count;
  return header;
}

std::vector<Command> commands() {
  Command book;
  book.header.book = {4};
  book.header.principal.kind = PrincipalKind::operator_;
  book.body = OpenBook{canary};
  Command tick;
  tick.body = Tick{};
  return {book, tick};
}

Bytes encode(const std::vector<Command>& all) {
  Bytes payload;
  for (const Command& command : all) encode_command(command, payload);
  return payload;
}

EventRecordHeader event_header(std::uint32_t count) {
  EventRecordHeader header;
  header.ordinal = {6};
  header.command_record.fill(7);
  header.first = {40};
  header.previous.fill(8);
  header.key = {1};
  header.count = count;
  return header;
}

std::vector<Event> events() {
  return {Event{{1'700'000'000'000'000'001}, {4}, 0, BookOpened{canary}},
          Event{{1'700'000'000'000'000'002}, {0}, 1, Ticked{}}};
}

Bytes encode(const std::vector<Event>& all) {
  Bytes payload;
  for (const Event& event : all) encode_event(event, payload);
  return payload;
}

Bytes sealed_record(const Fixture& fixture) {
  return fixture.envelope.seal_record(record_header(2), encode(commands())).value();
}
Bytes sealed_events(const Fixture& fixture) {
  return fixture.envelope.seal_events(event_header(2), encode(events())).value().bytes;
}

bool contains(ByteView bytes, std::string_view text) {
  return as_text(bytes).find(text) != std::string_view::npos;
}

TEST_CASE("a record opens to what was sealed") {
  const Fixture fixture;
  const Bytes sealed = sealed_record(fixture);
  const auto opened = fixture.envelope.open_record(sealed);
  REQUIRE_MESSAGE(opened, opened.error().message);
  CHECK(opened->header == record_header(2));
  CHECK(opened->commands == commands());
  CHECK(opened->hash == blake2b(sealed));
}

TEST_CASE("events open to what was sealed") {
  const Fixture fixture;
  const auto sealed = fixture.envelope.seal_events(event_header(2), encode(events()));
  REQUIRE(sealed);
  const auto opened = fixture.envelope.open_events(sealed->bytes);
  REQUIRE_MESSAGE(opened, opened.error().message);
  CHECK((*opened)->header == event_header(2));
  CHECK((*opened)->events == events());
  CHECK((*opened)->hash == blake2b(sealed->bytes));
  CHECK(sealed->hash == blake2b(sealed->bytes));
  CHECK((*opened)->next() == Sequence{42});
}

TEST_CASE("the layout is header, nonce, ciphertext and tag; nothing of the payload is in the clear") {
  const Fixture fixture;
  const Bytes record = sealed_record(fixture), batch = sealed_events(fixture);
  CHECK(record.size() == record_header_bytes + 24 + encode(commands()).size() + 16);
  CHECK(batch.size() == event_record_header_bytes + 24 + encode(events()).size() + 16);
  CHECK(contains(record, as_text(encode_record_header(record_header(2)))));
  CHECK(contains(batch, as_text(encode_event_record_header(event_header(2)))));
  REQUIRE(contains(encode(commands()), canary));
  CHECK_FALSE(contains(record, canary));
  CHECK_FALSE(contains(batch, canary));
}

TEST_CASE("events are the same bytes whoever seals them; records never are") {
  const Fixture one, other;
  CHECK(sealed_events(one) == sealed_events(one));
  CHECK(sealed_events(one) == sealed_events(other));
  CHECK(sealed_record(one) != sealed_record(one));
}

// Computed from docs/formats/sealing.md with Python's hashlib and PyNaCl. The bytes of events may never
// differ between two releases: if this fails, the format has changed.
TEST_CASE("known answer: the seal of events") {
  const Fixture fixture;
  const Bytes payload = {1, 2, 3};
  const Bytes sealed = fixture.envelope.seal_events(event_header(1), payload).value().bytes;
  CHECK(to_hex(ByteView(sealed).subspan(event_record_header_bytes)) ==
        "b1d99a3b9a1cc75a6948b1763dbadbf1885674025f8848ecbb57e3e6066687e9f51714a170e45c22515c52");
}

TEST_CASE("another header or payload gives other events a nonce of their own") {
  const Fixture fixture;
  auto nonce = [&](const EventRecordHeader& header, const Bytes& payload) {
    const Bytes sealed = fixture.envelope.seal_events(header, payload).value().bytes;
    return to_hex(ByteView(sealed).subspan(event_record_header_bytes, 24));
  };
  const Bytes payload = encode(events());
  EventRecordHeader header = event_header(2);
  const std::string first = nonce(header, payload);
  header.part = 1;
  CHECK(nonce(header, payload) != first);
  Bytes changed = payload;
  changed.back() ^= 1;
  CHECK(nonce(event_header(2), changed) != first);
}

TEST_CASE("every changed byte of a record is refused") {
  const Fixture fixture;
  const Bytes sealed = sealed_record(fixture);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const int bit : {0x01, 0x80}) {
      CAPTURE(i);
      Bytes changed = sealed;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ bit);
      CHECK_FALSE(fixture.envelope.open_record(changed));
    }
  }
}

TEST_CASE("every changed byte of events is refused") {
  const Fixture fixture;
  const Bytes sealed = sealed_events(fixture);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const int bit : {0x01, 0x80}) {
      CAPTURE(i);
      Bytes changed = sealed;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ bit);
      CHECK_FALSE(fixture.envelope.open_events(changed));
    }
  }
}

TEST_CASE("what is cut or longer is refused") {
  const Fixture fixture;
  Bytes record = sealed_record(fixture), batch = sealed_events(fixture);
  for (std::size_t size = 0; size < record.size(); ++size)
    CHECK_FALSE(fixture.envelope.open_record(ByteView(record).first(size)));
  for (std::size_t size = 0; size < batch.size(); ++size)
    CHECK_FALSE(fixture.envelope.open_events(ByteView(batch).first(size)));
  record.push_back(0);
  batch.push_back(0);
  CHECK(fixture.envelope.open_record(record).error().code == Errc::corrupt);
  CHECK(fixture.envelope.open_events(batch).error().code == Errc::corrupt);
}

TEST_CASE("another key under the same id does not open, and the id is named") {
  const Fixture fixture;
  MemoryKeyring other_keys;
  REQUIRE(other_keys.add(KeyPurpose::data, {1}, SecretKey::random()));
  const Envelope other(other_keys);
  const Error record = other.open_record(sealed_record(fixture)).error();
  CHECK(record.code == Errc::corrupt);
  CHECK(record.message.find("data key 1") != std::string::npos);
  CHECK(record.message.find("appender 77") != std::string::npos);
  const Error batch = other.open_events(sealed_events(fixture)).error();
  CHECK(batch.code == Errc::corrupt);
  CHECK(batch.message.find("data key 1") != std::string::npos);
  CHECK(batch.message.find("sequence 40") != std::string::npos);
}

TEST_CASE("a key that is not there is named, sealing and opening") {
  const Fixture fixture;
  const MemoryKeyring no_keys;
  const Envelope other(no_keys);
  for (const Error& error :
       {other.open_record(sealed_record(fixture)).error(), other.open_events(sealed_events(fixture)).error(),
        other.seal_record(record_header(1), {}).error(), other.seal_events(event_header(1), {}).error()}) {
    CHECK(error.code == Errc::key_missing);
    CHECK(error.message.find("data key 1") != std::string::npos);
  }
}

TEST_CASE("an unknown format is refused before any key is asked for") {
  const Fixture fixture;
  Bytes record = sealed_record(fixture), batch = sealed_events(fixture);
  record[0] = 1;
  batch[0] = 1;
  CHECK(fixture.envelope.open_record(record).error().code == Errc::format);
  CHECK(fixture.envelope.open_events(batch).error().code == Errc::format);
}

TEST_CASE("a payload that does not hold exactly what the header counts is refused, with the place named") {
  const Fixture fixture;
  for (const std::uint32_t count : {1u, 3u}) {
    const Bytes record = fixture.envelope.seal_record(record_header(count), encode(commands())).value();
    const Error error = fixture.envelope.open_record(record).error();
    CHECK(error.code == Errc::format);
    CHECK(error.message.find("counter 5") != std::string::npos);
    const Bytes batch = fixture.envelope.seal_events(event_header(count), encode(events())).value().bytes;
    CHECK(fixture.envelope.open_events(batch).error().code == Errc::format);
  }
}

// Step by step as docs/formats/sealing.md says it, without our code.
TEST_CASE("commands and events are sealed under subkeys of their own") {
  const Fixture fixture;
  const Bytes sealed = sealed_record(fixture);
  auto opens_under = [&](std::string_view label) {
    const Hash256 subkey = blake2b_keyed(Bytes(32, 0x11), as_bytes(label));
    const ByteView view(sealed);
    const ByteView nonce = view.subspan(86, 24), ciphertext = view.subspan(110);
    Bytes payload(ciphertext.size() - 16);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(payload.data(), nullptr, nullptr, ciphertext.data(),
                                                      ciphertext.size(), view.data(), 86, nonce.data(),
                                                      subkey.data()) == 0 &&
           payload == encode(commands());
  };
  CHECK(opens_under("florin commands v0"));
  CHECK_FALSE(opens_under("florin events v0"));
}

TEST_CASE("a payload over its limit is not sealed") {
  const Fixture fixture;
  const std::size_t most = record_bytes_max - record_header_bytes - 40;
  const auto fits = fixture.envelope.seal_record(record_header(1), Bytes(most));
  REQUIRE(fits);
  CHECK(fits->size() == record_bytes_max);
  CHECK(fixture.envelope.seal_record(record_header(1), Bytes(most + 1)).error().code ==
        Errc::invalid_argument);
  CHECK(fixture.envelope.seal_events(event_header(1), Bytes(event_payload_bytes_max)));
  CHECK(fixture.envelope.seal_events(event_header(1), Bytes(event_payload_bytes_max + 1)).error().code ==
        Errc::invalid_argument);
  CHECK(fixture.envelope.open_record(Bytes(record_bytes_max + 1)).error().code == Errc::format);
}

TEST_CASE("threads share one envelope") {
  const Fixture fixture;
  const Bytes record = sealed_record(fixture), batch = sealed_events(fixture);
  int failures[3] = {};
  std::vector<std::thread> threads;
  for (int& count : failures)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        RecordHeader header = record_header(2);
        header.key = {static_cast<std::uint32_t>(1 + i % 2)};
        if (!fixture.envelope.open_record(record) || !fixture.envelope.open_events(batch) ||
            !fixture.envelope.seal_record(header, {}))
          ++count;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(failures[0] + failures[1] + failures[2] == 0);
}

}  // namespace
}  // namespace florin
