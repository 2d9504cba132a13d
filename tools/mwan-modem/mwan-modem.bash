# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for mwan-modem. A test compares the words with the program's own.

_mwan_modem() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local global='--device --json --protocol --proxy --simulated --net --timeout --run-dir --help'
  local wish='--apn --user --password-fd --auth --ip-type --roaming'
  local command='' words word
  local takes_value=' -d --device --protocol --proxy --net --timeout --run-dir --interval --pin-fd
    --apn --user --password-fd --auth --ip-type --duration --target --output '

  case $prev in
    --protocol) words='auto qmi mbim' ;;
    --auth) words='none pap chap' ;;
    --ip-type) words='ipv4 ipv6 ipv4v6' ;;
    --output | --run-dir)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      return
      ;;
    -d | --device)
      words=$(compgen -G '/dev/cdc-wdm*')
      ;;
    --net)
      words=$(compgen -G '/sys/class/net/*')
      words=${words//\/sys\/class\/net\//}
      ;;
    --proxy | --timeout | --interval | --pin-fd | --apn | --user | --password-fd | --duration | --target)
      return
      ;;
  esac
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    return
  fi

  # The command: the first words that are neither options nor their values.
  local i skip=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $skip ]]; then
      skip=
    elif [[ $takes_value == *[[:space:]]"$word"[[:space:]]* ]]; then
      skip=yes
    elif [[ $word != -* ]]; then
      command="${command:+$command }$word"
    fi
  done

  case $command in
    '') words="list info signal cells sim connect disconnect reset record diagnose report
               $global --version" ;;
    signal) words="--watch --full --interval $global" ;;
    sim) words="unlock --mask $global" ;;
    'sim unlock') words="--pin-fd $global" ;;
    connect) words="$wish --apply --default-route $global" ;;
    reset) words="--radio --usb $global" ;;
    record)
      words="--duration $global"
      [[ $cur == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      [[ $cur == -* ]] || return
      ;;
    diagnose) words="--connect $wish --target $global" ;;
    report) words="--output --mask-addresses $global" ;;
    *) words=$global ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _mwan_modem mwan-modem
