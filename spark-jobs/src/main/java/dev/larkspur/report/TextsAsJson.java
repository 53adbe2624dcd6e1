package dev.larkspur.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.generate.Generator.Ending;
import dev.larkspur.generate.Generator.TextListener;
import dev.larkspur.run.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints a JSON object for each text, one a line, in the order of their prompts. */
public final class TextsAsJson implements TextListener {
  private static final ObjectMapper JSON = Json.mapper();

  private final List<String> prompts;
  private final PrintWriter out;
  private final StringBuilder[] texts;
  private final String[] lines;
  private int printed;

  /**
   * A line.
   *
   * @param prompt as given
   * @param text its continuation
   * @param tokens of the continuation
   * @param ending why it does not go on
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
