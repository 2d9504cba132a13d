// SPDX-License-Identifier: LGPL-2.1-or-later
// A web server on the test's own loop that says the same to everybody.
#pragma once

#include <map>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::lab {

class WebServer {
 public:
  // On all addresses of the namespace.
  WebServer(Loop& loop, const NetNs& netns, std::uint16_t port) : loop_(loop) {
    EXPECT_OK(netns.inside([&]() -> Status {
      fd_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      const int on = 1;
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
          ::listen(fd_.get(), 16) != 0) {
        return failed(FailureClass::Permanent, "web server", "cannot listen");
      }
      return {};
    }));
    watch_ = loop_.watch(fd_.get(), Loop::Readable, [this](unsigned) { accept(); });
  }

  void says(std::string response, Duration after = {}) {
    response_ = std::move(response);
    after_ = after;
  }
  static std::string page(const std::string& status, const std::string& headers,
                          const std::string& body) {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
  }
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] const std::string& last_request() const { return last_request_; }

 private:
  struct Visitor {
    UniqueFd fd;
    SourceHandle watch;
    std::string request;
  };
  void accept() {
    const int fd = ::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    Visitor& visitor = visitors_[fd];
    visitor.fd = UniqueFd(fd);
    visitor.watch = loop_.watch(fd, Loop::Readable, [this, fd](unsigned) { read(fd); });
  }
  void read(int fd) {
    Visitor& visitor = visitors_.at(fd);
    std::string buffer(4096, '\0');
    const auto size = ::read(fd, buffer.data(), buffer.size());
    if (size <= 0) {
      visitors_.erase(fd);
      return;
    }
    visitor.request.append(buffer, 0, static_cast<std::size_t>(size));
    if (visitor.request.find("\r\n\r\n") == std::string::npos) return;
    ++requests_;
    last_request_ = visitor.request;
    visitor.watch = loop_.after(after_, [this, fd] {
      EXPECT_GE(::send(fd, response_.data(), response_.size(), MSG_NOSIGNAL), -1);
      visitors_.erase(fd);
    });
  }

  Loop& loop_;
  UniqueFd fd_;
  SourceHandle watch_;
  std::map<int, Visitor> visitors_;
  std::string response_;
  Duration after_{};
  int requests_ = 0;
  std::string last_request_;
};

}  // namespace mwan::lab
