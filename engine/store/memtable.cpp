#include "engine/store/memtable.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <new>
#include <vector>

namespace florin {
namespace {

constexpr int height_max = 12;
constexpr std::uint32_t branching = 4;  // one node in so many is a level higher

// An entry of a memtable is, in RocksDB's fixed format, the length of an internal key as a varint, the key,
// and the value. An internal key is the user's key and eight bytes: sequence and type. Of equal keys the
// newest one, which has the greatest number there, comes first.
struct InternalKey {
  const char* bytes;
  std::size_t size;  // of the user's key
  std::uint64_t number;
};

InternalKey make_key(const char* bytes, std::size_t size) {
  InternalKey key{bytes, size - sizeof(std::uint64_t), 0};
  std::memcpy(&key.number, bytes + key.size, sizeof key.number);
  return key;
}

InternalKey key_of(const char* entry) {
  std::size_t size = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*entry++);
    size |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return make_key(entry, size);
  }
}

bool before(const InternalKey& a, const InternalKey& b) {
  const int order = std::memcmp(a.bytes, b.bytes, std::min(a.size, b.size));
  if (order != 0) return order < 0;
  return a.size != b.size ? a.size < b.size : a.number > b.number;
}

// In memory: the node, links of the levels above the lowest, the entry.
class Node {
 public:
  explicit Node(int height) : height_(height) {
    for (int level = 1; level < height; ++level) new (&next_ + level) std::atomic<Node*>(nullptr);
  }
  static std::size_t bytes(int height) {
    return sizeof(Node) + static_cast<std::size_t>(height - 1) * sizeof(std::atomic<Node*>);
  }
  int height() const { return height_; }
  char* entry() { return reinterpret_cast<char*>(this) + bytes(height_); }
  InternalKey key() { return key_of(entry()); }
  Node* next(int level) const { return (&next_ + level)->load(std::memory_order_acquire); }
  void link(int level, Node* node) { (&next_ + level)->store(node, std::memory_order_release); }

 private:
  const int height_;
  std::atomic<Node*> next_ = nullptr;
};

// Where the last insert with the same hint was: on each level a node before it and the one behind that.
struct Finger {
  std::array<Node*, height_max> before{}, behind{};
};

class Memtable final : public rocksdb::MemTableRep {
 public:
  explicit Memtable(rocksdb::Allocator* allocator) : MemTableRep(allocator) {
    head_ = new (allocate(Node::bytes(height_max))) Node(height_max);
    finger_.before.fill(head_);
  }

  rocksdb::KeyHandle Allocate(const std::size_t size, char** entry) override {
    const int height = random_height();
    Node* node = new (allocate(Node::bytes(height) + size)) Node(height);
    *entry = node->entry();
    return node;
  }
  void Insert(rocksdb::KeyHandle handle) override { insert(static_cast<Node*>(handle), finger_); }
  void InsertWithHint(rocksdb::KeyHandle handle, void** hint) override {
    if (*hint == nullptr) {
      auto* finger = new (allocate(sizeof(Finger))) Finger();
      finger->before.fill(head_);
      *hint = finger;
    }
    insert(static_cast<Node*>(handle), *static_cast<Finger*>(*hint));
  }
  bool Contains(const char* entry) const override {
    const InternalKey key = key_of(entry);
    Node* node = at_or_behind(key);
    return node != nullptr && !before(key, node->key());
  }
  std::size_t ApproximateMemoryUsage() override { return 0; }  // all of it is the allocator's
  Iterator* GetIterator(rocksdb::Arena* arena) override;
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override;

  Node* first() const { return head_->next(0); }
  Node* last() const { return last_before(nullptr); }
  Node* at_or_behind(const InternalKey& key) const {
    Node* node = last_before(&key);
    return node == nullptr ? first() : node->next(0);
  }
  // The last node before the key, or before the end; null when there is none.
  Node* last_before(const InternalKey* key) const {
    Node* node = head_;
    for (int level = height_.load(std::memory_order_relaxed) - 1; level >= 0; --level)
      for (Node* next = node->next(level); next != nullptr && (key == nullptr || before(next->key(), *key));
           next = node->next(level))
        node = next;
    return node == head_ ? nullptr : node;
  }

 private:
  // The allocator gives memory at any address.
  void* allocate(std::size_t size) {
    char* memory = nullptr;
    MemTableRep::Allocate(size + alignof(Finger) - 1, &memory);
    std::size_t space = size + alignof(Finger) - 1;
    void* aligned = memory;
    return std::align(alignof(Finger), size, aligned, space);
  }

  int random_height() {
    int height = 1;
    random_ ^= random_ << 13;  // xorshift
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    for (std::uint64_t bits = random_; height < height_max && bits % branching == 0; bits /= branching)
      ++height;
    return height;
  }

