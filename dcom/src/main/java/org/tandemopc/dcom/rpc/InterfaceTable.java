package org.tandemopc.dcom.rpc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The interfaces of a server, asked at each bind: what it finds may change while the server runs. Thread-safe. */
@FunctionalInterface
public interface InterfaceTable {
    /** @return null: not offered, or not in a version that serves this one */
    @Nullable
    RpcInterface find(SyntaxId asked);

    /** What remote management tells of; need not be all. */
    default List<SyntaxId> listed() {
        return List.of();
    }

    static InterfaceTable of(RpcInterface... interfaces) {
        List<RpcInterface> all = List.of(interfaces);
        return new InterfaceTable() {
            @Override
            public @Nullable RpcInterface find(SyntaxId asked) {
                return all.stream()
                        .filter(offered -> offered.syntax().serves(asked))
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public List<SyntaxId> listed() {
                return all.stream().map(RpcInterface::syntax).toList();
            }
        };
    }
}
