package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.rpc.Principal;

/** A Tandem with two servers of the model, each on an address of its own. */
final class Rig extends TestTandem {
    final ModelServer primary;
    final ModelServer secondary;

    Rig(Mode mode, Path folder) throws IOException {
        this(mode, folder, account -> true);
    }

    /** @param writers which accounts may write */
    Rig(Mode mode, Path folder, Predicate<Principal> writers) throws IOException {
        this(mode, folder, writers, models(false));
    }

    /** Before members of DA 1.0 alone. */
    static Rig ofFirstVersion(Mode mode, Path folder) throws IOException {
        return new Rig(mode, folder, account -> true, models(true));
    }

    private Rig(Mode mode, Path folder, Predicate<Principal> writers, List<ModelServer> models) throws IOException {
        super(mode, folder, models.stream().map(Rig::member).toList(), writers);
        primary = models.getFirst();
        secondary = models.getLast();
    }

    private static List<ModelServer> models(boolean isFirstVersion) throws IOException {
        List<ModelServer> models = List.of(
                new ModelServer(InetAddress.ofLiteral("127.0.0.2"), isFirstVersion),
                new ModelServer(InetAddress.ofLiteral("127.0.0.3"), isFirstVersion));
        List.of("Boiler.Level", "Boiler.Valve", "Line.Speed").forEach(item -> tick(models, item, new Variant.R8(1)));
        return models;
    }

    private static DaPairConfig.Member member(ModelServer server) {
        return new DaPairConfig.Member(server.address(), ModelServer.CLSID, Logins.account());
    }

    /** Both members tell the same change, with the same time. */
    void tick(String item, Variant value) {
        tick(List.of(primary, secondary), item, value);
    }

    private static void tick(List<ModelServer> models, String item, Variant value) {
        FileTime now = FileTime.of(Instant.now());
        models.forEach(model -> model.set(item, value, now));
    }

    @Override
    public void close() throws IOException {
        primary.thaw();
        secondary.thaw();
        super.close();
        primary.close();
        secondary.close();
    }

    /** Calls from a thread of its own. */
    static <X> CompletableFuture<X> inBackground(Callable<X> call) {
        CompletableFuture<X> made = new CompletableFuture<>();
        var unused = Thread.ofVirtual().start(() -> {
            try {
                made.complete(call.call());
            } catch (Exception e) {
                made.completeExceptionally(e);
            }
        });
        return made;
    }
}
