package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.PatternReader.Choice;
import dev.larkspur.tokenizer.PatternReader.Item;
import dev.larkspur.tokenizer.PatternReader.Kind;
import dev.larkspur.tokenizer.PatternReader.Unreadable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Detects regular expressions with catastrophic backtracking. If the Hugging Face library aborts a
 * search, it terminates the process, so such expressions are refused beforehand.
 */
final class PatternCost {
  private static final int MOST_COPIES = 10_000;
  private static final int CHARACTERS = Character.MIN_SUPPLEMENTARY_CODE_POINT;

  private final Map<String, BitSet> characters = new HashMap<>();

  private PatternCost() {}

  /** Why an expression is refused; empty if it is safe. */
  static Optional<String> problem(String expression) {
    try {
      return Optional.ofNullable(
          new PatternCost().problem(new PatternReader(expression).read(), 1));
    } catch (Unreadable unreadable) {
      return Optional.of(unreadable.getMessage());
    }
  }

  private String problem(Choice choice, long copies) {
    for (List<Item> sequence : choice.alternatives()) {
      for (Item item : sequence) {
        String problem = problem(item, copies);
        if (problem != null) {
          return problem;
        }
      }
      if (backtracksTwice(sequence)) {
        return "it has two adjacent unbounded repetitions that share characters, and"
            + " then needs something else";
      }
    }
    return null;
  }

  private String problem(Item item, long copies) {
    boolean endless = item.most() == PatternReader.UNBOUNDED;
    long times = copies * Math.max(1, endless ? item.least() : item.most());
    if (times > MOST_COPIES) {
      return "it repeats something more than " + MOST_COPIES + " times";
    }
    if (item.group() == null) {
      return null;
    }
    if (item.most() > 1 && item.kind() != Kind.ATOMIC && isAmbiguous(item.group())) {
      return "it repeats a group that matches the same text in more than one way";
    }
    return problem(item.group(), times);
  }

  /** Whether a text may be split into repetitions in more than one way. */
  private boolean isAmbiguous(Choice choice) {
    BitSet taken = new BitSet();
    for (List<Item> sequence : choice.alternatives()) {
      for (Item item : sequence) {
        boolean inside = item.group() != null && isAmbiguous(item.group());
        if (item.least() != item.most() || inside) {
          return true;
        }
      }
      if (choice.alternatives().size() > 1) {
        boolean first = !sequence.isEmpty() && sequence.get(0).atom() != null;
        BitSet own = first ? characters(sequence.get(0).atom()) : all();
        if (taken.intersects(own)) {
          return true;
        }
        taken.or(own);
      }
    }
    return false;
  }

  /** Whether two parts of a sequence can divide a text in many ways, all of which are tried. */
  private boolean backtracksTwice(List<Item> sequence) {
    for (int i = 0; i < sequence.size(); i++) {
      BitSet one = unbounded(sequence.get(i));
      for (int j = i + 1; j < sequence.size() && !one.isEmpty(); j++) {
        if (one.intersects(unbounded(sequence.get(j))) && mayFail(sequence, j + 1)) {
          return true;
        }
        if (isNeeded(sequence.get(j)) && !one.intersects(unbounded(sequence.get(j)))) {
          break;
        }
      }
    }
    return false;
  }

  private static boolean mayFail(List<Item> sequence, int from) {
    return sequence.subList(from, sequence.size()).stream().anyMatch(PatternCost::isNeeded);
  }

  private static boolean isNeeded(Item item) {
    return item.least() > 0;
  }

  /** Characters of its unbounded repetitions that may backtrack. */
  private BitSet unbounded(Item item) {
    BitSet all = new BitSet();
    if (item.kind() == Kind.PLAIN) {
      boolean itself = item.most() == PatternReader.UNBOUNDED;
      if (itself && item.atom() != null) {
        return characters(item.atom());
      }
      if (item.group() != null) {
        for (List<Item> sequence : item.group().alternatives()) {
          for (Item inner : sequence) {
            all.or(itself && inner.atom() != null ? characters(inner.atom()) : unbounded(inner));
          }
        }
      }
    }
    return all;
  }

  private BitSet characters(String atom) {
    return characters.computeIfAbsent(atom, PatternCost::find);
  }

  private static BitSet find(String atom) {
    // POSIX classes differ in Java, as do some escapes.
    if (atom.equals(".") || atom.contains("[:") || atom.matches("\\\\[hHvVRX].*")) {
      return all();
    }
    try {
      Pattern pattern =
          Pattern.compile(
              atom,
              Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);
      BitSet found = new BitSet(CHARACTERS);
      for (int point = 0; point < CHARACTERS; point++) {
        if (pattern.matcher(Character.toString(point)).matches()) {
          found.set(point);
        }
      }
      return found;
    } catch (PatternSyntaxException other) {
      return all();
    }
  }

  private static BitSet all() {
    BitSet all = new BitSet(CHARACTERS);
    all.set(0, CHARACTERS);
    return all;
  }
}
