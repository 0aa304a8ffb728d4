# shellcheck shell=bash
# clusters - two private PostgreSQL clusters for development, one per service. They listen on the
# loopback address only and ask for no password; durability is on, as in production.

cluster_owner=

# A clone that user postgres cannot enter, as in /root, has its clusters in postgres' home.
clusters_home() {
    printf '%s/saga-dev-%s\n' "$(getent passwd postgres | cut -d: -f6)" \
        "$(sha256sum <<<"$root" | cut -c 1-12)"
}

# Sets `clusters` to the real folder: the path through the repository may be closed to the owner.
locate_clusters() {
    clusters=$root/build/postgres
    if [ ! -L "$clusters" ]; then
        return
    fi
    local home
    home=$(clusters_home)
    if [ -d "$home" ] && [ "$(readlink "$clusters")" = "$home" ]; then
        clusters=$home
    else
        # It came along with a copied repository and leads to the clusters of the original.
        rm "$clusters"
    fi
}

locate_clusters

# cluster_bin NAME - the programs of the version that created the cluster.
cluster_bin() {
    local version_file=$clusters/$1/PG_VERSION
    if [ -e "$version_file" ]; then
        printf '/usr/lib/postgresql/%s/bin\n' "$(cat "$version_file")"
    else
        postgresql_bin
    fi
}

# cluster_pid NAME - the running postmaster. PostgreSQL's processes live in their data folder.
cluster_pid() {
    local pid
    { read -r pid <"$clusters/$1/postmaster.pid"; } 2>/dev/null || return 1
    [ "/proc/$pid/cwd" -ef "$clusters/$1" ] || return 1
    printf '%s\n' "$pid"
}

anyone_lives_in() {
    local cwd
    for cwd in /proc/[0-9]*/cwd; do
        if [ "$cwd" -ef "$1" ]; then
            return 0
        fi
    done
    return 1
}

database_url() {
    printf 'postgresql://saga@127.0.0.1:%s/%s_db\n' "${database_port[$1]}" "$1"
}

# PostgreSQL refuses to run as root. The caller's folder may be closed to the cluster's owner.
as_cluster_owner() (
    cd /
    if [ "$EUID" -eq 0 ]; then
        exec setpriv --reuid="$cluster_owner" --regid="$(id -g "$cluster_owner")" --init-groups "$@"
    fi
    exec "$@"
)

# find_cluster_owner - the user who owns build/postgres; for root's first run: postgres.
find_cluster_owner() {
    cluster_owner=$(stat --dereference -c %U "$clusters" 2>/dev/null || id -un)
    if [ "$cluster_owner" = root ]; then
        cluster_owner=postgres
    fi
    if [ "$EUID" -ne 0 ] && [ "$cluster_owner" != "$(id -un)" ]; then
        fail "the clusters in build/postgres belong to $cluster_owner, and you are $(id -un)" \
            "Run this as root, or remove build/ (the databases with it) and run it again."
    fi
}

prepare_clusters_folder() {
    local home
    mkdir -p "$clusters"
    find_cluster_owner
    if [ "$EUID" -ne 0 ]; then
        return
    fi
    chown "$cluster_owner" "$clusters"
    if ! as_cluster_owner test -w "$clusters"; then
        home=$(clusters_home)
        rmdir "$clusters" 2>/dev/null ||
            fail "user $cluster_owner cannot enter $root, where its database files are" \
                "Make the path to it passable, or remove build/postgres to begin with empty databases."
        install -d -m 700 -o "$cluster_owner" "$home"
        ln -s "$home" "$clusters"
        clusters=$home
        say "User $cluster_owner cannot enter $root: build/postgres is a link to $home"
    fi
}

create_cluster() {
    local folder=$clusters/$1
    local new=$folder.new log=$clusters/$1.log bin
    bin=$(postgresql_bin)
    say "Creating a PostgreSQL cluster in ${folder#"$root/"}"
    as_cluster_owner rm -rf "$new"
    if ! as_cluster_owner "$bin/initdb" --pgdata="$new" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C --data-checksums 2>&1 | as_cluster_owner tee "$log" >/dev/null; then
        show_tail "$log"
        fail "initdb could not create the cluster of $1-service" "The reason is above."
    fi
    as_cluster_owner tee -a "$new/postgresql.conf" >/dev/null <<'SETTINGS'

# ./dev: reachable from this machine only. No unix socket: its path could be too long.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
# Durability stays on: what the services answer depends on it, and so do the measurements.
fsync = on
synchronous_commit = on
full_page_writes = on
SETTINGS
    as_cluster_owner mv "$new" "$folder"
}

create_database() {
    "$(cluster_bin "$1")/psql" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --output=/dev/null \
        "postgresql://postgres@127.0.0.1:${database_port[$1]}/postgres" <<SQL
SELECT 'CREATE ROLE saga LOGIN'
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'saga') \gexec
SELECT 'CREATE DATABASE $1_db OWNER saga'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$1_db') \gexec
SQL
}

start_cluster() {
    local folder=$clusters/$1 log=$clusters/$1.log bin
    if cluster_pid "$1" >/dev/null; then
        return
    fi
    [ -e "$folder" ] || create_cluster "$1"
    [ "$(stat -c %U "$folder")" = "$cluster_owner" ] ||
        fail "build/postgres/$1 belongs to $(stat -c %U "$folder") instead of $cluster_owner, as after a copy" \
            "Remove build/postgres to begin with empty databases."
    bin=$(cluster_bin "$1")
    [ -x "$bin/pg_ctl" ] || fail "build/postgres/$1 was made by a PostgreSQL whose programs are gone: $bin" \
        "Install that version again, or remove build/postgres/$1 to begin with an empty database."
    # Left by a crash of the machine; its number may belong to any process by now.
    anyone_lives_in "$folder" || rm -f "$folder/postmaster.pid"
    say "Starting PostgreSQL for $1-service on port ${database_port[$1]}"
    if ! as_cluster_owner "$bin/pg_ctl" --pgdata="$folder" --log="$log" --silent --wait --timeout=120 \
        --options="-p ${database_port[$1]}" start {lock_fd}>&- {stdout_fd}>&- {stderr_fd}>&-; then
        show_tail "$log"
        fail "PostgreSQL for $1-service did not start" \
            "The reason is above, the whole log in build/postgres/$1.log."
    fi
    create_database "$1" || fail "could not create the database $1_db" "The reason is above."
}

stop_cluster() {
    cluster_pid "$1" >/dev/null || return 0
    find_cluster_owner
    say "Stopping PostgreSQL of $1-service"
    as_cluster_owner "$(cluster_bin "$1")/pg_ctl" --pgdata="$clusters/$1" --silent --mode=fast \
        --wait --timeout=60 stop ||
        report "PostgreSQL of $1-service did not stop" "See build/postgres/$1.log."
}

# delete_clusters - both databases, their settings and PostgreSQL's logs. They must be stopped.
delete_clusters() {
    local name
    find_cluster_owner
    for name in "${service_names[@]}"; do
        if anyone_lives_in "$clusters/$name"; then
            fail "the PostgreSQL of $name-service still runs: nothing is deleted" \
                "See build/postgres/$name.log."
        fi
    done
    rm -rf "$clusters" "$root/build/postgres"
}
