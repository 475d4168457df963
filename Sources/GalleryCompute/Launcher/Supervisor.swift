import Foundation

/// The small process that stands above each worker: it outlives the gallery, ends the worker when its time is over, and
/// writes down how it ended.
enum Supervisor {
    /// Arguments: the folder of the attempt, seconds (0 is without end), seconds between asking and killing, the most bytes of
    /// output, kibibytes of disk and of address space (0 is without limit), the control groups, and the command. In `variables`,
    /// where it is there, lies the worker's environment: it is read once, at the descriptor of that name.
    ///
    /// `begun` decides who was first: the supervisor, or somebody who found nothing and ruled that nothing begins.
    /// `prepare` is what is made beside the worker: a session of its own, so that a request to end is not for it.
    /// `ended` is written into space that was taken beforehand, so that a full disk does not swallow it.
    static let variables = 9

    static let script = #"""
        umask 077
        folder=$1 seconds=$2 grace=$3 most=$4 disk=$5 space=$6 groups=$7
        shift 7
        cd "$folder" || exit 1
        mkdir begun 2>/dev/null || exit 0
        printf '%512s\n' '' > ended.new
        sync ended.new
        started() { read -r line < "/proc/$1/stat"; set -- ${line##*) }; echo "${20}"; }
        echo "$$ $(started $$)" > supervisor.new
        sync supervisor.new
        mv supervisor.new supervisor
        mkfifo pipe
        { stdbuf -o0 head -c "$most"; cat > /dev/null; } < pipe > output &
        drain=$!
        trap : TERM INT HUP
        cd work || exit 1
        (
            for group in $groups; do echo 0 > "$group/cgroup.procs" || exit 126; done
            ulimit -c 0
            [ "$space" -eq 0 ] || ulimit -v "$space"
            [ "$disk" -eq 0 ] || ulimit -f $((disk * 2))
            [ ! -e ../prepare ] || setsid /bin/sh ../prepare > /dev/null 2>&1 < /dev/null &
            if [ -e ../variables ]; then
                exec 9< ../variables
                rm -f ../variables
            fi
            exec setsid "$@"
        ) > ../pipe 2>&1 < /dev/null &
        worker=$!
        cd ..
        echo "$worker" > worker.new
        mv worker.new worker
        members() { for group in $groups; do cat "$group/cgroup.procs" 2>/dev/null; done | sort -u; }
        watches=
        if [ "$seconds" -gt 0 ]; then
            setsid sh -c '
                sleep "$1"; : > late; kill -TERM "-$3" || kill -TERM "$3"
                sleep "$2"; kill -KILL "-$3" || kill -KILL "$3"
            ' watch "$seconds" "$grace" "$worker" > /dev/null 2>&1 < /dev/null &
            watches=$!
        fi
        if [ "$disk" -gt 0 ]; then
            setsid sh -c '
                pause=1
                # What runs before have kept does not count.
                before=$(du -skxD kept 2>/dev/null | tail -n 1 | cut -f 1)
                while sleep "$pause"; do
                    began=$(date +%s)
                    set -- "$1" "$2" $(nice -n 19 du -skxcD work preparation/work ../checkpoints kept 2>/dev/null | tail -n 1)
                    if [ "${3:-0}" -gt "$(($1 + ${before:-0}))" ]; then
                        : > full
                        kill -KILL "-$2" || kill -KILL "$2"
                    fi
                    pause=$((5 + 9 * ($(date +%s) - began)))
                done
            ' watch "$disk" "$worker" > /dev/null 2>&1 < /dev/null &
            watches="$watches $!"
        fi
        wait "$worker"
        code=$?
        while [ "$code" -gt 128 ] && kill -0 "$worker" 2>/dev/null; do wait "$worker"; code=$?; done
        time=$(date +%s%3N)
        for watch in $watches; do kill -KILL "-$watch" 2>/dev/null; done
        kill -KILL "-$worker" 2>/dev/null
        for try in 1 2 3 4 5 6 7 8 9 10; do
            left=$(members)
            [ -n "$left" ] || break
            kill -KILL $left 2>/dev/null
            sleep 0.05
        done
        killed=0
        for group in $groups; do
            for file in memory.events memory.oom_control; do
                [ -r "$group/$file" ] || continue
                count=$(sed -n 's/^oom_kill //p' "$group/$file")
                [ "${count:-0}" -eq 0 ] || killed=1
            done
        done
        set -- $(df -Pk . | tail -n 1)
        free=${4:-}
        case $free in '' | *[!0-9]*) free=-1 ;; esac
        late=0
        [ ! -e late ] || late=1
        full=0
        [ ! -e full ] || full=1
        for try in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$drain" 2>/dev/null || break; sleep 0.02; done
        printf 'end %s %s %s %s %s %s' "$code" "$killed" "$late" "$free" "$time" "$full" 1<> ended.new
        sync ended.new
        mv ended.new ended
        sync .
        for group in $groups; do rmdir "$group" 2>/dev/null; done
        exit 0
        """#
}

extension LaunchEnd {
    /// With less free when a worker fails, it is taken to have failed for that. What is free may be unknown: it is below zero.
    private static let leastFreeKiB: Int64 = 256

    /// As a supervisor wrote it down; nil where that is not whole.
    init?(record: String) {
        let words = record.split { $0 == " " || $0 == "\n" || $0 == "\0" }
        guard words.count >= 6, words[0] == "end", let code = Int32(words[1]), let free = Int64(words[4]),
            let time = Int64(words[5])
        else { return nil }
        let (wasKilled, wasLate, wasFull) = (words[2] == "1", words[3] == "1", words.dropFirst(6).first == "1")
        let cause: Cause =
            if wasLate {
                .timeLimit
            } else if code == 0 {
                .exit(0)
            } else if wasKilled {
                .outOfMemory
            } else if wasFull || (0..<Self.leastFreeKiB).contains(free) || code == 128 + SIGXFSZ {
                .diskFull
            } else if code > 128 {
                .signal(code - 128)
            } else {
                .exit(code)
            }
        self.init(cause, at: Date(timeIntervalSince1970: Double(time) / 1000))
    }
}
