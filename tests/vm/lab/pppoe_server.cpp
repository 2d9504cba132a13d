// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/pppoe_server.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/process/process_table.hpp"
#include "tests/lab/clock.hpp"
#include "tests/vm/lab/netem.hpp"

namespace mwan::vm {

using namespace std::chrono_literals;

Result<PppoeServer> PppoeServer::create(PppoePlan plan) {
  auto loaded = lab::run(nullptr, {"modprobe", "-a", "pppoe", "ppp_async"}, 180s);
  if (!loaded) return failed(loaded.error());
  auto cable = Cable::create({.near = plan.near, .address = "02:00:5e:00:53:21"});
  if (!cable) return failed(cable.error());
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  const std::string secret = fmt::format("\"{}\" * \"{}\" *\n", plan.user, plan.password);
  const std::string options = fmt::format(
      "auth\nrequire-chap\nlcp-echo-interval 2\nlcp-echo-failure 3\nms-dns {}\nnodefaultroute\n"
      "noccp\nktune\nlogfile {}\n{}",
      kPppoeDns, (folder->path() / "pppd.log").string(), plan.options);
  PppoeServer server(std::move(plan), std::move(*cable), std::move(*folder));
  for (const char* file : {"/etc/ppp/chap-secrets", "/etc/ppp/pap-secrets"}) {
    if (auto done = lab::write_file(file, secret); !done) return failed(done.error());
    std::filesystem::permissions(file, std::filesystem::perms(0600));
  }
  if (auto done = lab::write_file(server.folder_.path() / "options", options); !done) {
    return failed(done.error());
  }
  if (auto done = lab::ip(server.netns(), fmt::format("addr add {}/32 dev lo", kPppoeInternet));
      !done) {
    return failed(done.error());
  }
  if (auto done = server.cable_.plug(); !done) return failed(done.error());
  if (auto up = lab::run(nullptr, {"ip", "link", "set", server.plan_.near, "up"}); !up) {
    return failed(up.error());
  }
  return server;
}

PppoeServer::~PppoeServer() { stop(); }

Status PppoeServer::start() {
  stop();
  const auto out = folder_.path() / "server.log";
  auto started = lab::Process::start(
      {{"pppoe-server", "-F", "-I", "lan", "-C", "mwan-lab", "-L", kPppoeServerAddress, "-R",
        kPppoeFirstCustomer, "-N", "8", "-O", (folder_.path() / "options").string()},
       &netns(),
       out,
       out});
  if (!started) return failed(started.error());
  server_ = std::move(*started);
  // It answers when it holds its packet socket.
  const bool ready = lab::wait_until(60s, [&] {
    if (!server_.running()) return true;
    const auto sockets = lab::run(&netns(), {"cat", "/proc/net/packet"});
    return sockets && std::count(sockets->begin(), sockets->end(), '\n') > 1;
  });
  if (ready && server_.running()) return {};
  return failed(FailureClass::Permanent, "pppoe-server did not start", lab::read_file(out));
}

void PppoeServer::stop() {
  server_.stop(10s);
  server_ = {};
  // Its pppds are told to end as it ends, and take their time over it: each says goodbye three
  // times to whoever does not answer. One whose session had only begun was not told.
  for (const pid_t pid : sessions()) {
    if (lab::read_file(fmt::format("/proc/{}/comm", pid)) == "pppd\n") ::kill(pid, SIGTERM);
  }
  const auto none_left = [this] { return sessions().empty(); };
  if (lab::wait_until(20s, none_left)) return;
  lab::wait_until(20s, [&] {
    for (const pid_t pid : sessions()) ::kill(pid, SIGKILL);
    return none_left();
  });
}

// pppd leads a group of its own, and its parent is gone: they are known by where they live.
std::vector<pid_t> PppoeServer::sessions() const {
  std::vector<pid_t> out;
  struct stat here {};
  if (netns().fd() < 0 || ::fstat(netns().fd(), &here) != 0) return out;  // moved from
  for (const pid_t pid : process_ids()) {
    const auto process = process_stat(pid);
    // Children are somebody's lab::Process.
    if (!process || pid == ::getpid() || process->parent == ::getpid()) continue;
    struct stat there {};
    if (::stat(fmt::format("/proc/{}/ns/net", pid).c_str(), &there) != 0) continue;
    if (there.st_dev == here.st_dev && there.st_ino == here.st_ino) out.push_back(pid);
  }
  return out;
}

Status PppoeServer::cut(bool cut) {
  if (!cut) {
    auto mended = mend_line(&netns(), "far");
    return mended ? mend_line(nullptr, plan_.near) : mended;
  }
  BadLine dead;
  dead.loss_percent = 100;
  auto done = set_line(&netns(), "far", dead);
  return done ? set_line(nullptr, plan_.near, dead) : done;
}

std::string PppoeServer::log() const { return lab::read_file(folder_.path() / "pppd.log"); }

}  // namespace mwan::vm
