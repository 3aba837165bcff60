package org.tandemopc.relay;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tandemopc.core.config.MemberConfig;

/** A host with one server with one folder with one item; keeps what it was asked. For tests of this and other modules. Any thread. */
public final class FakeDiscovery implements Discovery {
    /** Nobody answers there. */
    private static final String SILENT = "127.0.0.9";

    public final List<String> asked = new CopyOnWriteArrayList<>();

    @Override
    public Servers servers(Place place) throws Failed {
        asked.add("servers " + place.address().getHostAddress() + " " + place.port() + " "
                + place.level().label());
        if (place.host().equals(SILENT)) {
            throw new Failed("Port 135 does not answer.", "Let it in.");
        }
        return new Servers(
                List.of(
                        new Server.Da("Plant.Server.1", "{0}", "Plant", List.of("2.05a", "3.0")),
                        new Server.Ua(
                                "Plant",
                                "urn:plant",
                                List.of(new Endpoint("opc.tcp://a:1", "Basic256Sha256", "Sign", true, false)),
                                List.of("opc.tcp://a:1"))),
                true);
    }

    @Override
    public List<String> hosts(Place place) {
        asked.add("hosts " + place.address().getHostAddress());
        return List.of("station-7");
    }

    @Override
    public Items items(MemberConfig member, List<String> path, String filter, int from) throws Failed {
        asked.add("items " + member.machine() + " " + path + " " + filter + " " + from);
        if (path.contains("nowhere")) {
            throw new Failed("The server has no folder 'nowhere'.", "Browse from the top.");
        }
        return new Items(
                List.of(
                        new Item("Boiler", "Boiler", true, false, Optional.empty()),
                        new Item("Level", "Boiler.Level", false, true, Optional.of("Double"))),
                from == 0 ? OptionalInt.of(2) : OptionalInt.empty());
    }
}
