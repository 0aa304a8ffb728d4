# shellcheck shell=bash
# services - the two servers as processes: started in their own session, known by build/run/*.pid,
# ready when /readyz says so.

ready_deadline_s=60
stop_deadline_s=15

# service_mark NAME - a variable in the environment of our processes. A process id alone could be
# left from before a crash, or come from a copy of this folder.
service_mark() {
    printf 'SAGA_DEV=%s/%s\n' "$root" "$1"
}

service_pid() {
    local pid
    { read -r pid <"$run_dir/$1.pid"; } 2>/dev/null || return 1
    grep --quiet --null-data --line-regexp --fixed-strings "$(service_mark "$1")" \
        "/proc/$pid/environ" 2>/dev/null || return 1
    printf '%s\n' "$pid"
}

# variable_of NAME VARIABLE - what the running service was started with; nothing where it was not set.
variable_of() {
    local pid
    pid=$(service_pid "$1") || return 0
    sed --null-data --quiet "s/^$2=//p" "/proc/$pid/environ" | tr -d '\0'
}

# settings_of PID - NAME=DEFAULT of each setting of the running service that `up` passes through.
settings_of() {
    env --ignore-environment "/proc/$1/exe" --check-config 2>/dev/null |
        sed -nE 's/^  ([A-Z_]+) +default +(.*)$/\1=\2/p' |
        grep -vE '^(DATABASE_URL|LISTEN|PAYMENT_SERVICE_URL)='
}

# ignored_settings NAME - the variables of this call that the running service was not started with.
ignored_settings() {
    local pid variable default entry
    pid=$(service_pid "$1") || return 0
    while IFS='=' read -r variable default; do
        [ -n "${!variable+set}" ] || continue
        entry=$(grep --null-data "^$variable=" "/proc/$pid/environ" | tr -d '\0') || entry="=$default"
        [ "${!variable}" = "${entry#*=}" ] || printf '%s (%s-service)\n' "$variable" "$1"
    done < <(settings_of "$pid")
}

# report_ignored - after load_ports, before anything is started: what only a start would bring about.
report_ignored() {
    local name ignored
    ignored=$(ignored_ports && for name in "${service_names[@]}"; do ignored_settings "$name"; done)
    if [ -n "$ignored" ]; then
        say "Settings of this call that are not in effect: ${ignored//$'\n'/, }; ./dev down first"
    fi
}

service_ready() {
    curl --silent --fail --noproxy '*' --max-time 1 --output /dev/null \
        "http://127.0.0.1:${service_port[$1]}/readyz"
}

start_service() {
    local name=$1 pid log=$run_dir/$1.log
    local settings=("$(service_mark "$name")" "DATABASE_URL=$(database_url "$name")"
        "LISTEN=0.0.0.0:${service_port[$name]}" "LOG_FORMAT=${LOG_FORMAT:-text}"
        "DEMO=${DEMO:-on}")
    if service_pid "$name" >/dev/null; then
        return
    fi
    if [ "$name" = order ]; then
        settings+=("PAYMENT_SERVICE_URL=http://127.0.0.1:${service_port[payment]}")
        # Both services get the same AUTH_TOKEN, whose first token is the one to send.
        [ -z "${AUTH_TOKEN-}" ] || settings+=("PAYMENT_AUTH_TOKEN=${PAYMENT_AUTH_TOKEN:-${AUTH_TOKEN%%,*}}")
    fi
    say "Starting $name-service on port ${service_port[$name]}"
    if [ -s "$log" ]; then
        mv -f "$log" "$log.1"
    fi
    # Its own session: Ctrl-C reaches only ./dev, which stops things in order.
    setsid env "${settings[@]}" "$root/build/dev/services/$name/$name-service" \
        >"$log" 2>&1 </dev/null {lock_fd}>&- {stdout_fd}>&- {stderr_fd}>&- &
    pid=$!
    disown "$pid" # or the shell comments on its end
    printf '%s\n' "$pid" >"$run_dir/$name.pid"
    # Until then the new process is still a copy of this shell.
    until service_pid "$name" >/dev/null || ! kill -0 "$pid" 2>/dev/null; do
        sleep 0.02
    done
}

await_ready() {
    local deadline=$((SECONDS + ready_deadline_s))
    until service_ready "$1"; do
        if ! service_pid "$1" >/dev/null; then
            show_tail "$run_dir/$1.log"
            fail "$1-service ended while starting" "The reason is above, or in build/run/$1.log."
        fi
        if [ "$SECONDS" -ge "$deadline" ]; then
            show_tail "$run_dir/$1.log"
            fail "$1-service was not ready within $ready_deadline_s s" \
                "Its /readyz waits for the database: see build/run/$1.log and build/postgres/$1.log."
        fi
        sleep 0.1
    done
}

# follow_log NAME - copies the log to stdout in the background, each line with the service's name,
# until the service has ended.
follow_log() {
    local pid
    pid=$(service_pid "$1") || return 0
    setsid tail --lines=+1 --follow --sleep-interval=0.1 --pid="$pid" "$run_dir/$1.log" 2>/dev/null |
        setsid sed --unbuffered "s/^/$(printf '%-7s' "$1") | /" &
}

# signal_service SIGNAL PID - which may have ended in the meantime.
signal_service() {
    kill -s "$1" "$2" 2>/dev/null || return 0
}

stop_service() {
    local pid deadline=$((SECONDS + stop_deadline_s))
    if pid=$(service_pid "$1"); then
        say "Stopping $1-service"
        # CONT: a process halted by SIGSTOP would never see the TERM.
        signal_service TERM "$pid"
        signal_service CONT "$pid"
        while service_pid "$1" >/dev/null; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                report "$1-service did not end within $stop_deadline_s s: killing it" \
                    "See build/run/$1.log."
                signal_service KILL "$pid"
                deadline=$((SECONDS + stop_deadline_s))
            fi
            sleep 0.05
        done
    fi
    rm -f "$run_dir/$1.pid"
}
