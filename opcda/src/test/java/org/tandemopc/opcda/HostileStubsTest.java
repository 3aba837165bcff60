package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.opcda.Samples.Sample;

/** Whatever comes, a decoder gives a value or refuses, and takes no more memory than a small multiple of what it was given. */
class HostileStubsTest {
    private static final long SEED = Long.getLong("seed", 20_261_130);
    private static final int ROUNDS = 400;

    /** Those with every structure among them: each octet becomes every other. */
    private static final Set<String> WHOLE = Set.of(
            "IOPCServer.AddGroup",
            "IOPCServer.GetStatus",
            "IOPCItemMgt.AddItems",
            "IOPCSyncIO.Read",
            "IOPCSyncIO2.WriteVQT",
            "IOPCDataCallback.OnDataChange",
            "IEnumConnections.Next",
            "IAdviseSink.OnDataChange");

    private static List<Loop.Wire> wires() throws Exception {
        Loop loop = new Loop();
        for (Sample<?> sample : Samples.all()) {
            RoundTripTest.through(loop, sample);
        }
        return loop.wires();
    }

    @Test
    void noStubIsTakenForAnotherOrBreaksADecoder() throws Exception {
        List<Loop.Wire> wires = wires();
        assertThat(wires).hasSizeGreaterThan(100);
        for (Loop.Wire wire : wires) {
            attack(wire.name() + " in", wire.in().toArray(), wire::readIn);
            attack(wire.name() + " out", wire.out().toArray(), wire::readOut);
        }
    }

    @Test
    void everyOctetOfEveryStructureMayBeAnyOther() throws Exception {
        List<Loop.Wire> whole =
                wires().stream().filter(wire -> WHOLE.contains(wire.name())).toList();
        assertThat(whole.stream().map(Loop.Wire::name)).containsAll(WHOLE);
        for (Loop.Wire wire : whole) {
            Hostile.singleChanges(wire.in().toArray(), wire::readIn);
            Hostile.singleChanges(wire.out().toArray(), wire::readOut);
        }
    }

    private static void attack(String name, byte[] octets, Hostile.Decoder decoder) {
        try {
            var prefixes = Hostile.prefixes(octets, decoder);
            var changes = Hostile.randomChanges(octets, decoder, SEED, ROUNDS);
            assertThat(changes.values() + changes.refusals()).isEqualTo(ROUNDS);
            assertThat(prefixes.values() + prefixes.refusals()).isEqualTo(octets.length);
        } catch (AssertionError e) {
            throw new AssertionError(name + ", seed " + SEED, e);
        }
    }
}
