// SPDX-License-Identifier: LGPL-2.1-or-later
// What outlives a session object when an answer is late: the connection, and everything the modem
// handed out. Internal to the session; callbacks of libqmi hold it by shared_ptr.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "hal/loop.hpp"
#include "hal/wait.hpp"
#include "modems/qmi/gobject.hpp"
#include "modems/qmi/session.hpp"

namespace mwan::qmi {

inline constexpr std::array<Slot, kSlots> kAllSlots = {
    Slot::Dms, Slot::Nas, Slot::Uim, Slot::Wda, Slot::Dsd, Slot::WdsV4, Slot::WdsV6};
inline constexpr std::array<IpFamily, 2> kFamilies = {IpFamily::V4, IpFamily::V6};

// How long libqmi waits for a modem to take back a client id.
inline constexpr guint kReleaseSeconds = 10;

struct Session::Core : std::enable_shared_from_this<Session::Core> {
  enum class Phase {
    Open,
    Farewell,  // closed, but an answer that hands out something is still awaited
    Over,      // nothing may be sent
  };
  // By what the client id is for.
  template <class T>
  struct PerSlot {
    T& operator[](Slot slot) { return values[static_cast<std::size_t>(slot)]; }
    const T& operator[](Slot slot) const { return values[static_cast<std::size_t>(slot)]; }
    std::array<T, kSlots> values{};
  };

  explicit Core(Loop& l) : loop(l), end(g_cancellable_new()) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  void opened(QmiDevice* device);  // watches it
  // Ends the connection without a word to the modem.
  void over();
  // Awaits late answers, gives back what they bring, then is over.
  void linger();

  MessageRef encode(Slot slot, const Request& request);
  void send(Slot slot, const Request& request);  // without waiting for the answer
  // A client id is given back; counted in releasing until it is answered.
  void release(Slot slot);
  // Stops and releases everything that no answer is awaited for.
  void give_back();
  // The start of a bearer was ended by other means: its answer, if it comes, says nothing new.
  void forget_start(Slot slot);
  // An answer that may hand out something was received, or will never be. Call last.
  void settle();

  Loop& loop;
  GCancellable* end;  // cancels what is under way in libqmi
  Phase phase = Phase::Open;
  DeviceRef device;
  PerSlot<ClientRef> clients;
  PerSlot<std::optional<std::uint32_t>> handles;
  PerSlot<std::optional<guint16>> starting;  // the transaction of a start that is not answered
  unsigned acquiring = 0;
  PerSlot<unsigned> forgotten;        // starts whose answer does not matter any more
  std::vector<ClientId> unconfirmed;  // let go of, but the modem did not say so
  unsigned releasing = 0;
  unsigned unanswered = 0;
  bool gone = false;
  Notification settled;  // acquiring, releasing or gone changed
  std::function<void(const Indication&)> on_indication;
  std::function<void()> on_gone;
  std::vector<std::pair<Slot, Request>> farewells;

 private:
  void let_go(Slot slot);
  void indicate(QmiMessage* message);
  void removed();

  std::deque<Indication> queue_;
  SourceHandle delivery_;
  SourceHandle telling_gone_;
};

}  // namespace mwan::qmi
