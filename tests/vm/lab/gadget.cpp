// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/gadget.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;

const fs::path kGadgets = "/sys/kernel/config/usb_gadget";

// One write, as attributes want it; the kernel's refusal is its errno.
Status set(const fs::path& attribute, const std::string& value) {
  const UniqueFd file(::open(attribute.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), value.data(), value.size()) < 0) {
    return lab::system_failure("writing '" + value + "' to " + attribute.string());
  }
  return {};
}

std::string first_line(const fs::path& file) {
  std::string line;
  std::ifstream in(file);
  std::getline(in, line);
  return line;
}

std::set<std::string> names_of(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.insert(at->path().filename().string());
  }
  return names;
}

// A socket of the emulated bus that nothing is plugged into.
std::optional<std::string> free_socket() {
  std::set<std::string> sockets = names_of("/sys/class/udc");
  for (const auto& gadget : names_of(kGadgets))
    sockets.erase(first_line(kGadgets / gadget / "UDC"));
  return sockets.empty() ? std::nullopt : std::optional(*sockets.begin());
}

}  // namespace

std::string_view name_of(NetFunction function) {
  switch (function) {
    case NetFunction::Rndis:
      return "rndis";
    case NetFunction::Ecm:
      return "ecm";
    case NetFunction::Ncm:
      return "ncm";
  }
  return "";
}

std::string_view host_driver(NetFunction function) {
  switch (function) {
    case NetFunction::Rndis:
      return "rndis_host";
    case NetFunction::Ecm:
      return "cdc_ether";
    case NetFunction::Ncm:
      return "cdc_ncm";
  }
  return "";
}

Result<Gadget> Gadget::create(GadgetPlan plan) {
  // The number of its sockets is on the guest's kernel command line.
  auto loaded =
      lab::run(nullptr, {"modprobe", "-a", "dummy_hcd", "libcomposite"}, std::chrono::seconds(180));
  if (!loaded) return failed(loaded.error());
  const fs::path folder = kGadgets / plan.serial;
  std::error_code error;
  if (!fs::create_directory(folder, error)) {
    return lab::system_failure("making the gadget " + folder.string(),
                               error ? error.value() : EEXIST);
  }
  Gadget gadget(std::move(plan), folder);
  if (auto filled = gadget.fill(); !filled) return failed(filled.error());
  return gadget;
}

Status Gadget::fill() {
  const fs::path strings = folder_ / "strings/0x409";
  const fs::path function = folder_ / "functions" / (std::string(name_of(plan_.function)) + ".net");
  const fs::path config = folder_ / "configs/c.1";
  for (const auto& folder : {strings, function, config}) {
    std::error_code error;
    if (!fs::create_directory(folder, error)) {
      return lab::system_failure("making " + folder.string(), error.value());
    }
  }
  Status done = set(folder_ / "idVendor", "0x" + plan_.vendor_id);
  const auto then = [&done](const fs::path& attribute, const std::string& value) {
    if (done) done = set(attribute, value);
  };
  then(folder_ / "idProduct", "0x" + plan_.product_id);
  then(strings / "serialnumber", plan_.serial);
  then(strings / "product", plan_.product);
  then(strings / "manufacturer", "MWAN");
  then(function / "host_addr", plan_.host_address);
  then(function / "dev_addr", plan_.gadget_address);
  if (plan_.function == NetFunction::Rndis) {
    // "Wireless controller, RF, RNDIS", as phones say of themselves.
    then(function / "class", "e0");
    then(function / "subclass", "01");
    then(function / "protocol", "03");
  }
  if (!done) return done;
  std::error_code error;
  fs::create_directory_symlink(function, config / "net", error);
  if (error) return lab::system_failure("the function of " + folder_.string(), error.value());
  // Its own network device is made when it is first plugged in, and stays. For so short a time the
  // bus takes no notice (a hub waits 100 ms for contacts to settle).
  const auto shown = plug();
  return shown ? unplug() : shown;
}

Gadget::Gadget(Gadget&& other) noexcept
    : plan_(std::move(other.plan_)),
      folder_(std::exchange(other.folder_, {})),
      plugged_(std::exchange(other.plugged_, false)) {}

Gadget& Gadget::operator=(Gadget&& other) noexcept {
  std::swap(plan_, other.plan_);
  std::swap(folder_, other.folder_);
  std::swap(plugged_, other.plugged_);
  return *this;
}

Gadget::~Gadget() { remove(); }

Status Gadget::plug() {
  if (plugged_) return {};
  const auto socket = free_socket();
  if (!socket) {
    return failed(FailureClass::Permanent, plan_.serial, "the emulated bus has no free socket");
  }
  auto done = set(folder_ / "UDC", *socket);
  plugged_ = done.has_value();
  return done;
}

Status Gadget::unplug() {
  if (!std::exchange(plugged_, false)) return {};
  return set(folder_ / "UDC", "\n");
}

// Against the order in which it was made; configfs removes what it made itself.
void Gadget::remove() {
  if (folder_.empty()) return;
  const auto unplugged = unplug();
  static_cast<void>(unplugged);  // when it is gone already, that is all right
  std::error_code ignored;
  fs::remove(folder_ / "configs/c.1/net", ignored);
  for (const char* part : {"configs/c.1", "strings/0x409"}) fs::remove(folder_ / part, ignored);
  for (const auto& name : names_of(folder_ / "functions")) {
    fs::remove(folder_ / "functions" / name, ignored);
  }
  fs::remove(folder_, ignored);
}

std::optional<std::string> device_with_address(const std::string& address) {
  for (const auto& name : names_of("/sys/class/net")) {
    if (first_line(fs::path("/sys/class/net") / name / "address") == address) return name;
  }
  return std::nullopt;
}

}  // namespace mwan::vm
