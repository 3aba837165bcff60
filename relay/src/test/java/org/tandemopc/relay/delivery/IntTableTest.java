package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntTableTest {
    @ParameterizedTest
    @ValueSource(ints = {8, 100, 5_000})
    void behavesAsAMapWhateverIsPutAndRemoved(int keys) {
        Random random = new Random(keys);
        IntTable<String> table = new IntTable<>();
        Map<Integer, String> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            // Keys a power of two apart meet in one slot more often.
            int key = random.nextInt(keys) << (random.nextInt(2) * 16);
            if (random.nextInt(3) > 0) {
                table.put(key, "v" + step);
                model.put(key, "v" + step);
            } else {
                assertThat(table.remove(key)).isEqualTo(model.remove(key));
            }
            int asked = random.nextInt(keys);
            assertThat(table.get(asked)).isEqualTo(model.get(asked));
        }
        Set<String> all = new HashSet<>();
        table.forEach(all::add);
        assertThat(all).isEqualTo(new HashSet<>(model.values()));
        assertThat(table.size()).isEqualTo(model.size());
    }
}
