// SPDX-License-Identifier: LGPL-2.1-or-later
// Who RED belongs to, kept in the state directory (file "takeover") from before the first change
// until the last is undone: by it a run goes on where one that was killed had stopped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "failover/host/ipfire/seams.hpp"
#include "failover/state/state_store.hpp"
#include "hal/error.hpp"

namespace mwan::failover::ipfire {

enum class Phase {
  Taking,  // the primary's programs are being ended, the backup put in its place
  Taken,   // all of that is done
  Giving,  // the primary is being put back
};

struct JournalEntry {
  Phase phase = Phase::Taking;
  std::string link;       // the backup's profile
  bool full = false;      // the mode
  bool settings = false;  // ethernet/settings may be the backup's
  bool aside = false;  // an administrator has RED: it is left alone until somebody says otherwise
  std::string boot;    // hal/process/boot_id.hpp
  bool operator==(const JournalEntry&) const = default;
};

std::string encode(const JournalEntry& entry);
// Untrusted: nothing when it is no journal.
std::optional<JournalEntry> decode_journal(std::string_view text);

// NOTE Ownership: the store outlives it. Every write is on the disk when it returns.
class Journal {
 public:
  explicit Journal(StateStore& store) : store_(store) {}
  // Nothing: RED is IPFire's. An error also where there is something that is no journal: a human
  // should look.
  [[nodiscard]] Result<std::optional<JournalEntry>> read() const;
  Status write(const JournalEntry& entry);
  Status clear();

 private:
  StateStore& store_;
};

}  // namespace mwan::failover::ipfire
