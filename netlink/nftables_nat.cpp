// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <string_view>

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

class NftablesNat final : public Nat {
 public:
  explicit NftablesNat(nft_ctx* context) : context_(context) {
    nft_ctx_buffer_error(context_);
    nft_ctx_buffer_output(context_);
  }
  NftablesNat(const NftablesNat&) = delete;
  NftablesNat& operator=(const NftablesNat&) = delete;
  ~NftablesNat() override { nft_ctx_free(context_); }

  Status apply(const std::vector<std::string>& netdevs) override {
    if (netdevs.empty()) return remove();
    std::string set;
    for (const std::string& netdev : netdevs) {
      if (!quotable(netdev)) {
        return failed(FailureClass::Permanent, where,
                      "a network device has a name that cannot be put into a rule");
      }
      set += (set.empty() ? "\"" : ", \"") + netdev + "\"";
    }
    return run(std::string(replace_table) +
               "table inet mwan {\n"
               "  chain postrouting {\n"
               "    type nat hook postrouting priority srcnat; policy accept;\n"
               "    oifname { " +
               set +
               " } masquerade\n"
               "  }\n"
               "}\n");
  }

  Status remove() override { return run(replace_table); }

 private:
  // Declaring it first makes the deletion work whether it is there or not.
  static constexpr const char* replace_table = "table inet mwan\ndelete table inet mwan\n";

  Status run(const std::string& commands) {
    if (nft_run_cmd_from_buffer(context_, commands.c_str()) == 0) return {};
    std::string why = nft_ctx_get_error_buffer(context_);
    // The first line says it; the others repeat the command.
    why = why.substr(0, why.find('\n'));
    return failed(FailureClass::Transient, where,
                  why + " (are nf_tables and nft_masq in this kernel, and is this run as root?)");
  }

  nft_ctx* context_;
};

}  // namespace

Result<std::unique_ptr<Nat>> make_nftables_nat() {
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  if (context == nullptr) return failed(FailureClass::Transient, where, "out of memory");
  return std::unique_ptr<Nat>(std::make_unique<NftablesNat>(context));
}

}  // namespace mwan::netlink
