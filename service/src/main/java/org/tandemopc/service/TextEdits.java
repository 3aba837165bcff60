package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tandemopc.core.config.ConfigNames;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.service.ConfigEditor.NewMember;
import org.tandemopc.service.ConfigEditor.NewPair;
import org.tandemopc.service.ConfigEditor.PairNames;

/** The edits that people order by command, on the text itself; the rules for aliases are those of the manual. Pure. */
public final class TextEdits implements ConfigEdits {
    @Override
    public Edited edit(String text, Edit edit) {
        try {
            return switch (edit) {
                case Edit.AddPair e -> add(text, e);
                case Edit.AddDaPair e -> add(text, e);
                case Edit.RemovePair e -> remove(text, e);
                case Edit.SetAlias e -> alias(text, e);
                case Edit.RemoveAlias e -> unalias(text, e);
            };
        } catch (ConfigEditor.Refused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** ADD-5: a second pair of a name has to wait until one of them has an alias. */
    private static Edited add(String text, Edit.AddPair edit) throws ConfigEditor.Refused {
        List<String> published = published(text);
        if (published.stream().anyMatch(edit.name()::equalsIgnoreCase)) {
            throw new IllegalArgumentException(
                    "A pair is published under '%s' already. Give that one an alias first: tandem alias %s %s"
                            .formatted(edit.name(), edit.name(), ConfigNames.nextAlias(edit.name(), published)));
        }
        SecurityChoice security = edit.security();
        NewPair pair = new NewPair(
                edit.name(),
                null,
                edit.mode().name().toLowerCase(Locale.ROOT),
                edit.urls().stream()
                        .map(url -> new NewMember(url, security == null ? null : security.label(), null))
                        .toList());
        return new Edited(ConfigEditor.addPair(text, pair), "Pair '%s' added.".formatted(edit.name()));
    }

    /** The same rule; an alias that is given with it fulfils it (ALI-1). */
    private static Edited add(String text, Edit.AddDaPair edit) throws ConfigEditor.Refused {
        List<String> published = published(text);
        String name = edit.alias() == null ? edit.name() : edit.alias();
        if (published.stream().anyMatch(name::equalsIgnoreCase)) {
            throw new IllegalArgumentException(
                    "A pair is published under '%s' already. Add this one under an alias, as --alias %s."
                            .formatted(name, ConfigNames.nextAlias(edit.name(), published)));
        }
        NewPair pair =
                new NewPair(edit.name(), edit.alias(), edit.mode().name().toLowerCase(Locale.ROOT), edit.members());
        return new Edited(ConfigEditor.addPair(text, pair), "Pair '%s' added.".formatted(name));
    }

    private static Edited remove(String text, Edit.RemovePair edit) throws ConfigEditor.Refused {
        String published = named(text, edit.pair()).published();
        return new Edited(ConfigEditor.removePair(text, published), "Pair '%s' removed.".formatted(published));
    }

    private static Edited alias(String text, Edit.SetAlias edit) throws ConfigEditor.Refused {
        PairNames pair = named(text, edit.pair());
        String alias = Optional.ofNullable(edit.alias())
                .orElseGet(() -> ConfigNames.nextAlias(pair.original(), published(text)));
        return new Edited(
                ConfigEditor.setAlias(text, pair.published(), alias),
                "Pair '%s' is published as '%s'.".formatted(pair.published(), alias));
    }

    private static Edited unalias(String text, Edit.RemoveAlias edit) throws ConfigEditor.Refused {
        PairNames pair = named(text, edit.pair());
        List<String> others = new ArrayList<>(published(text));
        others.remove(pair.published());
        Optional<String> whyNot = ConfigNames.whyNotUnalias(pair.original(), pair.published(), others);
        if (whyNot.isPresent()) {
            throw new IllegalArgumentException(whyNot.get());
        }
        return new Edited(
                ConfigEditor.removeAlias(text, pair.published()),
                "Pair '%s' is published as '%s' again.".formatted(pair.published(), pair.original()));
    }

    private static PairNames named(String text, String pair) throws ConfigEditor.Refused {
        List<PairNames> all = ConfigEditor.names(text);
        return all.stream()
                .filter(p -> p.published().equalsIgnoreCase(pair))
                .findFirst()
                .orElseThrow(() -> new NoSuchPair("There is no pair '%s'. There are: %s."
                        .formatted(
                                pair,
                                String.join(
                                        ", ",
                                        all.stream().map(PairNames::published).toList()))));
    }

    private static List<String> published(String text) {
        try {
            return ConfigEditor.names(text).stream().map(PairNames::published).toList();
        } catch (ConfigEditor.Refused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
