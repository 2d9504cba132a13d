// SPDX-License-Identifier: LGPL-2.1-or-later
// libnftables is loaded when it is asked for: with what it depends on it would cost every daemon
// about a megabyte of memory, also those that leave NAT to somebody else.
#include <algorithm>
#include <string_view>
#include <type_traits>

#include <dlfcn.h>
#include <fmt/format.h>
#include <nftables/libnftables.h>

#include "netlink/nat.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {
namespace {

constexpr const char* where = "nftables table inet mwan";

// The name goes between quotes into nft's language, where * is a wildcard and \ escapes.
bool quotable(std::string_view name) {
  return valid_netdev_name(name) && name.find_first_of("\"\\*?[]{}$;") == std::string_view::npos &&
         std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// all: the links' quoted names, separated by commas.
std::string ruleset(const std::vector<NatLink>& links, const std::string& all) {
  std::string answers;
  std::string forwarded;
  std::string own;
  for (const auto& [netdev, zone] : links) {
    answers += fmt::format("    iifname \"{}\" ct zone set {}\n", netdev, zone);
    forwarded += fmt::format("    iifname != {{ {} }} fib daddr oifname \"{}\" ct zone set {}\n",
                             all, netdev, zone);
    own += fmt::format("    oifname \"{}\" ct zone set {}\n", netdev, zone);
  }
  return "table inet mwan {\n"
         "  chain prerouting {\n"
         "    type filter hook prerouting priority raw; policy accept;\n" +
         answers + forwarded +
         "  }\n"
         "  chain output {\n"
         "    type filter hook output priority raw; policy accept;\n" +
         own +
         "  }\n"
         "  chain postrouting {\n"
         "    type nat hook postrouting priority srcnat; policy accept;\n"
         "    oifname { " +
         all +
         " } masquerade\n"
         "  }\n"
         "}\n";
}

// What is used of the library, which stays loaded until the program ends.
struct Nft {
  decltype(&nft_ctx_new) make = nullptr;
  decltype(&nft_ctx_free) free = nullptr;
  decltype(&nft_ctx_buffer_error) buffer_error = nullptr;
  decltype(&nft_ctx_buffer_output) buffer_output = nullptr;
  decltype(&nft_ctx_get_error_buffer) errors = nullptr;
  decltype(&nft_run_cmd_from_buffer) run = nullptr;
};

Result<Nft> load_library() {
  constexpr const char* name = "libnftables.so.1";
  void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  Nft out;
  const auto found = [library](auto& function, const char* symbol) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, symbol));
    return function != nullptr;
  };
  if (library != nullptr && found(out.make, "nft_ctx_new") && found(out.free, "nft_ctx_free") &&
      found(out.buffer_error, "nft_ctx_buffer_error") &&
      found(out.buffer_output, "nft_ctx_buffer_output") &&
      found(out.errors, "nft_ctx_get_error_buffer") && found(out.run, "nft_run_cmd_from_buffer")) {
    return out;
  }
  const char* said = dlerror();
  return failed(FailureClass::Permanent, where,
                fmt::format("{} cannot be loaded: {}; install it, or set NAT=none", name,
                            said != nullptr ? said : "it lacks functions"));
}

class NftablesNat final : public Nat {
 public:
  NftablesNat(Nft nft, nft_ctx* context) : nft_(nft), context_(context) {
    nft_.buffer_error(context_);
    nft_.buffer_output(context_);
  }
  NftablesNat(const NftablesNat&) = delete;
  NftablesNat& operator=(const NftablesNat&) = delete;
  ~NftablesNat() override { nft_.free(context_); }

  Status apply(const std::vector<NatLink>& links) override {
    if (links.empty()) return remove();
    std::string all;
    for (const NatLink& link : links) {
      if (!quotable(link.netdev)) {
        return failed(FailureClass::Permanent, where,
                      "a network device has a name that cannot be put into a rule");
      }
      all += (all.empty() ? "\"" : ", \"") + link.netdev + "\"";
    }
    return run(replace_table + ruleset(links, all));
  }

  Status remove() override { return run(replace_table); }

 private:
  // Declaring it first makes the deletion work whether it is there or not.
  inline static const std::string replace_table = "table inet mwan\ndelete table inet mwan\n";

  Status run(const std::string& commands) {
    if (nft_.run(context_, commands.c_str()) == 0) return {};
    std::string why = nft_.errors(context_);
    // The first line says it; the others repeat the command.
    why = why.substr(0, why.find('\n'));
    return failed(FailureClass::Transient, where,
                  why + " (are nf_tables and nft_masq in this kernel, and is this run as root?)");
  }

  Nft nft_;
  nft_ctx* context_;
};

}  // namespace

Result<std::unique_ptr<Nat>> make_nftables_nat() {
  const auto nft = load_library();
  if (!nft) return failed(nft.error());
  nft_ctx* context = nft->make(NFT_CTX_DEFAULT);
  if (context == nullptr) return failed(FailureClass::Transient, where, "out of memory");
  return std::unique_ptr<Nat>(std::make_unique<NftablesNat>(*nft, context));
}

}  // namespace mwan::netlink
