package org.tandemopc.bench;

/** What a reader of figures has to know. */
final class Texts {
    static final String HEAD = """
            # Benchmarks

            Written by `./bench/run --write`; do not edit.

            ## How to read it
            Compare rows of one table with each other, never figures of two runs or machines: subjects take turns in blocks,
            so that they share what the machine did meanwhile. Figures are median (min..max) over n repetitions. Milliseconds
            are printed and not judged; the targets are ratios of medians. The longest interval before the fault shows
            the noise of the machine with nothing wrong: an interval after it that is no longer cannot be noticed. A `?` says
            that the machine was too busy (PSI cpu some avg10 above 20 % at a repetition of the row) for a maximum or p99
            to mean anything; the start of the server that was hit before is a part of that figure, the PSI of the
            quiet time before the fault has only that time. False alarms are counted, not hidden.

            ## What is measured
            """;

    /** OPC UA: faults, reads, loads. */
    static final String UA = """
            Two simulated servers show the number of the tick in counters, in step with each other; a late server catches up,
            so that a hole is a loss on the way. One client subscribes (publishing as the ticks, queue 1,000) and reads one
            counter every 20 ms. The fault is sent with `kill(2)` from the client's process. Two feeds: **1000x100ms**, 1,000
            counters with ticks of 100 ms, for all that a target is for; **10x10ms**, ten counters with ticks of 10 ms, on
            which a gap of some milliseconds is to be seen, for hot and its bound (`--feeds 10x10ms --subjects ...` for others).

            - **B-F1** kill -9, **B-F2** SIGSTOP, and SIGCONT at least 1 s after the recovery and 1.6 s after the fault; in
              the last repetition of a block (of ten, if not told otherwise) at least 5 s after the fault (not with
              `--ci`). A peer's server goes on in those only, and is else started anew as it hangs.
            - **B-F6** false suspicion, 10x10ms: for 15 s (`--ci`: 4 s) ten threads for each processor use all there is, and every 3 s
              one server or the other stands still (SIGSTOP, SIGCONT) for a random half to double of the status timeout, in
              the same order for each subject. No server fails. What the application notices of it has to be nothing:
              values lost, doubled or reordered, events, failed reads. A **suspicion** is a member that Tandem lost, or an
              event of a peer.
            - The fault waits until nothing has happened for 1.7 s (tandem-cold: 10.5 s, for it connects ever later to members
              that come and go within 10 s, and its pair is not to be one that does) and the standby, if there is one, has the
              items. Tandem is started anew for each block, HAProxy for each repetition. A server that has just been started
              is visited by a client some times (10x10ms: ten, 1000x100ms: three) before it counts, so that no subject is
              measured by how long a fresh JVM takes for its first client.
            - **gap**: from the fault to the first good value of a tick that began after it, of any counter. **lost**: ticks from the quiet
              time before the fault on, of the counter that fared worst; **lost before**: the same before the quiet time, in
              a false alarm (milo-hot: also while its second subscription begins). **doubled**, **reordered**: ticks over
              the whole repetition. **stale**: values with an older source time than one already delivered, after SIGCONT.
            - **events**: sessions lost and found again, subscriptions that ended, as the application is told. **detected**:
              from the fault to Tandem's decision to leave the server; for the others to the first event.
            - **longest interval** between two new values of one counter: in the 1.5 s before the fault (the control) and from the last value
              before the fault to 1.5 s after it, or to the recovery.
            - **age before**: from the start of a tick to the arrival of its value, before the fault.
            - **false alarms**: repetitions in which a peer lost its session or Tandem a member before there was a fault, or in
              which Tandem took the other server for lost too. A peer's are left out of the figures and repeated, a bounded
              number of times: **n** says how many count, of how many that were asked for. Tandem's all count.
            - **n** is smaller in cold mode, where each repetition takes twice as long, and for haproxy and
              tandem-hot-defaults, which are seconds apart from the rest.
            - Targets, ratios of medians of one run: hot, gap at most 1.5 times that of milo-hot, and longest interval after
              to before at most 1.2; warm, gap no longer than that of milo-warm; cold, at most half of that of milo-cold.

            | subject | what it is |
            |--|--|
            | tandem-hot, -warm, -cold | `tandem run`, status interval 50 ms, timeout 100 ms (`--ci`: 250 and 1,000), no failback; a Milo client that knows of nothing |
            | tandem-hot-defaults | the same, hot, with interval 2,500 ms and timeout 1,000 ms |
            | haproxy | HAProxy with a Hello/Acknowledge check (`inter 50ms fastinter 20ms fall 2 rise 2 on-marked-down shutdown-sessions`, second server `backup`); a Milo client that makes its subscription anew when Milo says that it is lost |
            | milo-cold | a Milo client (keep-alive 50 ms, one failure allowed) that connects and subscribes to the other server when its session is lost; it has asked for the endpoints beforehand |
            | milo-warm | the same, connected to both, publishing off at the second; it hands on all that the queues hold, so its doubled values are for the application to drop |
            | milo-hot | the same, subscribed to both, takes the first arrival of each tick: the bound |

            **B-L1**: one Milo client reads 1 and 100 values, one read after the other, directly, through HAProxy and through
            Tandem, in blocks that take turns. A = (p50 Tandem - p50 direct) / (p50 HAProxy - p50 direct), one figure for each
            run; targets: 2.5, secured 3. CPU is that of each process, divided by the reads. p99.9 is that of one run's reads of a
            kind and path (3,000 unless told otherwise: its fourth-slowest), and of reads one after the other: it says how long a
            client waits at worst, not what it would be at a fixed rate.

            **B-T1**: one Milo client always has 32 reads of 1 or 100 values under way, on one way after the other, for 3 s each
            (`--ci`, here and below: 1 s). **failed**: reads without good values. Targets: 0.7 of HAProxy's reads a second
            with 1 value, 0.85 of the direct way's with 100.

            **B-T2**: 200 or 1,000 counters with ticks of 10 ms, one Milo client (publishing 50 ms, queue 100). Through Tandem
            in hot mode, where both members report all values. **lost**: ticks that are missing between those that came. CPU
            is that of each process, of the servers together, divided by the values that the client got. Targets: 1 us in
            Tandem, and 0.99 of the values delivered in time.

            **B-S1**: 10,000 and 100,000 counters (`--ci`: 1,000) with ticks of 1 s, publishing 500 ms; Tandem hot.
            **items made/s** as the client waits for them. **heap**: what the process that keeps them (Tandem, or the server
            where there is none in between) has in use after a collection, less what it had before; a client with 100
            counters has come and gone by then. **gap**: from kill -9 of
            the active server until the item that waits longest has a tick that began after it; up to a tick of 1 s is
            part of it. Target: 1.5 of the Milo server's heap an item.

            **B-S2**: 1,000 sessions (`--ci`: 20) with ten counters each, ticks and publishing of 1 s, come at once, 32 of them
            under way at a time; Tandem warm, with two pairs of the same servers, for a pair takes 500 sessions. Tandem lets
            20 links a second through to each member of a pair, which bounds it. **heap** and **gap** as above, over all
            sessions; **failed** also has sessions that were refused or lost. Target: 64 KB a session.

            """;

