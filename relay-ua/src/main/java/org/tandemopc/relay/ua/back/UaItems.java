package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseResultMask;
import org.eclipse.milo.opcua.stack.core.types.enumerated.NodeClass;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.Discovery.Failed;
import org.tandemopc.relay.Discovery.Item;
import org.tandemopc.relay.LegResult.Leg;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * Lists the address space of one server, in a session of its own for each listing, which is opened by the code that makes links (OPC UA
 * Part 4, 5.9.2). Node ids are written with the URIs of their namespaces, so that they mean the same at every member. Not for event
 * loops.
 */
public final class UaItems {
    private static final long EACH_MS = 5_000;
    private static final ViewDescription NO_VIEW = new ViewDescription(NodeId.NULL_VALUE, DateTime.MIN_VALUE, uint(0));
    private static final double SESSION_TIMEOUT_MS = 30_000;
    private static final int BATCH = 1_000;
    private static final int CALLS_MAX = 20;
    private static final int READ_BATCH = 500;
    private static final List<Leg> LEGS = List.of(Leg.ENDPOINT, Leg.CERTIFICATE, Leg.CHANNEL, Leg.LOGIN);

    /** Part 6, 5.1.2: the numbers of the built-in types. */
    private static final Map<Integer, MonitorType> TYPES = Map.ofEntries(
            Map.entry(1, MonitorType.BOOLEAN),
            Map.entry(2, MonitorType.SBYTE),
            Map.entry(3, MonitorType.BYTE),
            Map.entry(4, MonitorType.INT16),
            Map.entry(5, MonitorType.UINT16),
            Map.entry(6, MonitorType.INT32),
            Map.entry(7, MonitorType.UINT32),
            Map.entry(8, MonitorType.INT64),
            Map.entry(9, MonitorType.UINT64),
            Map.entry(10, MonitorType.FLOAT),
            Map.entry(11, MonitorType.DOUBLE),
            Map.entry(12, MonitorType.STRING),
            Map.entry(13, MonitorType.DATE),
            Map.entry(294, MonitorType.DATE));

    private final UaMemberConnector connector;
    private final EventLoop loop;
    private final UserIdentity identity;
    private final String sessionName;
    private final CheckRemedies remedies;

    /**
     * @param connector fresh: it remembers nothing of the links'
     * @param pki for the remedies
     */
    public UaItems(
            UaMemberConnector connector,
            EventLoop loop,
            UserIdentity identity,
            String sessionName,
            java.nio.file.Path pki) {
        this.connector = connector;
        this.loop = loop;
        this.identity = identity;
        this.sessionName = sessionName;
        this.remedies = new CheckRemedies(connector.address(), identity, pki);
    }

    /** As {@link Discovery#items}. */
    UaFinder.Listing list(List<String> path, String filter, int from) throws Failed, InterruptedException {
        MemberSession session = connect();
        try {
            List<String> namespaces = ServerStatus.strings(
                    read(session, new ReadValueId[] {ServerStatus.valueOf(ServerStatus.NAMESPACE_ARRAY)})[0]);
            NodeId folder = path.isEmpty() ? NodeIds.ObjectsFolder : MonitorNodes.resolve(path.getLast(), namespaces);
            if (folder == null) {
                throw noFolder(path.getLast(), "it is no NodeId of this server");
            }
            return page(session, children(session, folder, path), namespaces, filter, from);
        } finally {
            loop.execute(session::close);
        }
    }

    // ---- the session

