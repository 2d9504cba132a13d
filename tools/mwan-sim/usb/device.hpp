// SPDX-License-Identifier: LGPL-2.1-or-later
// A USB device without its wire: answers the standard requests from its descriptors, keeps the
// host's transfers until its function has something for them, and lets them stall, fail or wait on
// purpose. Messages go in and out as bytes; there is no I/O here.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "tools/mwan-sim/timers.hpp"
#include "tools/mwan-sim/usb/descriptors.hpp"
#include "tools/mwan-sim/usb/usbip.hpp"

namespace mwan::sim::usb {

// What the device is for. Endpoints are addresses with their direction: 0x81 is the first to the
// host.
class Function {
 public:
  Function() = default;
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  virtual ~Function() = default;

  // A class or vendor request: what the host reads (nothing, for one that writes), or no value: it
  // stalls.
  virtual std::optional<Bytes> control(const Setup& setup, std::span<const std::uint8_t> data) = 0;
  virtual void take(std::uint8_t endpoint, std::span<const std::uint8_t> data) = 0;
  // The next transfer to the host, of so many bytes at most; no value: nothing to say now.
  virtual std::optional<Bytes> give(std::uint8_t endpoint, std::size_t most) = 0;
  // The host does not listen to that endpoint any more.
  virtual void abandoned(std::uint8_t endpoint) = 0;
  // The host set the configuration: everything starts over.
  virtual void configured() = 0;
  // It took the configuration away, as when another driver takes the whole device over. What it
  // sets after a reset of the bus comes without this.
  virtual void unconfigured() {}
  virtual void alternate(std::uint8_t interface, std::uint8_t setting) = 0;
};

class Device {
 public:
  struct Books {
    std::uint64_t transfers = 0;  // that ended well
    std::uint64_t stalled = 0;
    std::uint64_t failed = 0;    // on purpose
    std::uint64_t unlinked = 0;  // taken back by the host
    Books& operator+=(const Books& more) {
      transfers += more.transfers;
      stalled += more.stalled;
      failed += more.failed;
      unlinked += more.unlinked;
      return *this;
    }
  };
  // Transfers end so, one for each endpoint every pace; only the standard requests work.
  struct Storm {
    Completion how = Completion::Error;
    Duration pace = std::chrono::milliseconds(10);
  };

  // function outlives the device. send takes whole messages for the host.
  Device(Timers& timers, Descriptors descriptors, Function& function,
         std::function<void(const Bytes&)> send);

  void take(const HostMessage& message);
  // The function has something for an endpoint to the host.
  void ready(std::uint8_t endpoint) { pump(endpoint); }
  // Transfers to that endpoint wait until they are let go.
  void hold(std::uint8_t endpoint, bool held);
  void set_storm(std::optional<Storm> storm);
  [[nodiscard]] bool configured() const { return configuration_ != 0; }
  [[nodiscard]] const Books& books() const { return books_; }
  // Empty unless the host broke the rules; then it cannot be gone on with.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  void submit(const Submit& transfer);
  void unlink(const Unlink& request);
  void control(const Submit& transfer);
  std::optional<Bytes> standard(const Setup& setup);
  [[nodiscard]] std::optional<Bytes> descriptor(const Setup& setup) const;
  std::optional<Bytes> to_interface(const Setup& setup);
  std::optional<Bytes> to_endpoint(const Setup& setup);
  void configure(std::uint8_t configuration);
  void pump(std::uint8_t endpoint);
  void complete(const Submit& transfer, Completion how, std::span<const std::uint8_t> data = {});
  void storm_on();

  Timers& timers_;
  Descriptors descriptors_;
  Function& function_;
  std::function<void(const Bytes&)> send_;
  std::uint8_t configuration_ = 0;
  std::map<std::uint8_t, std::uint8_t> settings_;  // alternate settings in force
  std::map<std::uint8_t, std::deque<Submit>> waiting_;
  std::set<std::uint8_t> halted_;
  std::set<std::uint8_t> held_;
  std::set<std::uint8_t> pumping_;
  std::optional<Storm> storm_;
  Timer tick_;
  Books books_;
  std::string trouble_;
};

}  // namespace mwan::sim::usb
