package dev.larkspur.report;

import dev.larkspur.generate.Generator.Ending;
import dev.larkspur.generate.Generator.TextListener;
import java.io.PrintWriter;
import java.util.List;

/**
 * Prints texts in the order of their prompts: the first that is not complete as it comes, those
 * behind it when it is their turn. An empty line is between two.
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
    // Not before there is a piece: prompts may still be refused.
    if (current < 0) {
      turnToNext();
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
      turnToNext();
    }
  }

  private void turnToNext() {
    current++;
    if (current < prompts.size()) {
      out.print(current == 0 ? "" : System.lineSeparator());
      out.print(prompts.get(current));
      out.print(waiting[current]);
    }
    out.flush();
  }
}
