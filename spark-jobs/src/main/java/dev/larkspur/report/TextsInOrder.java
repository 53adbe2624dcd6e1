package dev.larkspur.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.generate.Generator.Ending;
import dev.larkspur.generate.Generator.TextListener;
import dev.larkspur.run.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Prints texts in the order of their prompts: the first incomplete one is streamed, later ones are
 * printed after it. An empty line separates two texts.
 */
public final class TextsInOrder implements TextListener {
  private final List<String> prompts;
  private final PrintWriter out;
  private final StringBuilder[] waiting;
  private final boolean[] complete;
  private int current = -1;

  public TextsInOrder(List<String> prompts, PrintWriter out) {
    this.prompts = prompts;
    this.out = out;
    this.waiting = new StringBuilder[prompts.size()];
    this.complete = new boolean[prompts.size()];
    for (int i = 0; i < waiting.length; i++) {
      waiting[i] = new StringBuilder();
    }
  }

  @Override
  public void piece(int prompt, String piece) {
    // Only once there is text: prompts may still be refused before.
    if (current < 0) {
      startNext();
    }
    if (prompt == current) {
      out.print(piece);
      out.flush();
    } else {
      waiting[prompt].append(piece);
    }
  }

  @Override
  public void end(int prompt, int tokens, Ending ending) {
    complete[prompt] = true;
    while (current < complete.length && complete[current]) {
      out.println();
      startNext();
    }
  }

  private void startNext() {
    current++;
    if (current < prompts.size()) {
      out.print(current == 0 ? "" : System.lineSeparator());
      out.print(prompts.get(current));
      out.print(waiting[current]);
    }
    out.flush();
  }

  /** Prints a JSON object per line for each text, in the order of the prompts. */
  public static final class TextsAsJson implements TextListener {
    private static final ObjectMapper JSON = Json.mapper();

    private final List<String> prompts;
    private final PrintWriter out;
    private final StringBuilder[] texts;
    private final String[] lines;
    private int printed;

    /**
     * One line of output.
     *
     * @param prompt as given
     * @param text its continuation
     * @param tokens of the continuation
     * @param ending why it ended
     */
    private record Line(String prompt, String text, int tokens, String ending) {}

    public TextsAsJson(List<String> prompts, PrintWriter out) {
      this.prompts = prompts;
      this.out = out;
      this.texts = new StringBuilder[prompts.size()];
      this.lines = new String[prompts.size()];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = new StringBuilder();
      }
    }

    @Override
    public void piece(int prompt, String piece) {
      texts[prompt].append(piece);
    }

    @Override
    public void end(int prompt, int tokens, Ending ending) {
      String why = ending.name().toLowerCase(Locale.ROOT).replace('_', '-');
      lines[prompt] = json(new Line(prompts.get(prompt), texts[prompt].toString(), tokens, why));
      while (printed < lines.length && lines[printed] != null) {
        out.println(lines[printed]);
        printed++;
      }
      out.flush();
    }

    private static String json(Line line) {
      try {
        return JSON.writeValueAsString(line);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a record of plain values is JSON", e);
      }
    }
  }
}
