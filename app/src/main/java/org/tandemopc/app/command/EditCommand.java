package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** {@code tandem add | remove | alias | unalias}: one change of the configuration in use, planned and applied. */
final class EditCommand implements Command {
    private static final String PLAN = "--plan";
    private static final String SECURITY = "--security";
    private static final String ADD = "add-pair";
    private static final String CONFIGURATION = "/api/v1/configuration";

    private interface Edit {
        Map<String, Object> body(Arguments arguments) throws UsageException;
    }

    private final CommandSpec spec;
    private final Edit edit;

    private EditCommand(CommandSpec spec, Edit edit) {
        this.spec = spec;
        this.edit = edit;
    }

    private static CommandSpec spec(
            String name, String words, List<Option.Values> places, List<Option> own, String summary, String details) {
        List<Option> options = new ArrayList<>(own);
        options.add(Option.flag(PLAN, "say what would be done, and do not do it"));
        options.add(Option.DATA);
        options.add(Option.JSON);
        return new CommandSpec(
                name,
                words,
                places,
                options,
                summary,
                details + " The configuration file is changed in this one place; its comments and order stay. The text"
                        + " before is kept: 'tandem rollback' brings it back.");
    }

    static EditCommand add() {
        return new EditCommand(
                spec(
                        "add",
                        "[NAME] PRIMARY-URL SECONDARY-URL [URL...]",
                        Collections.nCopies(1 + ConfigReader.MEMBERS_MAX, Option.Values.ANY),
                        withDa(
                                new Option(
                                        "--mode", "MODE", Option.Values.of("cold", "warm", "hot"), "warm unless given"),
                                new Option(
                                        SECURITY,
                                        "POLICY",
                                        Option.Values.of(Arrays.stream(SecurityChoice.values())
                                                .map(SecurityChoice::label)
                                                .toArray(String[]::new)),
                                        "policy towards the servers; Basic256Sha256 unless given")),
                        "add a pair of servers under one name",
                        "Clients find it at once under the address that is printed. More URLs than two are servers that serve"
                                + " when the ones before them cannot. With a policy the certificates of both"
                                + " sides must be trusted ('tandem trust', 'tandem check'). Everything else is as by default;"
                                + " edit the file and 'tandem apply' to change it. Two servers under a name that is taken need"
                                + " an alias. Servers of OPC DA are written opcda://HOST/PROGID, or opcda://HOST/{CLSID} where"
                                + " the host lets nobody ask for ProgIDs; without NAME the pair is called as the primary's"
                                + " ProgID. Tandem calls them by the account of --user; env: is a variable of the service."),
                arguments -> {
                    if (DaAddition.isMeant(arguments)) {
                        return daBody(arguments);
                    }
                    DaAddition.refuse(arguments);
                    Map<String, Object> body = body(ADD, arguments, "the pair, as plant1");
                    List<String> urls = new ArrayList<>();
                    urls.add(Places.required(arguments, 1, "the URL of the primary, as opc.tcp://10.0.0.1:4840"));
                    urls.add(Places.required(arguments, 2, "the URL of the secondary, as opc.tcp://10.0.0.2:4840"));
                    for (int place = 3; place <= ConfigReader.MEMBERS_MAX; place++) {
                        arguments.word(place).ifPresent(urls::add);
                    }
                    body.put("urls", urls);
                    arguments.value("--mode").ifPresent(mode -> body.put("mode", mode));
                    arguments.value(SECURITY).ifPresent(policy -> body.put("security", policy));
                    return body;
                });
    }

    private static List<Option> withDa(Option... ofBoth) {
        List<Option> all = new ArrayList<>(List.of(ofBoth));
        all.addAll(DaAddition.OPTIONS);
        return all;
    }

