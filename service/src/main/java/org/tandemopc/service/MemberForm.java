package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tandemopc.core.config.ConfigNode;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.MemberReading;
import tools.jackson.databind.JsonNode;

/** Settings of a member in JSON, with the keys and by the rules of the configuration file; passwords may be references, too. */
public final class MemberForm {
    private static final int LINE = 1;

    private MemberForm() {}

    /** @param environment for passwords as {@code env:NAME} */
    public static MemberReading read(JsonNode settings, Map<String, String> environment) {
        return ConfigReader.readMember(node(settings), new FileSecrets(environment));
    }

    private static ConfigNode node(JsonNode json) {
        if (json.isObject()) {
            List<ConfigNode.Entry> entries = new ArrayList<>();
            json.properties()
                    .forEach(entry -> entries.add(new ConfigNode.Entry(entry.getKey(), LINE, node(entry.getValue()))));
            return new ConfigNode.Mapping(LINE, entries);
        }
        if (json.isArray()) {
            return new ConfigNode.Sequence(
                    LINE, json.values().stream().map(MemberForm::node).toList());
        }
        return new ConfigNode.Scalar(LINE, json.isNull() ? null : json.asString());
    }
}
