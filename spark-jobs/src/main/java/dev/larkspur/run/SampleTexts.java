package dev.larkspur.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Texts that a model has generated at a step, for whoever looks at the run: {@code
 * samples/00000260.jsonl}, one JSON object for each text.
 *
 * @param step updates done
 * @param texts in the order of their prompts
 */
public record SampleTexts(long step, List<SampleText> texts) {
  private static final String ROOT = "samples";
  private static final Pattern NAME = Pattern.compile("(\\d{8,18})\\.jsonl");
  private static final ObjectMapper JSON = Json.mapper();

  public SampleTexts {
    texts = List.copyOf(texts);
  }

  /**
   * A prompt and its continuation.
   *
   * @param prompt empty for a new document
   * @param text what the model added
   */
  public record SampleText(String prompt, String text) {}

  /** Writes the file, replacing the one of the same step. */
  public void write(RunDirectory run) {
    run.write(
        String.format(Locale.ROOT, "%s/%08d.jsonl", ROOT, step),
        texts.stream().map(text -> json(text) + "\n").collect(Collectors.joining()));
  }

  private static String json(SampleText text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts is JSON", e);
    }
  }

  /** Steps with texts, in ascending order. */
  public static List<Long> steps(RunDirectory run) {
    return run.list(ROOT).stream()
        .map(status -> NAME.matcher(status.getPath().getName()))
        .filter(Matcher::matches)
        .map(name -> Long.parseLong(name.group(1)))
        .sorted()
        .toList();
  }

  /** The texts of a step; empty if the file is incomplete. */
  public static Optional<SampleTexts> read(RunDirectory run, long step) {
    List<SampleText> texts = new ArrayList<>();
    String lines = run.readText(String.format(Locale.ROOT, "%s/%08d.jsonl", ROOT, step));
    try {
      for (String line : lines.lines().toList()) {
        texts.add(JSON.readValue(line, SampleText.class));
      }
    } catch (IOException beingWritten) {
      return Optional.empty();
    }
    return Optional.of(new SampleTexts(step, texts));
  }
}
