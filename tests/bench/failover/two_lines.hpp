// SPDX-License-Identifier: LGPL-2.1-or-later
// Where all contenders compete: a client behind a router with two wired lines, which only the
// router manages.
//
//   client --- lan0 router eth1 --- first provider ---- server
//                          eth2 --- second provider ---'
//
// Addresses are those set aside for documentation, benchmarks and private use.
#pragma once

#include <string>

#include "hal/error.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::bench {

inline constexpr const char* first_device = "eth1";
inline constexpr const char* second_device = "eth2";
inline constexpr const char* first_address = "203.0.113.2/30";
inline constexpr const char* second_address = "203.0.113.6/30";
inline constexpr const char* first_gateway = "203.0.113.1";
inline constexpr const char* second_gateway = "203.0.113.5";
// What the contenders may ask whether a line works. The first is the one of who asks only one.
inline constexpr const char* target_address = "198.51.100.10";
inline constexpr const char* more_targets = "198.51.100.11,198.51.100.12";
// The server's name server, where one is wanted, and what it knows.
inline constexpr const char* dns_address = "198.51.100.12";
inline constexpr const char* dns_name = "bench.example";
// Asked by nobody: who is served here are the client's applications.
inline constexpr const char* service_address = "198.51.100.20";

class TwoLines {
 public:
  // The router forwards and filters reverse paths strictly. Its two devices are up and have neither
  // address nor route nor NAT.
  static Result<TwoLines> build();

  [[nodiscard]] const lab::NetNs& client() const { return client_; }
  [[nodiscard]] const lab::NetNs& router() const { return router_; }
  [[nodiscard]] const lab::NetNs& first() const { return first_; }
  [[nodiscard]] const lab::NetNs& second() const { return second_; }
  [[nodiscard]] const lab::NetNs& server() const { return server_; }

  // The first line's card and cable, which were removed ("link del cpe0" at the provider).
  [[nodiscard]] Status plug_first() const;
  // What a contender leaves to others: masquerading on both lines.
  [[nodiscard]] Status masquerade() const;
  // And, where it does not do that either, the addresses.
  [[nodiscard]] Status give_addresses() const;

 private:
  TwoLines(lab::NetNs client, lab::NetNs router, lab::NetNs first, lab::NetNs second,
           lab::NetNs server);
  [[nodiscard]] Status set_up() const;

  lab::NetNs client_;
  lab::NetNs router_;
  lab::NetNs first_;
  lab::NetNs second_;
  lab::NetNs server_;
};

// nft with one command, which is one transaction.
Status nft(const lab::NetNs& netns, const std::string& command);

}  // namespace mwan::bench
