package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Line for line what a machine with Windows is told; none was at hand, so it is held against the rules that are known. */
class RegistryFileTest {
    private static final UUID DA20 = UUID.fromString("63d5f432-cfe4-11d1-b2c8-0060083ba1fb");
    private static final UUID DA10 = UUID.fromString("63d5f430-cfe4-11d1-b2c8-0060083ba1fb");

    private static final RegistryFile PLAIN = RegistryFile.of(
            "Plant.Server.1",
            UUID.fromString("0b317eb7-eb41-567e-b8c0-963e075a7166"),
            "Plant.Server",
            "tandem1",
            List.of(DA10, DA20),
            "Tandem");
    private static final RegistryFile ALIAS = RegistryFile.of(
            "Plant.Server.1.Alias1",
            UUID.fromString("7ea732bf-852d-523f-9b12-42e8378c91fa"),
            "Plant.Server.1.Alias1",
            "10.0.0.7",
            List.of(DA20),
            "Tandem");
    private static final RegistryFile UNDO =
            RegistryFile.undo("Plant.Server.1", UUID.fromString("0b317eb7-eb41-567e-b8c0-963e075a7166"));

    static Stream<RegistryFile> files() {
        return Stream.of(PLAIN, ALIAS, UNDO);
    }

    @Test
    @Requirement(value = "ADD-6", protocol = Protocol.DA)
    void aPairIsLedToTandemInBothViews() {
        assertThat(PLAIN.text()).isEqualTo("""
                        Windows Registry Editor Version 5.00

                        ; Leads OPC clients of this machine that ask for Plant.Server.1 to Tandem at tandem1.
                        ; Before you import it: a server of this machine that is registered under these names is out of use
                        ; afterwards, and only a backup brings it back. What is not there needs none.
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\Plant.Server.1" progid.reg /reg:64
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\AppID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}" appid.reg /reg:64
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}" class64.reg /reg:64
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}" class32.reg /reg:32
                        ; Import it as administrator, on a 64-bit Windows not with the regedit in SysWOW64.

                        ; The ProgID, which is the same for 32 and 64 bits
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1]
                        @="Plant.Server.1 (redundant, Tandem)"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1\\CLSID]
                        @="{0B317EB7-EB41-567E-B8C0-963E075A7166}"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1\\OPC]
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1\\OPC\\Vendor]
                        @="Tandem"

                        ; Where it runs
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\AppID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}]
                        @="Plant.Server.1 (redundant, Tandem)"
                        "RemoteServerName"="tandem1"
                        "LocalService"=-

                        ; The class for 64 bits
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}]
                        @="Plant.Server.1 (redundant, Tandem)"
                        "AppID"="{0B317EB7-EB41-567E-B8C0-963E075A7166}"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\ProgID]
                        @="Plant.Server.1"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\VersionIndependentProgID]
                        @="Plant.Server"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\Implemented Categories\\{63D5F430-CFE4-11D1-B2C8-0060083BA1FB}]
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\Implemented Categories\\{63D5F432-CFE4-11D1-B2C8-0060083BA1FB}]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\LocalServer32]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\InprocServer32]

                        ; The class for 32 bits
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}]
                        @="Plant.Server.1 (redundant, Tandem)"
                        "AppID"="{0B317EB7-EB41-567E-B8C0-963E075A7166}"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\ProgID]
                        @="Plant.Server.1"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\VersionIndependentProgID]
                        @="Plant.Server"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\Implemented Categories\\{63D5F430-CFE4-11D1-B2C8-0060083BA1FB}]
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\Implemented Categories\\{63D5F432-CFE4-11D1-B2C8-0060083BA1FB}]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\LocalServer32]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}\\InprocServer32]
                        """);
    }

    /** An alias is a server like any other, on any machine. */
    @Test
    @Requirement(
            value = {"ALI-6", "ALI-8"},
            protocol = Protocol.DA)
    void anAliasIsLedToTandemInBothViews() {
        assertThat(ALIAS.text()).isEqualTo("""
                        Windows Registry Editor Version 5.00

                        ; Leads OPC clients of this machine that ask for Plant.Server.1.Alias1 to Tandem at 10.0.0.7.
                        ; Before you import it: a server of this machine that is registered under these names is out of use
                        ; afterwards, and only a backup brings it back. What is not there needs none.
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\Plant.Server.1.Alias1" progid.reg /reg:64
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\AppID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}" appid.reg /reg:64
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}" class64.reg /reg:64
                        ;   reg export "HKLM\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}" class32.reg /reg:32
                        ; Import it as administrator, on a 64-bit Windows not with the regedit in SysWOW64.

                        ; The ProgID, which is the same for 32 and 64 bits
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1.Alias1]
                        @="Plant.Server.1.Alias1 (redundant, Tandem)"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1.Alias1\\CLSID]
                        @="{7EA732BF-852D-523F-9B12-42E8378C91FA}"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1.Alias1\\OPC]
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1.Alias1\\OPC\\Vendor]
                        @="Tandem"

                        ; Where it runs
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\AppID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}]
                        @="Plant.Server.1.Alias1 (redundant, Tandem)"
                        "RemoteServerName"="10.0.0.7"
                        "LocalService"=-

                        ; The class for 64 bits
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}]
                        @="Plant.Server.1.Alias1 (redundant, Tandem)"
                        "AppID"="{7EA732BF-852D-523F-9B12-42E8378C91FA}"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\ProgID]
                        @="Plant.Server.1.Alias1"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\VersionIndependentProgID]
                        @="Plant.Server.1.Alias1"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\Implemented Categories\\{63D5F432-CFE4-11D1-B2C8-0060083BA1FB}]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\LocalServer32]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\InprocServer32]

                        ; The class for 32 bits
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}]
                        @="Plant.Server.1.Alias1 (redundant, Tandem)"
                        "AppID"="{7EA732BF-852D-523F-9B12-42E8378C91FA}"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\ProgID]
                        @="Plant.Server.1.Alias1"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\VersionIndependentProgID]
                        @="Plant.Server.1.Alias1"
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\Implemented Categories\\{63D5F432-CFE4-11D1-B2C8-0060083BA1FB}]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\LocalServer32]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{7EA732BF-852D-523F-9B12-42E8378C91FA}\\InprocServer32]
                        """);
    }

