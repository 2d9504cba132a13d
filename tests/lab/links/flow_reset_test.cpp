// SPDX-License-Identifier: LGPL-2.1-or-later
// TCP connections of the LAN when the link under them changes: real sockets through the real
// daemon's NAT.
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/links/operate_lab.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint16_t port = 7000;

sockaddr_in endpoint(const char* address) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &out.sin_addr);
  return out;
}

// Gives back what it is sent, on every address of a provider.
class EchoServer {
 public:
  explicit EchoServer(const NetNs& netns) {
    EXPECT_OK(netns.inside([this]() -> Status {
      listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const sockaddr_in any = endpoint("0.0.0.0");
      if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 ||
          ::listen(listener_.get(), 16) != 0) {
        return failed(FailureClass::Permanent, "echo server", std::strerror(errno));
      }
      return {};
    }));
    thread_ = std::thread([this] { serve(); });
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  ~EchoServer() {
    over_ = true;
    thread_.join();
  }

 private:
  void serve() {
    std::vector<UniqueFd> visitors;
    while (!over_) {
      std::vector<pollfd> ready = {{listener_.get(), POLLIN, 0}};
      for (const UniqueFd& fd : visitors) ready.push_back({fd.get(), POLLIN, 0});
      if (::poll(ready.data(), ready.size(), 50) <= 0) continue;
      for (std::size_t i = 1; i < ready.size(); ++i) {
        if (ready[i].revents == 0) continue;
        std::string text(4096, '\0');
        const ssize_t got = ::recv(ready[i].fd, text.data(), text.size(), MSG_DONTWAIT);
        if (got > 0) {
          ::send(ready[i].fd, text.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
        } else if (got == 0 || errno != EAGAIN) {
          visitors[i - 1].reset();
        }
      }
      std::erase_if(visitors, [](const UniqueFd& fd) { return !fd; });
      UniqueFd visitor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (visitor) visitors.push_back(std::move(visitor));
    }
  }
  UniqueFd listener_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

class FlowReset : public OperateLab {
 protected:
  void SetUp() override {
    OperateLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const int number : {1, 2}) {
      servers_.push_back(std::make_unique<EchoServer>(provider(number)));
    }
  }
  void TearDown() override {
    servers_.clear();
    OperateLab::TearDown();
  }

  [[nodiscard]] UniqueFd connect(const char* server = "198.51.100.10") const {
    UniqueFd fd;
    EXPECT_OK(client().inside([&]() -> Status {
      fd = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      const timeval patience{.tv_sec = 10, .tv_usec = 0};
      ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      const sockaddr_in to = endpoint(server);
      if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        return failed(FailureClass::Transient, "connecting", std::strerror(errno));
      }
      return {};
    }));
    return fd;
  }
  // Whether the server gives back what it is told, within seconds.
  static bool talks(const UniqueFd& fd) {
    std::array<char, 4> said{};
    return ::send(fd.get(), "ping", 4, MSG_NOSIGNAL) == 4 &&
           ::recv(fd.get(), said.data(), said.size(), MSG_WAITALL) == 4;
  }
  // errno of the connection's end; nothing when it goes on for so long. A sender says something
  // every 20 ms, and does not listen.
  static std::optional<int> ends(const UniqueFd& fd, bool sends, Duration limit) {
    const Instant end = now() + limit;
    while (now() < end) {
      if (sends && ::send(fd.get(), "more", 4, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
          errno != EAGAIN) {
        return errno == EPIPE ? ECONNRESET : errno;  // a second one after the reset
      }
      pollfd ready{fd.get(), static_cast<short>(sends ? 0 : POLLIN), 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
      return error;
    }
    return std::nullopt;
  }
  // Both an idle and a sending connection end in time, and a new one works.
  void switch_resets(const char* how, const std::function<void()>& change) {
    const UniqueFd idle = connect();
    const UniqueFd busy = connect();
    ASSERT_TRUE(talks(idle));
    ASSERT_TRUE(talks(busy));
    const Instant begun = now();
    std::atomic<std::int64_t> idle_ms = -1;
    std::atomic<std::int64_t> busy_ms = -1;
    std::optional<int> idle_error;
    std::optional<int> busy_error;
    std::thread waiting([&] {
      idle_error = ends(idle, false, 20s);
      idle_ms = to_ms(now() - begun);
    });
    std::thread sending([&] {
      busy_error = ends(busy, true, 20s);
      busy_ms = to_ms(now() - begun);
    });
    change();
    waiting.join();
    sending.join();
    EXPECT_EQ(idle_error, ECONNRESET) << log();
    EXPECT_EQ(busy_error, ECONNRESET) << log();
    const UniqueFd again = connect();
    EXPECT_TRUE(talks(again));
    std::printf(
        "%s: idle reset after %lld ms, sending after %lld ms, talking again after %lld ms\n", how,
        static_cast<long long>(idle_ms), static_cast<long long>(busy_ms),
        static_cast<long long>(to_ms(now() - begun)));
    EXPECT_LT(idle_ms, 5000);
    EXPECT_LT(busy_ms, 5000);
  }

 private:
  std::vector<std::unique_ptr<EchoServer>> servers_;
};

TEST_F(FlowReset, ByHandAndBack) {
  both_good();
  switch_resets("failover by hand", [this] { (void)config_tool({"failover", "wan2"}); });
  switch_resets("failback by hand", [this] { (void)config_tool({"failback"}); });
  stop_daemon();
  EXPECT_EQ(run(&router(), {"nft", "list", "ruleset"}).value_or("?"), "");
}

TEST_F(FlowReset, APulledCable) {
  both_good();
  switch_resets("cable pulled", [this] { EXPECT_OK(provider(1).set_link("cpe0", false)); });
  stop_daemon();
}

TEST_F(FlowReset, FlowsOfAnotherLinkGoOn) {
  both_good();
  REQUIRE_OK(ip(router(), "route replace 198.51.100.20 via 10.2.0.1"));
  const UniqueFd other = connect("198.51.100.20");
  ASSERT_TRUE(talks(other));
  const UniqueFd left = connect();
  ASSERT_TRUE(talks(left));
  (void)config_tool({"failover", "wan2"});
  EXPECT_EQ(ends(left, false, 20s), ECONNRESET);
  EXPECT_EQ(ends(other, false, 500ms), std::nullopt);
  EXPECT_TRUE(talks(other));
  stop_daemon();
}

TEST_F(FlowReset, NotWhereItIsSwitchedOff) {
  write_settings("FAILBACK_STABLE_S=1\nRESET_FLOWS=no\n");
  both_good();
  const UniqueFd idle = connect();
  ASSERT_TRUE(talks(idle));
  (void)config_tool({"failover", "wan2"});
  ASSERT_TRUE(says("default route to wan2"));
  EXPECT_EQ(ends(idle, false, 1s), std::nullopt);
  stop_daemon();
}

}  // namespace
}  // namespace mwan::lab
