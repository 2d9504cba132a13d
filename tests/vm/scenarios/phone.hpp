// SPDX-License-Identifier: LGPL-2.1-or-later
// A phone on the guest's USB bus: a gadget of the kernel (configfs) on a controller that is a
// program (dummy_hcd). What it says over USB is real, and so is the driver at the other end. Its
// own network device goes into a namespace, where the phone's network is.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/process.hpp"

namespace mwan::vm {

struct PhonePlan {
  std::string function = "rndis";  // or ecm, ncm: drivers rndis_host, cdc_ether, cdc_ncm
  std::string serial = "PHONE1";
  std::string our_mac = "02:15:60:0a:0b:0c";  // of the network device that our side gets
  std::string network = "192.168.42";         // .129 is the phone
  std::string target = "203.0.113.1";         // an address behind it
};

// Unplugged and taken apart with its object.
class Phone {
 public:
  static Result<Phone> make(PhonePlan plan) {
    auto modules = lab::run(nullptr, {"modprobe", "-a", "dummy_hcd", "libcomposite"});
    if (!modules) return failed(modules.error());
    auto inside = lab::NetNs::create("phone");
    if (!inside) return failed(inside.error());
    Phone out(std::move(plan), std::move(*inside));
    if (auto made = out.describe(); !made) return failed(made.error());
    return out;
  }
  Phone(Phone&&) = default;
  Phone& operator=(Phone&&) = delete;
  ~Phone() {
    if (!inside_) return;  // moved from
    unplug();
    std::error_code ignored;
    namespace fs = std::filesystem;
    fs::remove(folder_ / "configs/c.1/net", ignored);
    fs::remove(folder_ / "configs/c.1", ignored);
    fs::remove(function(), ignored);
    fs::remove(folder_ / "strings/0x409", ignored);
    fs::remove(folder_, ignored);
  }

  Status plug_in() {
    if (auto done = write("UDC", "dummy_udc.0"); !done) return done;
    // The phone's end, which is there once the gadget was bound for the first time, and stays.
    if (name_.empty()) {
      std::ifstream(function() / "ifname") >> name_;
      const auto moved = lab::run(nullptr, {"ip", "link", "set", name_, "netns", inside_->path()});
      if (!moved) return failed(moved.error());
    }
    for (const std::string& line :
         {fmt::format("addr replace {}.129/24 dev {}", plan_.network, name_),
          fmt::format("link set {} up", name_),
          fmt::format("addr replace {}/32 dev lo", plan_.target)}) {
      if (auto done = lab::ip(*inside_, line); !done) return done;
    }
    auto server = lab::Process::start(
        {{"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root",
          "--interface=" + name_, "--bind-interfaces", "--dhcp-authoritative",
          "--pid-file=", "--dhcp-leasefile=/tmp/phone.leases", "--no-ping",
          fmt::format("--dhcp-range={0}.10,{0}.50,255.255.255.0,1h", plan_.network)},
         &*inside_,
         "/tmp/phone.log",
         "/tmp/phone.log"});
    if (!server) return failed(server.error());
    server_ = std::move(*server);
    return {};
  }
  void unplug() {
    server_.stop(std::chrono::seconds(20));
    const Status ignored = write("UDC", "\n");
    static_cast<void>(ignored);
  }
  [[nodiscard]] const lab::NetNs& inside() const { return *inside_; }

 private:
  Phone(PhonePlan plan, lab::NetNs inside) : plan_(std::move(plan)), inside_(std::move(inside)) {}
  [[nodiscard]] std::filesystem::path function() const {
    return folder_ / "functions" / (plan_.function + ".net");
  }
  Status describe() {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::create_directory(folder_, error);
    fs::create_directory(folder_ / "strings/0x409", error);
    fs::create_directory(folder_ / "configs/c.1", error);
    fs::create_directory(function(), error);
    if (error) {
      return failed(FailureClass::Permanent, function().string(),
                    "cannot be made: " + error.message());
    }
    for (const auto& [file, text] :
         {std::pair<std::string, std::string>{"idVendor", "0x18d1"},
          {"idProduct", "0x4ee3"},
          {"strings/0x409/serialnumber", plan_.serial},
          {"functions/" + plan_.function + ".net/host_addr", plan_.our_mac},
          {"functions/" + plan_.function + ".net/dev_addr", "02:15:60:0a:0b:ff"}}) {
      if (auto done = write(file, text); !done) return done;
    }
    fs::create_symlink(function(), folder_ / "configs/c.1/net", error);
    if (error) return failed(FailureClass::Permanent, "phone", error.message());
    return {};
  }
  Status write(const std::string& file, const std::string& text) const {
    std::ofstream out(folder_ / file);
    out << text << std::flush;
    if (out) return {};
    return failed(FailureClass::Permanent, (folder_ / file).string(), "cannot be written");
  }

  PhonePlan plan_;
  std::optional<lab::NetNs> inside_;
  std::string name_;  // of the phone's network device
  lab::Process server_;
  std::filesystem::path folder_ = "/sys/kernel/config/usb_gadget/mwan-phone";
};

}  // namespace mwan::vm
