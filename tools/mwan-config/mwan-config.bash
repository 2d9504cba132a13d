# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for mwan-config. A test compares the words with the program's own.

_mwan_config() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local global='--config-dir --state-dir --help'
  local command='' words='' word config='' i skip=

  # The command, the words behind it, and whose configuration it is.
  local rest=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $skip ]]; then
      [[ $skip != --config-dir ]] || config=$word
      skip=
    elif [[ $word == --config-dir || $word == --state-dir || $word == --set ||
      $word == --unset || $word == --wait ]]; then
      skip=$word
    elif [[ $word == -* ]]; then
      continue
    elif [[ -z $command || $command == profile ]]; then
      command="${command:+$command }$word"
    else
      rest+=("$word")
    fi
  done
  local options=()
  [[ -z $config ]] || options=(--config-dir "$config")

  case $prev in
    --config-dir | --state-dir)
      mapfile -t COMPREPLY < <(compgen -d -- "$cur")
      return
      ;;
    --set | --unset)
      words=$(_mwan_config_keys "${rest[0]}" "${options[@]}")
      # Of one that is not there yet nobody knows the kind.
      [[ -n $words ]] || words='KIND PRIORITY NETDEV MATCH METERED STANDBY'
      [[ $prev == --unset ]] || compopt -o nospace 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
      return
      ;;
    --wait) return ;;
  esac

  case $command in
    '') words="status failover failback pause resume maintenance reload why log show get set unset
               check install-check profile $global --version" ;;
    status) words="--json --watch $global" ;;
    failover) [[ ${#rest[@]} -gt 0 ]] || words=$(_mwan_config_profiles "${options[@]}") ;;
    maintenance)
      words='on off'
      [[ ${#rest[@]} -gt 0 ]] || words=$(_mwan_config_profiles "${options[@]}")
      ;;
    log) words="--follow $global" ;;
    show) words="settings $(_mwan_config_profiles "${options[@]}")" ;;
    get | set | unset)
      if [[ ${#rest[@]} -eq 0 ]]; then
        words="$(_mwan_config_profiles "${options[@]}")
               $(_mwan_config_keys settings "${options[@]}")"
      elif [[ ${#rest[@]} -eq 1 && ! ${rest[0]} =~ ^[A-Z_]+$ ]]; then
        words=$(_mwan_config_keys "${rest[0]}" "${options[@]}")
      fi
      ;;
    profile) words='list add edit remove test' ;;
    'profile add') words="--set --no-test $global" ;;
    'profile edit' | 'profile remove' | 'profile test')
      if [[ $cur != -* && ${#rest[@]} -eq 0 ]]; then
        words=$(_mwan_config_profiles "${options[@]}")
      else
        case $command in
          *edit) words="--set --unset $global" ;;
          *remove) words="--yes $global" ;;
          *test) words="--wait $global" ;;
        esac
      fi
      ;;
    *) words=$global ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

# The names of profiles.
_mwan_config_profiles() {
  mwan-config "$@" profile list 2>/dev/null | awk 'NR > 1 || NF == 1 { print $1 }'
}

# _mwan_config_keys PROFILE|settings OPTION...: the keys of that file.
_mwan_config_keys() {
  local file=$1
  shift
  mwan-config "$@" show "$file" 2>/dev/null | sed -n 's/^  \([A-Z][A-Z0-9_]*\)=.*/\1/p'
}

complete -F _mwan_config mwan-config
