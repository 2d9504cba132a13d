// SPDX-License-Identifier: LGPL-2.1-or-later
// A USB device with a network function, made of the kernel's own gadget drivers on an emulated bus
// (dummy_hcd): plugged in, this same kernel's host drivers bind to it. For the guest of tests/vm.
// Source: Documentation/usb/gadget_configfs.rst and Documentation/ABI/testing/configfs-usb-gadget*
// of the kernel.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "hal/error.hpp"

namespace mwan::vm {

enum class NetFunction {
  Rndis,  // as Android does it; rndis_host binds
  Ecm,    // cdc_ether
  Ncm,    // cdc_ncm
};
std::string_view name_of(NetFunction function);  // the kernel's: "rndis"
std::string_view host_driver(NetFunction function);

struct GadgetPlan {
  NetFunction function = NetFunction::Rndis;
  std::string vendor_id = "18d1";
  std::string product_id = "4ee3";
  std::string serial = "PHONE01";
  std::string product = "Phone";
  std::string host_address =
      "02:00:5e:00:53:01";  // of the network device of whoever it is plugged into
  std::string gadget_address = "02:00:5e:00:53:02";  // of its own
};

// NOTE Ownership: unplugged and removed with the object.
class Gadget {
 public:
  // Not plugged in yet, but its own network device is there, in the first network namespace; it
  // lives as long as the gadget. Loads the modules. Up to four at a time can be plugged in.
  static Result<Gadget> create(GadgetPlan plan);

  Gadget(Gadget&& other) noexcept;
  Gadget& operator=(Gadget&& other) noexcept;
  ~Gadget();

  [[nodiscard]] const GadgetPlan& plan() const { return plan_; }
  // The kernel finds it within some 100 ms, udev after that.
  Status plug();
  Status unplug();
  [[nodiscard]] bool plugged() const { return plugged_; }

 private:
  Gadget(GadgetPlan plan, std::filesystem::path folder)
      : plan_(std::move(plan)), folder_(std::move(folder)) {}
  Status fill();
  void remove();

  GadgetPlan plan_;
  std::filesystem::path folder_;  // in configfs; empty = moved away
  bool plugged_ = false;
};

// The network device with this hardware address in the namespace of the caller, by whatever name.
std::optional<std::string> device_with_address(const std::string& address);

}  // namespace mwan::vm
