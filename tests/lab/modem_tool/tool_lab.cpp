// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/modem_tool/tool_lab.hpp"

#include <array>
#include <csignal>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/lab_error.hpp"

namespace mwan::lab {

using namespace std::chrono_literals;

bool eventually(const std::function<bool()>& condition, std::chrono::seconds limit) {
  return wait_until(limit, condition);
}

std::string healthy(const std::string& settings, const std::string& steps) {
  return settings +
         "sim-ready-delay=1ms\nregistration-delay=1ms\n"
         "signal lte rsrp=-85 rsrq=-8 sinr=18\n"
         "cells serving pci=101 arfcn=1300 tac=0x1234 ci=0x1A2B301 "
         "neighbour pci=205 rsrp=-99 rsrq=-12\n"
         "registration home\n" +
         steps;
}

Result<std::unique_ptr<NameServer>> NameServer::start(const NetNs& netns,
                                                      const std::string& address) {
  UniqueFd fd;
  const Status bound = netns.inside([&]() -> Status {
    fd = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(53);
    ::inet_pton(AF_INET, address.c_str(), &local.sin_addr);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
      return system_failure("name server " + address);
    }
    return {};
  });
  if (!bound) return failed(bound.error());
  return std::unique_ptr<NameServer>(new NameServer(std::move(fd)));
}

NameServer::NameServer(UniqueFd fd) : fd_(std::move(fd)), thread_([this] { answer(); }) {}

NameServer::~NameServer() {
  ends_ = true;
  thread_.join();
}

void NameServer::answer() {
  while (!ends_) {
    pollfd wait{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    constexpr int kTurnMs = 50;
    if (::poll(&wait, 1, kTurnMs) <= 0) continue;
    std::array<unsigned char, 512> buffer{};
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const ssize_t size = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 12) continue;
    buffer[2] = 0x81;  // an answer, recursion desired
    buffer[3] = 0x83;  // recursion available, NXDOMAIN
    ::sendto(fd_.get(), buffer.data(), static_cast<std::size_t>(size), 0,
             reinterpret_cast<const sockaddr*>(&from), length);
  }
}

void ToolLab::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
  auto router = NetNs::create("router");
  REQUIRE_OK(router);
  router_.emplace(std::move(*router));
  auto far = NetNs::create("operator");
  REQUIRE_OK(far);
  operator_.emplace(std::move(*far));
  auto folder = WorkFolder::temporary();
  REQUIRE_OK(folder);
  folder_.emplace(std::move(*folder));
}

void ToolLab::simulate(const std::string& scenario) {
  end_simulator();
  REQUIRE_OK(write_file(file("scenario.scn"), scenario));
  std::filesystem::remove(file("timeline.jsonl"));
  auto started =
      Process::start({{MWAN_SIMULATOR, "--proxy", "mwan-lab", "--scenario", file("scenario.scn"),
                       "--net", "wwan0", "--operator-net", "lte0", "--operator-netns",
                       operator_->path(), "--stats", file("stats.json")},
                      &*router_,
                      file("timeline.jsonl"),
                      file("simulator.log")});
  REQUIRE_OK(started);
  simulator_ = std::move(*started);
  const auto ready = [this] {
    for (const auto& line : read_json_lines(file("timeline.jsonl"))) {
      if (line.value("step", "") == "ready") return true;
    }
    return false;
  };
  ASSERT_TRUE(eventually(ready)) << read_file(file("simulator.log"));
}

void ToolLab::operator_up() {
  for (const char* command : {"addr add 10.64.0.1/32 dev lte0", "addr add 198.51.100.7/32 dev lte0",
                              "link set lte0 up", "route add default dev lte0"}) {
    REQUIRE_OK(ip(*operator_, command));
  }
}

std::vector<std::string> ToolLab::command_line(std::vector<std::string> arguments) const {
  std::vector<std::string> out = {MWAN_MODEM_TOOL, "--simulated", "--proxy",
                                  "mwan-lab",      "--run-dir",   file("run")};
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

ToolRun ToolLab::run_to_end(const std::vector<std::string>& argv, std::chrono::seconds limit) {
  ToolRun out;
  for (const char* stream : {"tool.out", "tool.err"}) {  // it would be appended to
    std::filesystem::remove(file(stream));
  }
  auto process = Process::start({argv, &*router_, file("tool.out"), file("tool.err")});
  EXPECT_TRUE(process) << process.error().text();
  if (!process) return out;
  const auto status = process->wait(limit);
  if (status && WIFEXITED(*status)) out.code = WEXITSTATUS(*status);
  out.out = read_file(file("tool.out"));
  out.err = read_file(file("tool.err"));
  return out;
}

ToolRun ToolLab::tool(std::vector<std::string> arguments, std::chrono::seconds limit) {
  return run_to_end(command_line(std::move(arguments)), limit);
}

ToolRun ToolLab::tool_with_input(const std::string& input, std::vector<std::string> arguments) {
  EXPECT_TRUE(write_file(file("input"), input));
  std::vector<std::string> argv = {"sh", "-c", "exec \"$@\" <" + file("input").string(), "sh"};
  for (const std::string& one : command_line(std::move(arguments))) argv.push_back(one);
  return run_to_end(argv, 60s);
}

Process ToolLab::start_tool(std::vector<std::string> arguments, const std::string& name) {
  auto process = Process::start(
      {command_line(std::move(arguments)), &*router_, file(name + ".out"), file(name + ".err")});
  EXPECT_TRUE(process) << process.error().text();
  return process ? std::move(*process) : Process();
}

nlohmann::json ToolLab::books() const {
  return nlohmann::json::parse(read_file(file("stats.json")), nullptr, false);
}

void ToolLab::expect_nothing_left() {
  const auto left = [this] {
    const nlohmann::json now = books();
    if (!now.contains("clients") || !now.contains("sessions")) return true;
    if (now["clients"]["open"] != 0 || now["sessions"]["open"] != 0) return true;
    if (!now.contains("mbim")) return false;
    return now["mbim"]["clients"]["open"] != 0 || now["mbim"]["sessions"]["active"] != 0;
  };
  EXPECT_TRUE(eventually([&] { return !left(); }, 10s)) << books().dump(2);
}

std::string ToolLab::in_router(const std::vector<std::string>& argv) const {
  const auto out = run(&*router_, argv);
  return out ? *out : "error: " + out.error().text();
}

}  // namespace mwan::lab
