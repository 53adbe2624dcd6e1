package dev.larkspur.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Commands that the help shows under one heading.
 *
 * @param heading without a colon
 * @param commands classes annotated with picocli's {@code Command}, in the order of their use
 */
record CommandGroup(String heading, List<Class<?>> commands) {
  private static final int INDENT = 2;
  private static final int GAP = 2;

  CommandGroup {
    commands = List.copyOf(commands);
  }

  /** Adds the commands, and shows them by group. */
  static void register(List<CommandGroup> groups, CommandLine commandLine) {
    for (CommandGroup group : groups) {
      group.commands.forEach(command -> commandLine.addSubcommand(command));
    }
    commandLine
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
            help ->
                groups.stream()
                    .map(group -> group.render(help))
                    .collect(Collectors.joining(System.lineSeparator())));
  }

  private String render(Help help) {
    List<Help> shown =
        help.subcommands().values().stream()
            .filter(sub -> commands.contains(sub.commandSpec().userObject().getClass()))
            .toList();
    int widest =
        help.subcommands().keySet().stream().mapToInt(String::length).max().orElse(0) + INDENT;
    int width = help.commandSpec().usageMessage().width();
    TextTable table =
        TextTable.forColumns(
            help.colorScheme(),
            new Column(widest + GAP, INDENT, Overflow.SPAN),
            new Column(width - widest - GAP, 0, Overflow.WRAP));
    for (Help sub : shown) {
      table.addRowValues(
          sub.commandSpec().name(), String.join(" ", sub.commandSpec().usageMessage().header()));
    }
    return "%n%s:%n%s".formatted(heading, table);
  }
}