    private static Map<String, Object> daBody(Arguments arguments) throws UsageException {
        if (arguments.value(SECURITY).isPresent()) {
            throw new UsageException(SECURITY + " is for servers of OPC UA; those of OPC DA have --level.");
        }
        Map<String, Object> body = new HashMap<>(Places.by());
        body.put("edit", ADD);
        body.putAll(DaAddition.body(arguments, PasswordSource.ofProcess()));
        arguments.value("--mode").ifPresent(mode -> body.put("mode", mode));
        return body;
    }

    static EditCommand remove() {
        return new EditCommand(
                spec(
                        "remove",
                        "PAIR",
                        List.of(Option.Values.PAIRS),
                        List.of(),
                        "remove a pair",
                        "Its client sessions are closed, and its address is no longer answered."),
                arguments -> body("remove-pair", arguments, "the pair"));
    }

    static EditCommand alias() {
        return new EditCommand(
                spec(
                        "alias",
                        "PAIR [ALIAS]",
                        List.of(Option.Values.PAIRS, Option.Values.ANY),
                        List.of(),
                        "publish a pair under another name",
                        "Without ALIAS the next free one of NAME.Alias1, NAME.Alias2 ... is taken. Clients use the new name"
                                + " from then on."),
                arguments -> {
                    Map<String, Object> body = body("set-alias", arguments, "the pair");
                    arguments.word(1).ifPresent(alias -> body.put("alias", alias));
                    return body;
                });
    }

    static EditCommand unalias() {
        return new EditCommand(
                spec(
                        "unalias",
                        "PAIR",
                        List.of(Option.Values.PAIRS),
                        List.of(),
                        "publish a pair under its original name again",
                        "Refused while another pair is published under that name."),
                arguments -> body("remove-alias", arguments, "the pair"));
    }

    private static Map<String, Object> body(String edit, Arguments arguments, String what) throws UsageException {
        Map<String, Object> body = new HashMap<>(Places.by());
        body.put("edit", edit);
        body.put("pair", Places.required(arguments, 0, what));
        return body;
    }

    @Override
    public CommandSpec spec() {
        return spec;
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(spec.places().size());
        Map<String, Object> body = edit.body(arguments);
        boolean planOnly = arguments.has(PLAN);
        body.put("dryRun", planOnly);
        boolean json = arguments.has("--json");
        try (RestClient service = Places.service(arguments)) {
            JsonNode named = service.get("/api/v1/status").path("configFile");
            String file = named.isString() ? named.asString() : "the configuration";
            JsonNode answer = edited(service, body, file, json, console);
            if (json) {
                console.json(answer);
            } else {
                PlanPrinter.print(answer, file, console);
                console.line(Printable.of(answer.path("what").asString("")));
                console.line(
                        planOnly
                                ? "Not applied."
                                : "Applied as version " + answer.path("version").asString() + ".");
                if (!planOnly && ADD.equals(body.get("edit"))) {
                    address(service, published(body), console);
                }
            }
            return planOnly && !answer.path("applicable").asBoolean(false) ? ExitCode.CONFIGURATION : ExitCode.OK;
        }
    }

    private static String published(Map<String, Object> body) {
        return String.valueOf(body.getOrDefault("alias", body.get("pair")));
    }

    private static void address(RestClient service, String pair, Console console)
            throws CommandFailure, InterruptedException {
        service.get("/api/v1/pairs").path("pairs").values().stream()
                .filter(p -> p.path("name").asString().equals(pair))
                .findFirst()
                .ifPresent(p ->
                        console.line("Clients find it at " + p.path("endpoint").asString() + "."));
    }

    private static JsonNode edited(
            RestClient service, Map<String, Object> body, String file, boolean json, Console console)
            throws CommandFailure, InterruptedException {
        try (Waiting _ = Waiting.on(console)) {
            return service.post(CONFIGURATION + "/edit", body);
        } catch (CommandFailure e) {
            if (!json) {
                e.problem().ifPresent(problem -> PlanPrinter.print(problem.path("plan"), file, console));
            }
            throw e;
        }
    }
}
