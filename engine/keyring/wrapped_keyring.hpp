// A keyring whose keys are wrapped at rest: in a folder of one machine, or in a topic that processes share.
#pragma once

#include <functional>

#include "engine/keyring/key_wrap.hpp"
#include "engine/keyring/keyring.hpp"

namespace florin {

// Any thread.
class WrappedKeyring : public Keyring {
 public:
  virtual KekStatus kek_status() const = 0;
  // Wraps every key under the newest key-encryption key. Errors: already_exists (the caller brought it, and
  // all keys are under it), and those of create().
  virtual Result<KekStatus> rotate_kek() = 0;
  // Called after another process made or destroyed keys, from a thread of the keyring's own, where that can
  // be seen; never by one that this process alone writes. Set to something else, it is no longer called.
  virtual void on_change(std::function<void()> call) = 0;
};

}  // namespace florin
