package org.tandemopc.it.dcom;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.testkit.process.TestFolder;

/**
 * What tshark, which is no work of ours, makes of recorded traffic. It reads it twice: as it was on the wire, and with the sealed
 * stubs in clear, for tshark 4.0 loses the key stream of NTLM within SPNEGO after the first call and takes rubbish for stubs.
 *
 * @param pdus how many PDUs of RPC it found
 * @param logins how many NTLMv2 responses it found right
 * @param defects frames that it calls malformed, or warns of, with what it says; without {@link #EXPECTED}
 */
record Tshark(int pdus, int logins, List<String> defects) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String MALFORMED = "Malformed";

    /** Of what it calls a warning; notes and chat are below. */
    private static final int WARNING = 0x0060_0000;

    /** What it warns of where all is in order. */
    private static final List<String> EXPECTED = List.of(
            // the tower of a named pipe, which rpcclient asks for, is unknown to it
            "RightHandSide not decoded yet for proto_id",
            // what follows the last parameter: normal ([MS-RPCE] 2.2.2.13, and j-Interop and node-dcom by nature)
            "Long frame");

    static Tshark read(Traffic traffic) {
        try (TestFolder folder = new TestFolder("capture")) {
            Path wire = folder.path().resolve("wire.pcap");
            Path clear = folder.path().resolve("clear.pcap");
            traffic.saveWire(wire);
            traffic.saveClear(clear);
            Tshark first = read(wire, List.of());
            Tshark second = read(clear, List.of("-o", "ntlmssp.nt_password:" + RpcHost.PASSWORD));
            List<String> defects = new ArrayList<>(first.defects());
            defects.addAll(second.defects());
            if (first.pdus() != second.pdus()) {
                defects.add("%d PDUs on the wire, %d in clear".formatted(first.pdus(), second.pdus()));
            }
            return new Tshark(first.pdus(), second.logins(), defects);
        }
    }

    private static Tshark read(Path capture, List<String> options) {
        List<String> command = new ArrayList<>(List.of("tshark", "-r", capture.toString(), "-T", "fields"));
        command.addAll(List.of("-E", "separator=|", "-E", "occurrence=a", "-Y", "tcp.len > 0"));
        for (String field : List.of(
                "frame.number",
                "dcerpc.pkt_type",
                "frame.protocols",
                "_ws.malformed",
                "_ws.expert.severity",
                "_ws.expert.message")) {
            command.addAll(List.of("-e", field));
        }
        command.addAll(options);
        Program run = Program.run(command, PATIENCE);
        if (run.exitCode() != 0) {
            throw new AssertionError(run.toString());
        }
        return judge(
                run.output().lines().filter(line -> line.matches("\\d+\\|.*")).toList());
    }

    private static Tshark judge(List<String> frames) {
        int pdus = 0;
        int logins = 0;
        List<String> defects = new ArrayList<>();
        for (String frame : frames) {
            String[] fields = frame.split("\\|", 6);
            pdus += fields[1].isEmpty() ? 0 : fields[1].split(",").length;
            logins += fields[5].contains("NTLMv2 authenticated") ? 1 : 0;
            if (isDefect(fields)) {
                defects.add(frame);
            }
        }
        return new Tshark(pdus, logins, defects);
    }

    private static boolean isDefect(String[] fields) {
        boolean isDissected = fields[2].contains("dcerpc");
        boolean isMalformed = !fields[3].isEmpty() || fields[5].contains(MALFORMED);
        boolean isWarning = Arrays.stream(fields[4].split(","))
                .filter(severity -> !severity.isEmpty())
                .anyMatch(severity -> Integer.parseInt(severity) >= WARNING);
        boolean isExpected = EXPECTED.stream().anyMatch(fields[5]::contains);
        return !isDissected || isMalformed || (isWarning && !isExpected);
    }
}
