// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/report_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace mwan {
namespace {

// One datagram and who sent it.
Result<ScriptReport> receive(int socket) {
  const auto refuse = [](std::string why) {
    return failed(FailureClass::Permanent, "a script's report", std::move(why));
  };
  // One byte more than may be: what is cut shows by its length.
  const auto buffer = std::make_unique<std::array<char, ScriptReport::kLongest + 1>>();
  iovec data{.iov_base = buffer->data(), .iov_len = buffer->size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) return failed(FailureClass::Transient, "a script's report", std::strerror(errno));
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET ||
      header->cmsg_type != SCM_CREDENTIALS) {
    return refuse("it does not say who sent it");
  }
  ucred sender{};
  std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
  if (sender.uid != 0 && sender.uid != ::geteuid()) {
    return refuse(fmt::format("it came from user {} (process {})", sender.uid, sender.pid));
  }
  return parse_report(std::span(buffer->data(), static_cast<std::size_t>(size)));
}

}  // namespace

Result<ReportSocket> ReportSocket::open(Loop& loop, const std::filesystem::path& path,
                                        Calls calls) {
  const auto cannot = [&path](const std::string& why) {
    return failed(FailureClass::Permanent, path.string(), why);
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) {
    return cannot(
        fmt::format("the path is too long for a socket; at most {} bytes: use a shorter "
                    "state directory",
                    sizeof address.sun_path - 1));
  }
  text.copy(address.sun_path, sizeof address.sun_path - 1);
  ReportSocket out;
  out.socket_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  if (!out.socket_ ||
      ::setsockopt(out.socket_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
      ::bind(out.socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return cannot(std::strerror(errno));
  }
  out.path_ = path;
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) return cannot(std::strerror(errno));
  const int fd = out.socket_.get();
  out.readable_ = loop.watch(fd, Loop::Readable, [fd, calls = std::move(calls)](unsigned) {
    const auto report = receive(fd);
    if (report) {
      calls.report(*report);
    } else if (report.error().failure == FailureClass::Permanent && calls.refused) {
      calls.refused(report.error().text());
    }
  });
  return out;
}

ReportSocket& ReportSocket::operator=(ReportSocket&& other) noexcept {
  if (this == &other) return *this;
  close();
  path_ = std::exchange(other.path_, {});
  socket_ = std::move(other.socket_);
  readable_ = std::move(other.readable_);
  return *this;
}

void ReportSocket::close() {
  readable_.reset();
  socket_.reset();
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
  path_.clear();
}

}  // namespace mwan
