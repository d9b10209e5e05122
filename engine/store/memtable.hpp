// The memtable of our RocksDBs: a skip list as RocksDB's own, but one that knows that keys order as bytes and
// that one thread writes. RocksDB's compares keys through two virtual calls and counts each comparison, which
// costs several times the comparison itself.
//
// Owner: a RocksDB, by its options; they must have the bytewise comparator and no concurrent memtable writes.
// One thread inserts, any thread reads at the same time.
#pragma once

#include <rocksdb/memtablerep.h>

#include <memory>

namespace florin {

std::shared_ptr<rocksdb::MemTableRepFactory> make_memtable_factory();

}  // namespace florin
