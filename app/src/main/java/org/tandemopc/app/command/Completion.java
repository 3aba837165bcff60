package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.tandemopc.app.command.Option.Values;

/** Scripts for shells, made of the table of commands. Pure. Names of pairs are asked of the running service. */
final class Completion {
    private Completion() {}

    static String bash(List<CommandSpec> commands) {
        StringBuilder text = new StringBuilder("""
                # bash completion of tandem, made by: tandem completion bash
                # One name a line, for there may be blanks in it; a folder goes on with a slash.
                _tandem_files() {
                    local IFS=$'\n'
                    compopt -o filenames 2>/dev/null
                    COMPREPLY=($(compgen -f -- "$cur"))
                }
                _tandem() {
                    local cur prev command place word i
                    local -a data=()
                    cur="${COMP_WORDS[COMP_CWORD]}"
                    prev="${COMP_WORDS[COMP_CWORD-1]}"
                    command="${COMP_WORDS[1]}"
                    COMPREPLY=()
                    if [ "$COMP_CWORD" -eq 1 ]; then
                """);
        text.append("        COMPREPLY=($(compgen -W \"")
                .append(names(commands))
                .append("\" -- \"$cur\"))\n");
        text.append("""
                        return
                    fi
                    # The pairs are those of the service that the line is for.
                    for ((i = 2; i < COMP_CWORD; i++)); do
                        if [ "${COMP_WORDS[i]}" = --data ]; then
                            # --data=x is three words here
                            [ "${COMP_WORDS[i + 1]}" = "=" ] && word=2 || word=1
                            data=(--data "${COMP_WORDS[i + word]}")
                        fi
                    done
                    case "$command" in
                """);
        for (CommandSpec command : commands) {
            text.append("    ").append(command.name()).append(")\n");
            bash(command, text);
            text.append("        ;;\n");
        }
        return text.append("    esac\n}\ncomplete -F _tandem tandem\n").toString();
    }

    private static void bash(CommandSpec command, StringBuilder text) {
        List<Option> valued =
                command.options().stream().filter(Option::hasValue).toList();
        if (!valued.isEmpty()) {
            text.append("        case \"$prev\" in\n");
            for (Option option : valued) {
                text.append("        ").append(option.name()).append(") ");
                text.append(bashReply(option.values())).append("; return ;;\n");
            }
            text.append("        esac\n");
        }
        text.append("        if [ \"${cur#-}\" != \"$cur\" ]; then\n            COMPREPLY=($(compgen -W \"");
        text.append(options(command)).append("\" -- \"$cur\"))\n            return\n        fi\n");
        if (command.places().isEmpty()) {
            return;
        }
        // Which word beside the options is being typed.
        text.append("        place=0 i=2\n        while [ \"$i\" -lt \"$COMP_CWORD\" ]; do\n");
        text.append("            word=\"${COMP_WORDS[i]}\"\n            case \"$word\" in\n");
        if (!valued.isEmpty()) {
            text.append("            ")
                    .append(valued.stream().map(Option::name).collect(Collectors.joining("|")))
                    .append(") i=$((i+1)); [ \"${COMP_WORDS[i]}\" != \"=\" ] || i=$((i+1)) ;;\n");
        }
        text.append("            -*) ;;\n            *) place=$((place+1)) ;;\n            esac\n");
        text.append("            i=$((i+1))\n        done\n        case \"$place\" in\n");
        for (int i = 0; i < command.places().size(); i++) {
            text.append("        ")
                    .append(i)
                    .append(") ")
                    .append(bashReply(command.places().get(i)))
                    .append(" ;;\n");
        }
        text.append("        esac\n");
    }

    private static String bashReply(Values values) {
        if (values.areFiles()) {
            return "_tandem_files";
        }
        if (values.arePairs()) {
            return "COMPREPLY=($(compgen -W \"$(tandem pairs --names \"${data[@]}\" 2>/dev/null)\" -- \"$cur\"))";
        }
        return values.choices().isEmpty()
                ? "COMPREPLY=()"
                : "COMPREPLY=($(compgen -W \"" + String.join(" ", values.choices()) + "\" -- \"$cur\"))";
    }

