package org.tandemopc.bench.world;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTest {
    @Test
    void partsOfTheHeapAreAddedAndWhatIsBesideItIsNot() {
        assertThat(Heap.parse("""
                        4711:
                        DefNew     total 4928K, used 1000K [0x1, 0x2)
                          eden space 4416K,  23% used [0x1, 0x2)
                        Tenured    total 10944K, used 500K [0x1, 0x2)
                         Metaspace       used 9000K, committed 9100K, reserved 10000K
                        """)).isEqualTo(1500);
        assertThat(Heap.parse(
                        " garbage-first heap   total reserved 6160384K, committed 391168K, used 9384K [0x1, 0x2)"))
                .isEqualTo(9384);
    }

    @Test
    void ourOwnHeapIsInUseAndWeHaveThreads() {
        long pid = ProcessHandle.current().pid();

        assertThat(Heap.used(pid)).isGreaterThan(1 << 20);
        assertThat(Heap.threads(pid)).isPositive();
    }
}
