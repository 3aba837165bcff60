package org.tandemopc.app.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.tandemopc.core.config.DaIdentity;

/**
 * A .reg file for a machine with Windows whose clients of OPC DA know servers by what is registered there: the class of a pair with the
 * machine to activate it at (AppID\RemoteServerName), in both views of a 64-bit registry. A class that is registered to run there itself would
 * be taken before that, so what says so is removed. Immutable; pure.
 *
 * @param text with a line feed after each line
 */
record RegistryFile(String text) {
    private static final String CLASSES = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\";

    /** ProgIDs and AppIDs are the same in both views, classes are not. */
    private static final List<String> VIEWS = List.of(CLASSES + "CLSID\\", CLASSES + "WOW6432Node\\CLSID\\");

    /**
     * Leads the clients of a machine to Tandem.
     *
     * @param clsid of the pair; its AppID is the same, so that nothing of another server's AppID is touched
     * @param versionIndependent the ProgID without version, or the ProgID again
     * @param host of Tandem, as that machine reaches it: a name, or an IPv4 address
     * @param categories that the pair implements, as CATIDs, each once
     * @param vendor as clients of DA 1.0 show it
     * @throws IllegalArgumentException a name has a backslash or control character, which no key can have
     */
    static RegistryFile of(
            String progId, UUID clsid, String versionIndependent, String host, List<UUID> categories, String vendor) {
        String name = new DaIdentity(progId, clsid).userType();
        String id = DaIdentity.braced(clsid);
        Lines lines = new Lines();
        lines.comment("Leads OPC clients of this machine that ask for " + progId + " to Tandem at " + host + ".");
        backup(lines, progId, id);
        lines.section("The ProgID, which is the same for 32 and 64 bits");
        lines.key(CLASSES + key(progId)).value("@", name);
        lines.key(CLASSES + key(progId) + "\\CLSID").value("@", id);
        lines.key(CLASSES + key(progId) + "\\OPC");
        lines.key(CLASSES + key(progId) + "\\OPC\\Vendor").value("@", vendor);
        lines.section("Where it runs");
        lines.key(CLASSES + "AppID\\" + id)
                .value("@", name)
                .value("\"RemoteServerName\"", host)
                .line("\"LocalService\"=-");
        for (String view : VIEWS) {
            lines.section(view.contains("WOW6432Node") ? "The class for 32 bits" : "The class for 64 bits");
            lines.key(view + id).value("@", name).value("\"AppID\"", id);
            lines.key(view + id + "\\ProgID").value("@", progId);
            lines.key(view + id + "\\VersionIndependentProgID").value("@", versionIndependent);
            for (UUID category : categories) {
                lines.key(view + id + "\\Implemented Categories\\" + DaIdentity.braced(category));
            }
            lines.removal(view + id + "\\LocalServer32");
            lines.removal(view + id + "\\InprocServer32");
        }
        return new RegistryFile(lines.text());
    }

    /** Takes all of that out again. What was there before is nothing that it could know: a backup brings it back. */
    static RegistryFile undo(String progId, UUID clsid) {
        String id = DaIdentity.braced(clsid);
        Lines lines = new Lines();
        lines.comment("Takes out what leads OPC clients of this machine that ask for " + progId + " to Tandem.");
        lines.comment(
                "It brings nothing back: if a server of this machine was registered under these names before, import");
        lines.comment("your backup after this file, or install that server again.");
        lines.removal(CLASSES + key(progId));
        lines.removal(CLASSES + "AppID\\" + id);
        VIEWS.forEach(view -> lines.removal(view + id));
        return new RegistryFile(lines.text());
    }

    private static void backup(Lines lines, String progId, String id) {
        String classes = "HKLM\\SOFTWARE\\Classes\\";
        lines.comment(
                "Before you import it: a server of this machine that is registered under these names is out of use");
        lines.comment("afterwards, and only a backup brings it back. What is not there needs none.");
        lines.comment("  reg export \"" + classes + progId + "\" progid.reg /reg:64");
        lines.comment("  reg export \"" + classes + "AppID\\" + id + "\" appid.reg /reg:64");
        lines.comment("  reg export \"" + classes + "CLSID\\" + id + "\" class64.reg /reg:64");
        lines.comment("  reg export \"" + classes + "CLSID\\" + id + "\" class32.reg /reg:32");
        lines.comment("Import it as administrator, on a 64-bit Windows not with the regedit in SysWOW64.");
    }

    /** As regedit writes its own: UTF-16, low byte first, with a mark at the beginning, lines end with CR LF. */
    byte[] bytes() {
        return ("\uFEFF" + text.replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_16LE);
    }

    private static String key(String name) {
        if (name.isEmpty() || name.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("not the name of a key: '" + name + "'");
        }
        return name;
    }

    private static final class Lines {
        private final List<String> lines = new ArrayList<>(List.of("Windows Registry Editor Version 5.00"));
        private boolean inComment;

        Lines line(String line) {
            if (line.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a control character in a line of a .reg file");
            }
            lines.add(line);
            inComment = false;
            return this;
        }

        void comment(String text) {
            if (!inComment) {
                line("");
            }
            line("; " + text);
            inComment = true;
        }

        void section(String title) {
            inComment = false;
            comment(title);
        }

        Lines key(String path) {
            return line("[" + path + "]");
        }

        void removal(String path) {
            line("[-" + path + "]");
        }

        Lines value(String name, String text) {
            return line(name + "=\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
        }

        String text() {
            return String.join("\n", lines) + "\n";
        }
    }
}
