// SPDX-License-Identifier: LGPL-2.1-or-later
// The modem as a USB function, whichever protocol it speaks: what comes from the host by the
// control channel and by the data endpoints, and what goes there.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "hal/ip.hpp"
#include "tools/mwan-sim/modem/settings.hpp"
#include "tools/mwan-sim/usb/control_pipe.hpp"
#include "tools/mwan-sim/usb/device.hpp"

namespace mwan::sim::usb {

class ModemFunction : public Function {
 public:
  struct Outputs {
    std::function<void(std::span<const std::uint8_t>)> message;  // of the control channel
    std::function<void(Bytes)> packet;                           // IP, for the network
    // The host set the configuration, or reset the function alone.
    std::function<void(bool configured)> started_over;
    std::function<void(std::uint8_t endpoint)> ready;  // there is something for that endpoint
    // How packets are framed on the data endpoints (QMI).
    std::function<LinkLayer()> format;
    // The session that carries that family now, and whether that one does (MBIM).
    std::function<std::optional<std::uint8_t>(IpFamily)> session;
    std::function<bool(std::uint8_t session, IpFamily)> carries;
  };

  // A message for the host. False: it was dropped, the host does not read.
  bool say(std::span<const std::uint8_t> message);
  // A packet for the host. False: its queue is full, or the host does not listen.
  bool deliver(std::span<const std::uint8_t> packet);
  [[nodiscard]] virtual Descriptors descriptors() const = 0;
  // Where the host's packets come in.
  [[nodiscard]] std::uint8_t data_out() const { return endpoints_.data_out; }

  std::optional<Bytes> control(const Setup& setup, std::span<const std::uint8_t> data) override;
  std::optional<Bytes> give(std::uint8_t endpoint, std::size_t most) override;
  void take(std::uint8_t endpoint, std::span<const std::uint8_t> data) override;
  void abandoned(std::uint8_t endpoint) override;
  void configured() override;

 protected:
  struct Endpoints {
    std::uint8_t notify = 0;
    std::uint8_t data_in = 0;
    std::uint8_t data_out = 0;
  };
  ModemFunction(std::uint8_t interface, Endpoints endpoints, Outputs outputs)
      : interface_(interface),
        endpoints_(endpoints),
        outputs_(std::move(outputs)),
        pipe_(interface) {}

  // Requests that are not the control channel's.
  virtual std::optional<Bytes> other_request(const Setup& setup,
                                             std::span<const std::uint8_t> data) = 0;
  virtual void take_data(std::span<const std::uint8_t> data) = 0;
  // Out of waiting, of which there is at least one: a transfer of so many bytes at most.
  virtual std::optional<Bytes> next_data(std::deque<Bytes>& waiting, std::size_t most) = 0;
  // Transfers of further interfaces.
  virtual void take_other(std::uint8_t, std::span<const std::uint8_t>) {}
  virtual std::optional<Bytes> give_other(std::uint8_t, std::size_t) { return std::nullopt; }

  [[nodiscard]] const Outputs& outputs() const { return outputs_; }
  // A transfer for the host's data endpoint that is no packet of the network.
  bool queue(Bytes packet);
  void start_over(bool configured);
  void forget_data() { waiting_.clear(); }

 private:
  std::uint8_t interface_;
  Endpoints endpoints_;
  Outputs outputs_;
  ControlPipe pipe_;
  std::deque<Bytes> waiting_;
};

// As the kernel's qmi_wwan knows it: a Quectel EC25, four serial interfaces and QMI in the fifth.
std::unique_ptr<ModemFunction> make_qmi_function(const ModemSettings& settings,
                                                 ModemFunction::Outputs outputs);
// As any MBIM modem: two interfaces that belong together.
std::unique_ptr<ModemFunction> make_mbim_function(const ModemSettings& settings,
                                                  ModemFunction::Outputs outputs);

}  // namespace mwan::sim::usb