  // Ascends while the key is not between the nodes of a level, and descends from there: what it costs follows
  // from how many nodes lie between this insert and the last one, not from how many there are.
  void insert(Node* node, Finger& finger) {
    const InternalKey key = node->key();
    const int top = std::max(height_.load(std::memory_order_relaxed), node->height());
    int level = 0;
    while (level < top && !encloses(finger, level, key)) ++level;
    level = std::max(level, node->height());
    Node* start = level < top ? finger.before[static_cast<std::size_t>(level)] : head_;
    for (int below = level - 1; below >= 0; --below) {
      const auto i = static_cast<std::size_t>(below);
      if (!encloses(finger, below, key)) descend(finger, below, start, key);
      start = finger.before[i];
    }
    height_.store(top, std::memory_order_relaxed);
    for (int linked = 0; linked < node->height(); ++linked) {
      const auto i = static_cast<std::size_t>(linked);
      node->link(linked, finger.behind[i]);
      finger.before[i]->link(linked, node);
      finger.before[i] = node;
    }
  }

  bool encloses(const Finger& finger, int level, const InternalKey& key) const {
    const auto i = static_cast<std::size_t>(level);
    Node* const from = finger.before[i];
    Node* const to = finger.behind[i];
    return from->next(level) == to && (to == nullptr || before(key, to->key())) &&
           (from == head_ || before(from->key(), key));
  }

  void descend(Finger& finger, int level, Node* start, const InternalKey& key) const {
    Node* node = start;
    Node* next = node->next(level);
    while (next != nullptr && before(next->key(), key)) {
      node = next;
      next = node->next(level);
    }
    finger.before[static_cast<std::size_t>(level)] = node;
    finger.behind[static_cast<std::size_t>(level)] = next;
  }

  Node* head_;
  std::atomic<int> height_{1};
  Finger finger_;  // of inserts without a hint
  std::uint64_t random_ = 0x9e3779b97f4a7c15;
};

class Cursor : public rocksdb::MemTableRep::Iterator {
 public:
  explicit Cursor(const Memtable* table = nullptr) : table_(table) {}
  bool Valid() const override { return node_ != nullptr; }
  const char* key() const override { return node_->entry(); }
  void Next() override { node_ = node_->next(0); }
  void Prev() override {
    const InternalKey key = node_->key();
    node_ = table_->last_before(&key);
  }
  void Seek(const rocksdb::Slice& key, const char* entry) override {
    node_ = table_->at_or_behind(wanted(key, entry));
  }
  void SeekForPrev(const rocksdb::Slice& key, const char* entry) override {
    const InternalKey target = wanted(key, entry);
    node_ = table_->at_or_behind(target);
    if (node_ == nullptr || before(target, node_->key())) node_ = table_->last_before(&target);
  }
  void SeekToFirst() override { node_ = table_->first(); }
  void SeekToLast() override { node_ = table_->last(); }

 private:
  static InternalKey wanted(const rocksdb::Slice& key, const char* entry) {
    return entry != nullptr ? key_of(entry) : make_key(key.data(), key.size());
  }
  const Memtable* table_;
  Node* node_ = nullptr;
};

// For iterators that RocksDB wants to have in an arena of its own, which its headers do not show: it destroys
// them and does not free them. Each thread keeps their memory for its next ones.
class PooledCursor final : public Cursor {
 public:
  using Cursor::Cursor;
  PooledCursor(const PooledCursor&) = delete;
  PooledCursor& operator=(const PooledCursor&) = delete;
  ~PooledCursor() override { pool().free.push_back(this); }

  static PooledCursor* make(const Memtable* table) {
    auto& free = pool().free;
    if (free.empty()) return new PooledCursor(table);
    void* memory = free.back();
    free.pop_back();
    return new (memory) PooledCursor(table);
  }

 private:
  struct Pool {
    std::vector<void*> free;  // as many as were in use at a time
    ~Pool() {
      for (void* memory : free) ::operator delete(memory);
    }
  };
  static Pool& pool() {
    thread_local Pool pool;
    return pool;
  }
};

rocksdb::MemTableRep::Iterator* Memtable::GetIterator(rocksdb::Arena* arena) {
  if (arena == nullptr) return new Cursor(this);
  return PooledCursor::make(this);
}

// RocksDB's Get() alone asks for one, uses it once, and does not destroy it.
rocksdb::MemTableRep::Iterator* Memtable::GetDynamicPrefixIterator(rocksdb::Arena*) {
  thread_local Cursor cursor;
  cursor = Cursor(this);
  return &cursor;
}

class MemtableFactory final : public rocksdb::MemTableRepFactory {
 public:
  using MemTableRepFactory::CreateMemTableRep;
  rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator&,
                                          rocksdb::Allocator* allocator, const rocksdb::SliceTransform*,
                                          rocksdb::Logger*) override {
    return new Memtable(allocator);
  }
  const char* Name() const override { return "FlorinMemtable"; }
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> make_memtable_factory() {
  return std::make_shared<MemtableFactory>();
}

}  // namespace florin
