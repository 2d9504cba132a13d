// SPDX-License-Identifier: LGPL-2.1-or-later
// The stand-in for an IPFire box with a PPPoE line: the kernel's drivers, pppd on both ends. Only
// in the guest of tests/vm: the machine's own /etc/ppp holds what the provider's pppd asks for.
#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* password = "correct-horse";

std::vector<pid_t> processes_of(const NetNs& netns) {
  struct stat ours {};
  ::fstat(netns.fd(), &ours);
  std::vector<pid_t> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    struct stat theirs {};
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 1 || ::stat((entry.path() / "ns/net").c_str(), &theirs) != 0) continue;
    if (theirs.st_ino == ours.st_ino) out.push_back(pid);
  }
  return out;
}

}  // namespace

void IpfireLab::boot_pppoe() {
  if (::access("/run/mwan-vm", F_OK) != 0) GTEST_SKIP() << "needs the virtual machine";
  REQUIRE_OK(run(nullptr, {"modprobe", "-a", "ppp_generic", "pppoe"}, 180s));
  REQUIRE_OK(
      write_file("/etc/ppp/chap-secrets", fmt::format("\"customer\" * \"{}\" *\n", password)));
  serve_pppoe();
  REQUIRE_OK(ip(server(), "route add 10.64.0.0/24 via 198.18.1.1"));
  REQUIRE_OK(write_file(folder() / "ipfire/ppp/settings",
                        fmt::format("TYPE=pppoe\nUSERNAME=customer\nPASSWORD={}\nMTU=1492\n"
                                    "MRU=1492\nAUTH=pap-or-chap\nMAXRETRIES=5\nHOLDOFF=30\n",
                                    password)));
  const fs::path secrets = folder() / "ipfire/ppp/secrets";
  REQUIRE_OK(write_file(secrets, fmt::format("'customer' * '{}'\n", password)));
  ::chmod(secrets.c_str(), S_IRUSR | S_IWUSR);
  // A folder of the box's own in place of the machine's.
  fs::copy(MWAN_IPFIRE_BOX "/ppp", folder() / "ppp");
  REQUIRE_OK(write_file(folder() / "ppp/options", ""));
  for (const char* one : {"pap-secrets", "chap-secrets"}) {
    fs::create_symlink("/var/ipfire/ppp/secrets", folder() / "ppp" / one);
  }
  REQUIRE_OK(on_box({"mount", "--bind", folder() / "ppp", "/etc/ppp"}));
}

// The same address for whoever dials: what RED is does not change with the session.
void IpfireLab::serve_pppoe() {
  REQUIRE_OK(write_file(folder() / "pppoe-server-options",
                        "require-chap\nms-dns 10.64.0.53\nlcp-echo-interval 2\n"
                        "lcp-echo-failure 3\nnoccp\nnoipv6\nname provider\n"
                        "ip-up-script /bin/true\nip-down-script /bin/true\n"));
  std::string pool;
  for (int session = 0; session < 8; ++session) pool += "10.64.0.100\n";
  REQUIRE_OK(write_file(folder() / "pppoe-server-pool", pool));
  auto started = Process::start(
      {{"/usr/sbin/pppoe-server", "-F", "-I", "cpe0", "-C", "mwan-lab", "-L", "10.64.0.1", "-p",
        folder() / "pppoe-server-pool", "-O", folder() / "pppoe-server-options"},
       &provider(1),
       folder() / "pppoe-server.log",
       folder() / "pppoe-server.log"});
  REQUIRE_OK(started);
  pppoe_server_ = std::move(*started);
}

void IpfireLab::kill_pppoe_server() {
  pppoe_server_.signal(SIGKILL);
  static_cast<void>(pppoe_server_.wait(30s));
  // Its sessions are nobody's children.
  for (const pid_t pid : processes_of(provider(1))) ::kill(pid, SIGKILL);
}

}  // namespace mwan::lab
