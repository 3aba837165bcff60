package org.tandemopc.dcom.orpc;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * DUALSTRINGARRAY ([MS-DCOM] 2.2.19): where a resolver or an exporter is reached, and what security it knows, both in its own
 * order of preference.
 * <pre>
 * 0  2  wNumEntries: u16 that follow wSecurityOffset
 * 2  2  wSecurityOffset: how many of them are string bindings
 * 4     string bindings: u16 tower, characters, NUL; a zero ends them, two if there are none
 *       security bindings: u16 authnSvc, u16 authzSvc, characters, NUL; a zero ends them, two if there are none
 * </pre>
 *
 * Within an OBJREF these are little endian. As a parameter, behind a unique pointer, a max_count of wNumEntries stands before
 * them, and NDR's byte order rules them. At most 65,535 entries fit, which bounds both lists.
 */
public record DualStringArray(List<StringBinding> strings, List<SecurityBinding> securities) {
    public static final DualStringArray EMPTY = new DualStringArray(List.of(), List.of());

    private static final char END = 0;

    public DualStringArray {
        strings = List.copyOf(strings);
        securities = List.copyOf(securities);
    }

    /** As it stands in an OBJREF. */
    public static DualStringArray readPacket(ByteReader in) throws MalformedException {
        in.clause("[MS-DCOM] 2.2.19.1");
        int at = in.offset();
        int entries = in.u16("wNumEntries");
        int securityOffset = in.u16("wSecurityOffset");
        in.checked(entries, at, "wNumEntries", Short.BYTES, entries);
        StringBuilder array = new StringBuilder(entries);
        for (int i = 0; i < entries; i++) {
            array.appendCodePoint(in.u16("aStringArray"));
        }
        return parse(array.toString(), securityOffset, why -> in.malformed("aStringArray", at, why));
    }

    /** As the pointee of a parameter. */
    public static DualStringArray read(NdrReader in) throws MalformedException {
        return in.under("[MS-DCOM] 2.2.19.2", here -> {
            int entries = here.count("max_count", Short.BYTES);
            int at = here.offset();
            if (here.u16("wNumEntries") != entries) {
                throw here.malformed("wNumEntries", at, "is not the max_count of " + entries);
            }
            int securityOffset = here.u16("wSecurityOffset");
            StringBuilder array = new StringBuilder(entries);
            for (int i = 0; i < entries; i++) {
                array.appendCodePoint(here.u16("aStringArray"));
            }
            return parse(array.toString(), securityOffset, why -> here.malformed("aStringArray", at, why));
        });
    }

    /** As it stands in an OBJREF. */
    public void writePacket(ByteWriter out) {
        String array = stringArray() + securityArray();
        out.u16(array.length(), "wNumEntries").u16(stringArray().length(), "wSecurityOffset");
        array.chars().forEach(entry -> out.u16(entry, "aStringArray"));
    }

    /** As the pointee of a parameter. */
    public void write(NdrWriter out) {
        String array = stringArray() + securityArray();
        out.u32(array.length(), "max_count")
                .u16(array.length(), "wNumEntries")
                .u16(stringArray().length(), "wSecurityOffset");
        array.chars().forEach(entry -> out.u16(entry, "aStringArray"));
    }

    private interface Fault {
        MalformedException because(String why);
    }

    private static DualStringArray parse(String array, int securityOffset, Fault fault) throws MalformedException {
        if (securityOffset > array.length()) {
            throw fault.because("has " + array.length() + " entries, and the security begins at " + securityOffset);
        }
        return new DualStringArray(
                parseStrings(array.substring(0, securityOffset), fault),
                parseSecurities(array.substring(securityOffset), fault));
    }

    private static List<StringBinding> parseStrings(String array, Fault fault) throws MalformedException {
        List<StringBinding> bindings = new ArrayList<>();
        int at = 0;
        while (at < array.length() && array.charAt(at) != END) {
            int end = endOf(array, at + 1, fault);
            bindings.add(new StringBinding(array.charAt(at), array.substring(at + 1, end)));
            at = end + 1;
        }
        return bindings;
    }

    private static List<SecurityBinding> parseSecurities(String array, Fault fault) throws MalformedException {
        List<SecurityBinding> bindings = new ArrayList<>();
        int at = 0;
        while (at < array.length() && array.charAt(at) != END) {
            int end = endOf(array, at + 2, fault);
            bindings.add(new SecurityBinding(array.charAt(at), array.charAt(at + 1), array.substring(at + 2, end)));
            at = end + 1;
        }
        return bindings;
    }

    private static int endOf(String array, int from, Fault fault) throws MalformedException {
        int end = array.indexOf(END, from);
        if (end < 0) {
            throw fault.because("has a binding without its NUL");
        }
        return end;
    }

    private String stringArray() {
        StringBuilder array = new StringBuilder();
        for (StringBinding binding : strings) {
            array.appendCodePoint(binding.towerId()).append(binding.address()).append(END);
        }
        return ended(array);
    }

    private String securityArray() {
        StringBuilder array = new StringBuilder();
        for (SecurityBinding binding : securities) {
            array.appendCodePoint(binding.authnSvc())
                    .appendCodePoint(binding.authzSvc())
                    .append(binding.principal())
                    .append(END);
        }
        return ended(array);
    }

    private static String ended(StringBuilder array) {
        return array.isEmpty()
                ? array.append(END).append(END).toString()
                : array.append(END).toString();
    }
}
