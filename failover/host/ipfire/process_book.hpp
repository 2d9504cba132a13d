// SPDX-License-Identifier: LGPL-2.1-or-later
// The processes that were started lately, with their ancestors, so that what happens to RED can be
// put down to somebody who may have ended meanwhile.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "failover/host/ipfire/interference_actor.hpp"
#include "hal/time.hpp"

namespace mwan::failover::ipfire {

// What /proc says of a process; bounded: 16 arguments of at most 256 bytes each. Nothing when there
// is none.
std::optional<ProcessView> view_process(pid_t pid);

class ProcessBook {
 public:
  // ourselves: whose children are no interference.
  explicit ProcessBook(pid_t ourselves) : ourselves_(ourselves) {}
  // The primary's device, for doer_of().
  void set_red(std::string device) { red_ = std::move(device); }

  // Processes of other network namespaces (containers) have no hand on RED: left out from now on.
  // The one of the calling thread.
  void only_this_network();

  // Forgets all of them, and looks who acts on RED at the moment.
  void begin(Instant now);
  // A process has begun as a copy of another.
  void forked(pid_t child, pid_t parent);
  // A process that has just been started. Nothing when it has ended already, and is not in the
  // book.
  std::optional<Doer> started(pid_t pid, Instant now);
  // What was known of it.
  std::optional<Doer> ended(pid_t pid, Instant now);
  // Who acts, or acted until a moment ago, by one of these acts; the latest first. Ourselves are
  // left out.
  [[nodiscard]] std::vector<Doer> lately(Instant now, const std::vector<Act>& acts) const;
  // Whoever began to do something, whatever it is, within the last moment; the latest first.
  [[nodiscard]] std::vector<Doer> just_now(Instant now) const;
  // Those that have not ended.
  [[nodiscard]] std::vector<Doer> active() const;
  // Any process whatever: of the book, or as /proc shows it.
  [[nodiscard]] std::optional<Doer> who(pid_t pid) const;
  // The same from the list of all processes, for when nobody tells when they are started: those
  // that act on RED, and did not begin long ago.
  [[nodiscard]] std::vector<Doer> running() const;

 private:
  struct Entry {
    Ancestry ancestry;
    Doer doer;
    Instant started;
    std::optional<Instant> ended;
  };
  // The first of them that the kernel can still say it of counts.
  [[nodiscard]] bool elsewhere(const Ancestry& ancestry) const;
  [[nodiscard]] const Entry* find(pid_t pid) const;
  [[nodiscard]] Ancestry ancestry_of(ProcessView self) const;
  [[nodiscard]] pid_t parent_of(pid_t pid) const;  // 0: not known

  pid_t ourselves_;
  std::string red_;
  std::string network_;                        // "net:[4026531840]"; empty: all
  std::deque<std::pair<pid_t, pid_t>> forks_;  // child and parent, the latest first
  std::deque<Entry> entries_;                  // the latest first
};

}  // namespace mwan::failover::ipfire
