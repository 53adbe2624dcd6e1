package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private static final String CLEAR = "\r\u001b[K";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Console console =
      new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, 20);

  @Test
  void aStatusIsCutToTheWidth() {
    console.status("█".repeat(30));

    assertThat(shown()).isEqualTo(CLEAR + "█".repeat(19));
  }

  @Test
  void whatOthersPrintDoesNotStickToTheStatus() {
    PrintStream others = console.stream();
    console.status("bar");
    others.println("WARN: a line of the log");
    console.status("bar");

    assertThat(shown())
        .isEqualTo(CLEAR + "bar" + CLEAR + "WARN: a line of the log\n" + CLEAR + "bar");
  }

  @Test
  void theStatusWaitsForTheEndOfALine() {
    PrintStream others = console.stream();
    others.print("half a ");
    console.status("bar");
    others.println("line");
    console.status("bar");

    assertThat(shown()).isEqualTo("half a line\n" + CLEAR + "bar");
  }

  @Test
  void theWidthIsTheTerminalsOrTheUsualOne() {
    assertThat(Console.columns("132")).isEqualTo(132);
    assertThat(Console.columns("3")).isEqualTo(80);
    assertThat(Console.columns("0")).isEqualTo(80);
    assertThat(Console.columns("")).isEqualTo(80);
    assertThat(Console.columns("12")).isEqualTo(20);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