    /** How soon Tandem answers after its start. */
    static final String START = """
            **B-U1**: from the making of a process to the first answer of a Read, asked by a client that tries to connect every 2 ms.
            **tandem** is the image of `package/build` with its own Java and trained cache, with a hot pair of two running
            servers, from one of which the value comes, and keys and records of an earlier start. **tandem-no-cache** is the same with
            `-XX:AOTMode=off`. **milo** is the least server that Milo's SDK makes, in the same JDK: one endpoint without security,
            no keys, the nodes of the standard, of which its time is read. They take turns; one start of each does not count.
            Target: half of Milo's median.

            """;

    /** OPC DA. */
    static final String DA = """
            **OPC DA.** The servers are simulated, over DCOM, with ticks in counters as above, and Tandem is a program that
            makes the relay for OPC DA under the service's own runtime and decisions. Our own client
            signs (PKT_INTEGRITY) where nothing else is said. Servers, proxy and callers are processes of their own. What B-F1, B-L1,
            B-S2 and B-T2 are is told with [OPC UA](benchmarks.md).

            **B-D1**: SyncIO.Read of 1 and 100 items from the cache, one read after the other, in blocks that take turns: directly,
            through HAProxy and through Tandem (warm). HAProxy passes octets only; the server behind it tells its clients
            HAProxy's address. At CONNECT Utgard 1.5.0 reads (on j-Interop 2.1.8, which knows no better level without a
            registry), signed and sealed our own client; Tandem calls its members signed, for the sealed ones sealed. A as in
            B-L1; target: 3.

            **B-C4**: calls of our client and of Utgard's, in blocks that take turns on one server, both at CONNECT: one after the other,
            and of 16 callers on one connection, each of whom makes as many (ours on virtual threads, as in Tandem, Utgard's on those of the
            system, which are quicker with it). Of AddItems the call alone is timed. Target: twice Utgard's calls a second, with 16 callers
            twice the more of Utgard's with 16 and with one.

            **B-D2**: 100, 1,000 and 5,000 counters with ticks and rate of 100 ms, OnDataChange to one client of ours,
            directly and through Tandem in hot mode. **lost**: ticks of any counter that the server showed and the
            client never got; what the server showed is known of a client with one counter at it. CPU as in B-T2.

            **B-D3**: 100 counters, ticks and rate 100 ms, hot, status interval 50 ms, timeout 100 ms (`--ci`: 250 and 1,000), no
            failback; one client of ours is told the values and reads one of them every 20 ms. The active server gets kill -9, or SIGSTOP
            and 1.6 s later SIGCONT. **lost** as in B-D2, of both servers; **failed**: reads that failed, and values that are not good;
            gap and intervals as in B-F1. Target: 1.2.

            **B-D4**: 100 clients (`--ci`: 4) with 1,000 items each (100), hot, connected one after the other, ticks and rate 5 s (1 s). **heap**
            as in B-S2, three ticks later, with what waits of the standby; CPU over these ticks.

            """;

