package dev.larkspur.report;

import dev.larkspur.generate.Generator.Ending;
import dev.larkspur.generate.Generator.TextListener;
import dev.larkspur.run.SampleTexts.SampleText;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Keeps texts, and passes them on to another listener. */
public final class KeptTexts implements TextListener {
  private final List<String> prompts;
  private final TextListener next;
  private final List<StringBuilder> continuations;

  public KeptTexts(List<String> prompts, TextListener next) {
    this.prompts = List.copyOf(prompts);
    this.next = next;
    this.continuations = Stream.generate(StringBuilder::new).limit(prompts.size()).toList();
  }

  @Override
  public void piece(int prompt, String piece) {
    continuations.get(prompt).append(piece);
    next.piece(prompt, piece);
  }

  @Override
  public void end(int prompt, int tokens, Ending ending) {
    next.end(prompt, tokens, ending);
  }

  /** The texts so far, in the order of their prompts. */
  public List<SampleText> texts() {
    return IntStream.range(0, prompts.size())
        .mapToObj(i -> new SampleText(prompts.get(i), continuations.get(i).toString()))
        .toList();
  }
}