    @Test
    @Requirement(value = "ADD-7", protocol = Protocol.DA)
    void undoRemovesEachKeyThatWasMadeAndSaysWhatItCannotDo() {
        assertThat(UNDO.text()).isEqualTo("""
                        Windows Registry Editor Version 5.00

                        ; Takes out what leads OPC clients of this machine that ask for Plant.Server.1 to Tandem.
                        ; It brings nothing back: if a server of this machine was registered under these names before, import
                        ; your backup after this file, or install that server again.
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Plant.Server.1]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\AppID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}]
                        [-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{0B317EB7-EB41-567E-B8C0-963E075A7166}]
                        """);
        List<String> removed = keys(UNDO.text(), "[-");
        assertThat(keys(PLAIN.text(), "[H"))
                .allSatisfy(made ->
                        assertThat(removed).anyMatch(each -> made.equals(each) || made.startsWith(each + "\\")));
    }

    /** A key that came twice, or in one view alone, would be a mistake that an import tells nobody. */
    @ParameterizedTest
    @MethodSource("files")
    void noKeyComesTwiceAndAllOfAClassAreInBothViews(RegistryFile file) {
        List<String> keys = keys(file.text(), "[");
        assertThat(keys).doesNotHaveDuplicates();

        String view64 = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\";
        String view32 = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\";
        assertThat(underOf(view64, file)).isNotEmpty().isEqualTo(underOf(view32, file));
    }

    /** Each with what it has, be it made or removed. */
    private static List<String> underOf(String view, RegistryFile file) {
        return Arrays.stream(file.text().split("(?m)^(?=\\[|$|;)"))
                .filter(block -> block.contains(view))
                .map(block -> block.replace(view, "").strip())
                .toList();
    }

    private static List<String> keys(String text, String start) {
        return text.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(line.startsWith("[-") ? 2 : 1, line.length() - 1))
                .toList();
    }

    /** Every line is one that regedit knows: it skips others and says nothing. */
    @ParameterizedTest
    @MethodSource("files")
    void everyLineIsOneOfTheForm(RegistryFile file) {
        assertThat(file.text().lines().skip(1))
                .allSatisfy(line -> assertThat(line)
                        .matches("|; .*|\\[-?HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Classes\\\\[^\\[\\]]+]"
                                + "|(@|\"[A-Za-z]+\")=\"[^\"]*\"|\"LocalService\"=-"));
        assertThat(file.text()).startsWith("Windows Registry Editor Version 5.00\n\n");
    }

    @ParameterizedTest
    @MethodSource("files")
    void bytesAreThoseOfRegedit(RegistryFile file) {
        byte[] bytes = file.bytes();

        assertThat(bytes).startsWith(0xFF, 0xFE, 'W', 0, 'i', 0);
        String text = new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
        assertThat(text).isEqualTo(file.text().replace("\n", "\r\n")).endsWith("]\r\n");
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
    }

    @Test
    void whatAValueCannotHoldIsEscapedAndWhatAKeyCannotHoldIsRefused() {
        UUID clsid = UUID.fromString("0b317eb7-eb41-567e-b8c0-963e075a7166");

        assertThat(RegistryFile.of("A\"B", clsid, "A\"B", "t", List.of(), "C\\D")
                        .text())
                .contains("@=\"A\\\"B\"\n", "@=\"C\\\\D\"\n");
        assertThatThrownBy(() -> RegistryFile.undo("A\\B", clsid)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RegistryFile.undo("", clsid)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RegistryFile.undo("A]\n[-HKEY_LOCAL_MACHINE", clsid))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LocalServer32", "InprocServer32"})
    void whatWouldStartAServerThereIsRemovedAndNeverMade(String key) {
        assertThat(keys(PLAIN.text(), "[-"))
                .filteredOn(each -> each.endsWith("\\" + key))
                .hasSize(2);
        assertThat(keys(PLAIN.text(), "[H")).noneMatch(each -> each.endsWith("\\" + key));
    }
}