    private MemberSession connect() throws Failed, InterruptedException {
        List<Leg> passed = new CopyOnWriteArrayList<>();
        CompletableFuture<MemberSession> connecting = connector.connectWatched(
                loop,
                new UaMemberConnector.Login(identity, List.of(), sessionName, SESSION_TIMEOUT_MS),
                UaWire.typedContext(),
                2 * EACH_MS,
                passed::add);
        try {
            return connecting.get(2 * EACH_MS + 500, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            Leg leg = LEGS.get(Math.min(passed.size(), LEGS.size() - 1));
            long status = cause instanceof LinkException link ? link.status().getValue() : 0;
            throw new Failed(sentence(cause), remedies.link(leg, status));
        } catch (TimeoutException e) {
            throw new Failed("No session opened within %d ms.".formatted(2 * EACH_MS), remedies.silentPeer());
        } finally {
            if (!connecting.isDone() && !connecting.cancel(false)) {
                var unused = connecting.thenAccept(session -> loop.execute(session::close));
            }
        }
    }

    private static String sentence(Throwable failure) {
        String text = Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
        return "No session opens: " + text + (text.endsWith(".") ? "" : ".");
    }

    private UaResponseMessageType ask(MemberSession session, Supplier<UaRequestMessageType> question)
            throws Failed, InterruptedException {
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                var unused = session.send(question.get(), EACH_MS).whenComplete((value, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(value);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(EACH_MS + 500, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Failed(
                    "The server does not browse: %s."
                            .formatted(Objects.requireNonNullElse(cause.getMessage(), "no answer came in time")),
                    remedies.notReadable());
        }
    }

    private DataValue[] read(MemberSession session, ReadValueId[] what) throws Failed, InterruptedException {
        UaResponseMessageType answer =
                ask(session, () -> new ReadRequest(session.header(EACH_MS), 0.0, TimestampsToReturn.Neither, what));
        if (answer instanceof ReadResponse read
                && read.getResults() != null
                && read.getResults().length == what.length) {
            return read.getResults();
        }
        throw new Failed("The server answers Read with something else.", remedies.notReadable());
    }

    // ---- the folder

    private List<ReferenceDescription> children(MemberSession session, NodeId folder, List<String> path)
            throws Failed, InterruptedException {
        BrowseDescription wanted = new BrowseDescription(
                folder,
                BrowseDirection.Forward,
                NodeIds.HierarchicalReferences,
                true,
                uint(NodeClass.Object.getValue() | NodeClass.Variable.getValue()),
                uint(BrowseResultMask.All.getValue()));
        UaResponseMessageType answer = ask(
                session,
                () -> new BrowseRequest(
                        session.header(EACH_MS), NO_VIEW, uint(BATCH), new BrowseDescription[] {wanted}));
        BrowseResult result = only(answer instanceof BrowseResponse browsed ? browsed.getResults() : null);
        if (result.getStatusCode() != null && result.getStatusCode().isBad()) {
            throw noFolder(
                    path.isEmpty() ? "Objects" : path.getLast(),
                    result.getStatusCode().toString());
        }
        List<ReferenceDescription> all = new ArrayList<>();
        add(all, result);
        ByteString next = result.getContinuationPoint();
        for (int i = 0; i < CALLS_MAX && isMore(next); i++) {
            // more than that nobody looks through: the server may forget the rest
            boolean isOver = all.size() >= Discovery.FOLDER_MAX;
            ByteString[] points = {next};
            UaResponseMessageType more =
                    ask(session, () -> new BrowseNextRequest(session.header(EACH_MS), isOver, points));
            if (isOver) {
                break;
            }
            BrowseResult some = only(more instanceof BrowseNextResponse browsed ? browsed.getResults() : null);
            add(all, some);
            next = some.getContinuationPoint();
        }
        return all;
    }

    private BrowseResult only(BrowseResult @org.jspecify.annotations.Nullable [] results) throws Failed {
        if (results == null || results.length != 1 || results[0] == null) {
            throw new Failed("The server answers Browse with something else.", remedies.notReadable());
        }
        return results[0];
    }

    private static void add(List<ReferenceDescription> all, BrowseResult some) {
        for (ReferenceDescription one : Objects.requireNonNullElse(some.getReferences(), new ReferenceDescription[0])) {
            if (one != null && all.size() < Discovery.FOLDER_MAX) {
                all.add(one);
            }
        }
    }

    private static boolean isMore(@org.jspecify.annotations.Nullable ByteString point) {
        return point != null && point.bytes() != null && point.length() > 0;
    }

    private static Failed noFolder(String id, String why) {
        return new Failed(
                "The server has no folder '%s': %s.".formatted(id, why),
                "Browse from the top, and name each folder by the id that is listed.");
    }

    // ---- what is told

    private record Child(NodeId node, String name, boolean isFolder, boolean isItem) {}

    private UaFinder.Listing page(
            MemberSession session,
            List<ReferenceDescription> references,
            List<String> namespaces,
            String filter,
            int from)
            throws Failed, InterruptedException {
        Pattern names = wildcards(filter);
        Set<NodeId> seen = new HashSet<>();
        List<Child> all = new ArrayList<>();
        for (ReferenceDescription one : references) {
            child(one, namespaces)
                    .filter(child -> seen.add(child.node()))
                    .filter(child ->
                            !child.isItem() || names.matcher(child.name()).matches())
                    .ifPresent(all::add);
        }
        int end = Math.min(all.size(), from + Discovery.ITEMS_MAX);
        List<Child> some = all.subList(Math.min(from, end), end);
        List<Optional<String>> types = types(session, some);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Child child = some.get(i);
            items.add(new Item(
                    child.name(), id(child.node(), namespaces), child.isFolder(), child.isItem(), types.get(i)));
        }
        return new UaFinder.Listing(items, end < all.size() ? OptionalInt.of(end) : OptionalInt.empty());
    }

    private static Optional<Child> child(ReferenceDescription one, List<String> namespaces) {
        ExpandedNodeId target = one.getNodeId();
        if (target == null || !target.isLocal()) {
            return Optional.empty();
        }
        String uri = target.getNamespaceUri();
        Optional<NodeId> node = uri == null
                ? target.toNodeId(new org.eclipse.milo.opcua.stack.core.NamespaceTable())
                : Optional.ofNullable(
                        MonitorNodes.resolve(target.toParseableString().replaceFirst("^svr=0;", ""), namespaces));
        QualifiedName qualified = one.getBrowseName();
        String name = one.getDisplayName() != null && one.getDisplayName().text() != null
                ? one.getDisplayName().text()
                : qualified == null ? "" : String.valueOf(qualified.name());
        boolean isItem = one.getNodeClass() == NodeClass.Variable;
        return node.map(
                id -> new Child(id, String.valueOf(name), !isItem || isComplex(one.getTypeDefinition()), isItem));
    }

    /** Variables of other types than the plain ones may have components. */
    private static boolean isComplex(@org.jspecify.annotations.Nullable ExpandedNodeId type) {
        return type != null && !type.equalTo(NodeIds.BaseDataVariableType) && !type.equalTo(NodeIds.PropertyType);
    }

    private List<Optional<String>> types(MemberSession session, List<Child> children)
            throws Failed, InterruptedException {
        List<Optional<String>> types = new ArrayList<>();
        for (int first = 0; first < children.size(); first += READ_BATCH) {
            List<Child> some = children.subList(first, Math.min(first + READ_BATCH, children.size()));
            ReadValueId[] what = some.stream()
                    .map(child ->
                            new ReadValueId(child.node(), AttributeId.DataType.uid(), null, QualifiedName.NULL_VALUE))
                    .toArray(ReadValueId[]::new);
            DataValue[] values = read(session, what);
            for (int i = 0; i < values.length; i++) {
                types.add(some.get(i).isItem() ? type(values[i]) : Optional.empty());
            }
        }
        return types;
    }

    private static Optional<String> type(DataValue value) {
        return ServerStatus.isUsable(value)
                        && value.getValue().getValue() instanceof NodeId type
                        && type.getNamespaceIndex().intValue() == 0
                        && type.getIdentifier() instanceof Number number
                ? Optional.ofNullable(TYPES.get(number.intValue())).map(MonitorType::label)
                : Optional.empty();
    }

    /** MON-6: with the URI, as the numbers of namespaces are each server's own. */
    private static String id(NodeId node, List<String> namespaces) {
        int index = node.getNamespaceIndex().intValue();
        String text = node.toParseableString();
        if (index == 0 || index >= namespaces.size() || namespaces.get(index).isEmpty()) {
            return text;
        }
        String uri = namespaces.get(index).replace("%", "%25").replace(";", "%3B");
        return "nsu=" + uri + text.substring(text.indexOf(';'));
    }

    /** Without a filter everything. */
    private static Pattern wildcards(String filter) {
        if (filter.isEmpty()) {
            return Pattern.compile(".*", Pattern.DOTALL);
        }
        String regex = Arrays.stream(filter.split("(?=[*?])|(?<=[*?])"))
                .map(part -> part.equals("*") ? ".*" : part.equals("?") ? "." : Pattern.quote(part))
                .reduce("", String::concat);
        return Pattern.compile(regex, Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    }
}