    /** The console in a browser. */
    static final String CONSOLE = """
            **The console** runs in Chromium without a window, which draws without a graphics processor and shares the machine with Tandem. It is
            served by `tandem run`; each measurement begins in a browser that has been nowhere yet, with a login. Beside it, in turns, a **static**
            page: as many octets of script and style, all pairs and records in its text, from the JDK's server of files (`jwebserver`), with
            eight lines of script that show the name of a pair that is clicked. No console that has to load, ask and draw can be sooner.
            A **long task** is what Chromium calls so: the page did nothing else for 50 ms or more; 0 where there was none.

            **B-W1**: with no pair, and with 50 pairs (`--ci`: 10) of which one has 30,000 records (3,000), members that are not there. From the
            navigation on: the first contentful paint, until the pairs are there, and until a click on one of them, which comes at once, is answered and
            painted (with no pair: a menu that opens). Target: 4 of the static page.

            **B-W2**: 50 pairs, 30,000 records of one (`--ci` as above). **switching pairs**: from the click to the pair's page being painted, 24 clicks.
            **fetching all**: to the end of the list again and again until all records are there. **scrolling** through them, 450 px a frame, 240
            frames; in the static page they are simply there. **records coming**: 20 a second, 100 of them (20); an answer is the time from the order
            that makes a record until it is painted. **filtering** by a word that one record of a hundred has, typed letter by letter and taken away
            again; an answer is from the last letter to the list. Targets: 100 ms for an answer, from where on people notice that they wait; no task
            of more than 50 ms; 1.5 of the static page's p95 of frame intervals. Judged: every record is shown, and the page meets no error.

            """;

    /** What is a rule and what a target. */
    static final String JUDGED = """
            Judged in every run, with the exit code: nothing lost (hot, warm), doubled, out of order or stale through Tandem; in
            B-F6 nothing noticed at all; in the others no value that is not good, no read and no session refused.
            Targets are printed, and met or missed: [why, and what comes next](benchmarks-missed.md).
            """;

    private Texts() {}
}
