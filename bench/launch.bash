# SPDX-License-Identifier: Apache-2.0
# Read by launchers, not run: builds what is missing or stale, and leaves java, class_path and scratch set. A launcher
# sets before:
#   program   its name, for messages
#   root      the top of the project

launch=$root/bench/target/launch    # java on the first line, class path on the second

# Whether the build is as new as the sources and nothing it made has gone since. Directories count
# as sources: a deleted file is seen by the time of its directory.
fresh() {
    [[ -f $launch ]] || return 1
    [[ -z $(find "$root"/pom.xml "$root"/{engine,iotests,bench}/{pom.xml,src/main} \
        -newer "$launch" -print -quit) ]] || return 1
    local file files
    IFS=: read -r -d '' -a files < <(tr '\n' : < "$launch") || true
    for file in "${files[@]}"; do
        [[ -e $file ]] || return 1
    done
}

if ! fresh; then
    echo "$program: building" >&2
    if ! command -v mvn >/dev/null; then
        echo "$program: mvn not found: install Maven 3.6.3 or newer" >&2
        exit 2
    fi
    if ! mvn -q -B -ntp -f "$root/pom.xml" -pl bench -am process-classes >&2; then
        echo "$program: build failed: see above" >&2
        exit 2
    fi
fi

{ read -r java; read -r class_path; } < "$launch"
scratch=${MIRRORCHECK_SCRATCH:-}
if [[ -z $scratch ]]; then
    scratch=$root/bench/target/scratch
    mkdir -p "$scratch"
elif [[ ! -d $scratch ]]; then
    echo "$program: scratch $scratch: no such directory; MIRRORCHECK_SCRATCH names it" >&2
    exit 2
fi
