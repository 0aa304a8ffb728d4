# shellcheck shell=bash
# ports - which port belongs to whom, and who sits on it already.

# shellcheck disable=SC2034 # used in dev
service_names=(order payment)
run_dir=$root/build/run
ports_file=$run_dir/ports

declare -A service_port=([order]=${ORDER_PORT:-8000} [payment]=${PAYMENT_PORT:-8001})
declare -A database_port=([order]=${ORDER_DB_PORT:-5434} [payment]=${PAYMENT_DB_PORT:-5435})

store_ports() {
    printf '%s %s %s %s\n' "${service_port[order]}" "${service_port[payment]}" \
        "${database_port[order]}" "${database_port[payment]}" >"$ports_file"
}

# What runs keeps the ports that it was started with, whatever the variables say now.
load_ports() {
    local order payment order_db payment_db
    if [ -r "$ports_file" ] && anything_runs &&
        read -r order payment order_db payment_db <"$ports_file" && [ -n "$payment_db" ]; then
        service_port=([order]=$order [payment]=$payment)
        database_port=([order]=$order_db [payment]=$payment_db)
    fi
}

# ignored_ports - after load_ports: the variables that ask for other ports than those in use.
ignored_ports() {
    local name variable
    for name in "${service_names[@]}"; do
        variable=${name^^}_PORT
        [ "${!variable:-${service_port[$name]}}" = "${service_port[$name]}" ] ||
            printf '%s\n' "$variable"
        variable=${name^^}_DB_PORT
        [ "${!variable:-${database_port[$name]}}" = "${database_port[$name]}" ] ||
            printf '%s\n' "$variable"
    done
}

anything_runs() {
    local name
    for name in "${service_names[@]}"; do
        if service_pid "$name" >/dev/null || cluster_pid "$name" >/dev/null; then
            return 0
        fi
    done
    return 1
}

# port_listener PORT - says who listens there; fails if nobody does.
port_listener() {
    local port_hex inode pid
    printf -v port_hex '%04X' "$1"
    inode=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v port=":$port_hex\$" '$4 == "0A" && $2 ~ port { print $10; exit }')
    [ -n "$inode" ] || return 1
    pid=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null | head -n 1 | cut -d/ -f3)
    if [ -n "$pid" ]; then
        printf '%s (pid %s)\n' "$(tr '[:cntrl:]' ' ' <"/proc/$pid/cmdline" | cut -c 1-80 | sed 's/ *$//')" "$pid"
    else
        printf 'a process of another user\n'
    fi
}

# check_port VARIABLE PORT - that it is a port; prints a line if it is not free.
check_port() {
    local listener
    if [[ ! $2 =~ ^[0-9]{1,5}$ ]] || [ "$2" -lt 1 ] || [ "$2" -gt 65535 ]; then
        misuse "$1 is '$2', which is not a port" "It takes a number from 1 to 65535."
    fi
    if listener=$(port_listener "$2"); then
        printf '%s=%s %s\n' "$1" "$(($2 > 64535 ? $2 - 1000 : $2 + 1000))" "port $2 is in use by $listener"
    fi
}

# busy_ports - what check_port says of each port; what already runs of ours is on its port rightly.
busy_ports() {
    local name
    for name in "${service_names[@]}"; do
        service_pid "$name" >/dev/null || check_port "${name^^}_PORT" "${service_port[$name]}"
        cluster_pid "$name" >/dev/null || check_port "${name^^}_DB_PORT" "${database_port[$name]}"
    done
}

# Before anything is started.
check_ports() {
    local all busy
    all="${service_port[*]} ${database_port[*]}"
    if [ "$(tr ' ' '\n' <<<"$all" | sort -u | wc -l)" -ne 4 ]; then
        misuse "two of the four ports are the same: $all" \
            "ORDER_PORT, PAYMENT_PORT, ORDER_DB_PORT and PAYMENT_DB_PORT must differ."
    fi
    busy=$(busy_ports) || exit
    if [ -n "$busy" ]; then
        local lines
        mapfile -t lines <<<"$busy"
        local reasons=("${lines[@]#* }")
        fail "${reasons[0]}" "${reasons[@]:1}" \
            "Stop that, or choose other ports:  ${lines[*]%% *} ./dev up"
    fi
}
