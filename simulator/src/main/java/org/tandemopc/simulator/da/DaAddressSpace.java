package org.tandemopc.simulator.da;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tree of items that clients browse: the parts of the ids are its branches. Immutable. */
final class DaAddressSpace {
    static final char DELIMITER = '.';

    /** The id of the root. */
    static final String ROOT = "";

    private final Map<String, DaItem> items;

    /** The children of each branch, in the order of the items. */
    private final Map<String, List<Node>> branches;

    /**
     * A branch, an item, or both.
     *
     * @param name within its branch
     */
    record Node(String name, String id, boolean isBranch, Optional<DaItem> item) {}

    private DaAddressSpace(Map<String, DaItem> items, Map<String, List<Node>> branches) {
        this.items = items;
        this.branches = branches;
    }

    /** @throws IllegalArgumentException an id twice, or with an empty part */
    static DaAddressSpace of(Collection<DaItem> all) {
        Map<String, DaItem> items = new LinkedHashMap<>();
        Map<String, Map<String, String>> names = new LinkedHashMap<>();
        names.put(ROOT, new LinkedHashMap<>());
        for (DaItem item : all) {
            if (items.putIfAbsent(item.id(), item) != null) {
                throw new IllegalArgumentException("item " + item.id() + " twice");
            }
            String parent = ROOT;
            for (String name : item.id().split("\\" + DELIMITER, -1)) {
                if (name.isEmpty()) {
                    throw new IllegalArgumentException("item id \"" + item.id() + "\" has an empty part");
                }
                String id = parent.isEmpty() ? name : parent + DELIMITER + name;
                names.computeIfAbsent(parent, branch -> new LinkedHashMap<>()).put(name, id);
                parent = id;
            }
        }
        Map<String, List<Node>> branches = new LinkedHashMap<>();
        names.forEach((branch, children) -> {
            List<Node> nodes = new ArrayList<>();
            children.forEach((name, id) ->
                    nodes.add(new Node(name, id, names.containsKey(id), Optional.ofNullable(items.get(id)))));
            branches.put(branch, List.copyOf(nodes));
        });
        return new DaAddressSpace(items, branches);
    }

    Optional<DaItem> item(String id) {
        return Optional.ofNullable(items.get(id));
    }

    Collection<DaItem> items() {
        return items.values();
    }

    boolean isBranch(String id) {
        return branches.containsKey(id);
    }

    /** Empty: there is no such branch. */
    List<Node> children(String branch) {
        return branches.getOrDefault(branch, List.of());
    }

    /** The branch above; empty: it is the root. */
    static Optional<String> parent(String id) {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        int end = id.lastIndexOf(DELIMITER);
        return Optional.of(end < 0 ? ROOT : id.substring(0, end));
    }

    static String join(String branch, String name) {
        return branch.isEmpty() ? name : branch + DELIMITER + name;
    }

    /** All items at and below a branch. */
    List<DaItem> below(String branch) {
        String prefix = branch.isEmpty() ? "" : branch + DELIMITER;
        return items.values().stream()
                .filter(item -> item.id().startsWith(prefix))
                .toList();
    }
}