    static String zsh(List<CommandSpec> commands) {
        StringBuilder text = new StringBuilder("""
                #compdef tandem
                # zsh completion of tandem, made by: tandem completion zsh
                # The pairs are those of the service that the line is for.
                _tandem_pairs() {
                    local -a data
                    local i
                    for (( i = 1; i < $#words; i++ )); do
                        case $words[i] in
                        --data) data=(--data "${(Q)words[i+1]}") ;;
                        --data=*) data=("${(Q)words[i]}") ;;
                        esac
                    done
                    compadd -- ${(f)"$(tandem pairs --names $data 2>/dev/null)"}
                }
                _tandem() {
                    local -a commands
                    commands=(
                """);
        for (CommandSpec command : commands) {
            text.append("        '")
                    .append(command.name())
                    .append(':')
                    .append(quoted(command.summary()))
                    .append("'\n");
        }
        text.append(
                "    )\n    if (( CURRENT == 2 )); then\n        _describe 'command' commands\n        return\n    fi\n");
        text.append("    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n");
        for (CommandSpec command : commands) {
            List<String> arguments = new ArrayList<>();
            for (Option option : command.options()) {
                arguments.add("'" + option.name() + "["
                        + quoted(option.help()).replace("[", "(").replace("]", ")") + "]"
                        + (option.hasValue() ? ":" + option.value() + ":" + zshAction(option.values()) : "") + "'");
            }
            for (int i = 0; i < command.places().size(); i++) {
                arguments.add(
                        "'" + (i + 1) + ":word:" + zshAction(command.places().get(i)) + "'");
            }
            text.append("    ").append(command.name()).append(")\n        _arguments \\\n            ");
            text.append(String.join(" \\\n            ", arguments)).append("\n        ;;\n");
        }
        return text.append("    esac\n}\n_tandem \"$@\"\n").toString();
    }

    private static String zshAction(Values values) {
        if (values.areFiles()) {
            return "_files";
        }
        if (values.arePairs()) {
            return "_tandem_pairs";
        }
        return values.choices().isEmpty() ? " " : "(" + String.join(" ", values.choices()) + ")";
    }

    static String fish(List<CommandSpec> commands) {
        StringBuilder text = new StringBuilder("""
                # fish completion of tandem, made by: tandem completion fish
                # The pairs are those of the service that the line is for.
                function __tandem_pairs
                    set -l words (commandline -opc)
                    set -l data
                    for i in (seq (count $words))
                        switch $words[$i]
                            case --data
                                set -l next (math $i + 1)
                                test $next -gt (count $words); or set data --data $words[$next]
                            case '--data=*'
                                set data $words[$i]
                        end
                    end
                    tandem pairs --names $data 2>/dev/null
                end
                complete -c tandem -f
                """);
        for (CommandSpec command : commands) {
            text.append("complete -c tandem -n __fish_use_subcommand -a ")
                    .append(command.name())
                    .append(" -d '")
                    .append(quoted(command.summary()))
                    .append("'\n");
            String seen = "complete -c tandem -n '__fish_seen_subcommand_from " + command.name() + "'";
            for (Option option : command.options()) {
                text.append(seen)
                        .append(" -l ")
                        .append(option.name().substring(2))
                        .append(option.hasValue() ? " -r" : "")
                        .append(option.values().areFiles() ? " -F" : "")
                        .append(
                                option.values().choices().isEmpty()
                                        ? ""
                                        : " -a '"
                                                + String.join(
                                                        " ", option.values().choices()) + "'")
                        .append(" -d '")
                        .append(quoted(option.help()))
                        .append("'\n");
            }
            for (Values values : command.places()) {
                if (values.areFiles()) {
                    text.append(seen).append(" -F\n");
                } else if (values.arePairs()) {
                    text.append(seen).append(" -a '(__tandem_pairs)'\n");
                } else if (!values.choices().isEmpty()) {
                    text.append(seen)
                            .append(" -a '")
                            .append(String.join(" ", values.choices()))
                            .append("'\n");
                }
            }
        }
        return text.toString();
    }

    private static String names(List<CommandSpec> commands) {
        return commands.stream().map(CommandSpec::name).collect(Collectors.joining(" ")) + " --help --version";
    }

    private static String options(CommandSpec command) {
        return command.options().stream().map(Option::name).collect(Collectors.joining(" "));
    }

    /** Inside single quotes of a shell no help text may end them. */
    private static String quoted(String text) {
        return text.replace("'", "").replace(":", ";");
    }
}
