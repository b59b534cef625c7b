# SPDX-License-Identifier: Apache-2.0
# Read by launchers, not run: finds out whether a module is built as its sources stand, builds it if not, and leaves
# java_home set. A launcher sets before:
#   program   its name, for messages
#   root      the top of the project
#   module    what to build; its jar and its note java-home are in $root/$module/target
#   sources   what the build is made from, besides the poms: directories
# and may define built, which is called after waiting for others or building.

target=$root/$module/target
note=$target/java-home
jar=$target/$module-0.1.0.jar

fail() {
    echo "$program: $*" >&2
    exit 2
}

# The build leaves a note: the JDK it found and where the project stood, as old as the beginning of the build.
is_stale() {
    [ -f "$note" ] && [ -f "$jar" ] || return 0
    { read -r java_home && read -r built_at; } < "$note" || return 0
    [ "$built_at" = "$root" ] && [ -x "$java_home/bin/java" ] || return 0
    [ -n "$(find "$root"/pom.xml "$root"/engine/pom.xml "$root/$module"/pom.xml "${sources[@]}" \
        -newer "$note" -print -quit)" ]
}

# A running program shares this lock and a build wants it alone, so that no jar is replaced under a JVM that reads it.
lock() {
    if command -v flock > /dev/null; then
        if ! flock -n "$1" 9; then
            echo "$program: waiting for another $program or build of $root" >&2
            flock "$1" 9
            after_waiting
        fi
    fi
}

after_waiting() {
    if declare -F built > /dev/null; then
        built
    fi
}

maven() {
    mvn -q -B -ntp "$@" -f "$root/pom.xml" -pl "$module" -am -Dmaven.test.skip=true package > "$log" 2>&1 < /dev/null
}

build() {
    command -v mvn > /dev/null || fail "mvn not found: building needs Maven 3.6.3 or newer on the PATH"
    echo "$program: building $module and what it needs, once until their sources change" >&2
    log=$target/build.log
    if ! maven -o; then
        if grep -qi 'offline\|could not resolve\|not been downloaded' "$log"; then
            maven || explain
        else
            explain
        fi
    fi
    [ -f "$note" ] || fail "the build left no $note; see $log"
    echo "$program: built in $SECONDS s" >&2
    after_waiting
}

explain() {
    local jdk
    jdk=$(sed -n 's/.*(\(this build needs a JDK.*\)) on project.*/\1/p' "$log" | head -n 1)
    [ -z "$jdk" ] || fail "$jdk"
    cat "$log" >&2
    fail "the build failed, see above or $log"
}

# Builds if need be. From here on until the process ends, nobody else does.
ensure_built() {
    mkdir -p "$target" || fail "$target: cannot be made"
    exec 9> "$target/$program.lock" || fail "$target/$program.lock: cannot be written"
    lock -s
    if is_stale; then
        lock -x
        if is_stale; then
            build
        fi
        lock -s
        is_stale && fail "sources changed while they were built: run it again"
    fi
    return 0
}

# Sets aot to the options that make the JVM start from the cache of a training run, if there is one.
find_aot() {
    aot=()
    if [ -f "$1" ]; then
        aot=(-XX:AOTCache="$1" -Xlog:aot=off -Xlog:cds=off)
    fi
}
