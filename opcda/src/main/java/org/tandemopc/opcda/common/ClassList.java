package org.tandemopc.opcda.common;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;

/** The classes of the servers of one address, as they are at one moment, and what OpcEnum answers of them. Immutable; pure. */
final class ClassList {
    private final List<ListedClass> classes;

    /** In the order in which they are told. */
    ClassList(List<ListedClass> classes) {
        this.classes = List.copyOf(classes);
    }

    /**
     * Of the categories that are asked for one is enough. As the classes require nothing of their clients, it makes no difference
     * which categories a client has for them (ICatInformation::EnumClassesOfCategories).
     *
     * @param implemented empty: any
     */
    List<Guid> ofCategories(Collection<Guid> implemented) {
        return classes.stream()
                .filter(each ->
                        implemented.isEmpty() || each.categories().stream().anyMatch(implemented::contains))
                .map(ListedClass::clsid)
                .toList();
    }

    Optional<ListedClass> details(Guid clsid) {
        return classes.stream().filter(each -> each.clsid().equals(clsid)).findFirst();
    }

    /**
     * The class of a ProgID; capitals make no difference. A name without version is that of the newest one that has it, as CurVer is in
     * a registry, unless it is a ProgID itself.
     */
    Optional<Guid> find(String progId) {
        return classes.stream()
                .filter(each -> each.progId().equalsIgnoreCase(progId))
                .findFirst()
                .or(() -> classes.stream()
                        .filter(each -> each.versionIndependentProgId().equalsIgnoreCase(progId))
                        .max(Comparator.comparing(ListedClass::progId, ClassList::byVersion)))
                .map(ListedClass::clsid);
    }

    /** Of ProgIDs that differ in their version alone: version 10 is newer than 9. */
    private static int byVersion(String one, String other) {
        return Comparator.comparingInt(String::length)
                .thenComparing(String.CASE_INSENSITIVE_ORDER)
                .compare(one, other);
    }
}
